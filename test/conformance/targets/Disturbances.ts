import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as ApiFailure from "../../../src/internal/server/http/ApiFailure.ts"
import * as Interceptor from "../../../src/internal/server/faults/Interceptor.ts"
import type { Disturbance } from "../../../src/conformance/Case.ts"

/** The times of the head and the pieces of a reply, in milliseconds after the request, by the server's clock. */
export interface Timeline {
  head: number
  pieces: Array<number>
}

/**
 * An interceptor that disturbs a server and records its `timeline`. `waits` gets the end of each wait when it begins.
 * `remove` deletes a contact.
 */
export const interceptor = (
  disturbance: Disturbance,
  waits: Queue.Queue<number>,
  timeline: Timeline,
  remove: (contactId: string) => Effect.Effect<void> = () => Effect.void
): Interceptor.Interceptor => {
  /** Sleeps, and offers the end to `waits` once the clock knows of the sleep. */
  const wait = Effect.fnUntraced(function* (millis: number) {
    const sleep = yield* Effect.forkChild(Effect.sleep(millis), { startImmediately: true })
    yield* Queue.offer(waits, (yield* Clock.currentTimeMillis) + millis)
    yield* Fiber.join(sleep)
  })
  const isAffected = ({ request }: Interceptor.Intercepted) => request.url.includes(disturbance.on ?? "")
  return {
    reply: (intercepted, reply) =>
      isAffected(intercepted)
        ? Effect.gen(function* () {
            const started = yield* Clock.currentTimeMillis
            const elapsed = Effect.map(Clock.currentTimeMillis, (now) => now - started)
            if (disturbance.replyAfter !== undefined) yield* wait(disturbance.replyAfter)
            if (disturbance.againAfter !== undefined) {
              yield* reply
              yield* wait(disturbance.againAfter)
            }
            const response = yield* reply
            timeline.head = yield* elapsed
            return recorded(response, disturbance, elapsed, timeline)
          })
        : reply,
    page: (intercepted, page) => {
      const disturbed = isAffected(intercepted) ? disturbance.pages?.[page.index] : undefined
      const read = Effect.suspend(() => {
        if (disturbed?.throws !== undefined) return Effect.die(new Error(disturbed.throws))
        return disturbed?.fails === true ? Effect.fail(ApiFailure.genericError()) : page.read(page.cursor)
      })
      const delayed = disturbed?.millis === undefined ? read : Effect.andThen(wait(disturbed.millis), read)
      return disturbed?.deletes === undefined ? delayed : Effect.andThen(remove(disturbed.deletes), delayed)
    }
  }
}

const recorded = (
  response: HttpServerResponse.HttpServerResponse,
  { cutAfterPieces }: Disturbance,
  elapsed: Effect.Effect<number>,
  timeline: Timeline
): HttpServerResponse.HttpServerResponse => {
  const { body } = response
  if (body._tag !== "Stream") {
    timeline.pieces = [timeline.head]
    return response
  }
  const pieces = body.stream.pipe(
    Stream.tap(() => Effect.map(elapsed, (millis) => timeline.pieces.push(millis))),
    cutAfterPieces === undefined
      ? (stream) => stream
      : (stream) => Stream.concat(Stream.take(stream, cutAfterPieces), Stream.fail(new Interceptor.ConnectionReset()))
  )
  return HttpServerResponse.setBody(response, HttpBody.stream(pieces, body.contentType))
}
