import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Transport from "./Transport.ts"

/** Collects a body of limited length. */
export class Collector {
  readonly #maxBytes: number
  readonly #chunks: Array<Uint8Array> = []
  #size = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** True if a body is not to be read at all: the limit is 0, or its `Content-Length` is above the limit. */
  isRefused(head: Transport.Head): boolean {
    return this.#maxBytes === 0 || Number(head.header("content-length") ?? 0) > this.#maxBytes
  }

  /** Adds chunks. False if the body is now longer than the limit. */
  add(chunks: Transport.Chunks): boolean {
    for (const chunk of chunks) {
      this.#size += chunk.byteLength
      this.#chunks.push(chunk)
    }
    return this.#size <= this.#maxBytes
  }

  /** The body as far as it was read. `problem` is the reason why it was not read to its end. */
  end(problem?: Transport.WholeBody["problem"]): Transport.WholeBody {
    return { chunks: this.#chunks, problem }
  }
}

/** Reads the body of a reply, and closes it in any case. */
export const read = ({ body, head }: Transport.OpenReply, maxBytes: number): Effect.Effect<Transport.WholeBody> => {
  const collector = new Collector(maxBytes)
  const next: Effect.Effect<Transport.WholeBody> = Effect.matchEffect(body.pull(Infinity), {
    onSuccess: (chunks) => (collector.add(chunks) ? next : Effect.succeed(collector.end("longer than the limit"))),
    onFailure: (error) =>
      Effect.succeed(collector.end(Cause.isDone(error) || error._tag === "TimeLimitError" ? undefined : error))
  })
  return Effect.onExit(
    collector.isRefused(head) ? Effect.succeed(collector.end("longer than the limit")) : next,
    () => body.cancel
  )
}
