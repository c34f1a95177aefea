import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { request } from "node:http"
import type { Rule } from "../../../../src/internal/server/faults/Fault.ts"
import * as InProcess from "../../../../src/internal/server/http/InProcess.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import * as Emulator from "../../../../src/layers/Emulator.ts"
import { settle } from "../../../support/FakeHttp.ts"
import { origin, toRequest, type Sent } from "../Harness.ts"

/** The progress of a request. `refused` is an end without a response, `broken` one in the middle of the body. */
export interface Exchange {
  status: number | undefined
  headers: Readonly<Record<string, unknown>>
  chunks: Array<Uint8Array>
  end: "open" | "ended" | "broken" | "refused"
  /** The error of the transport, if the body did not end. */
  error: unknown
}

export const bytesOf = ({ chunks }: Exchange): Uint8Array => new Uint8Array(Buffer.concat(chunks))
export const textOf = (exchange: Exchange): string => Buffer.concat(exchange.chunks).toString()

const fresh = (): Exchange => ({ status: undefined, headers: {}, chunks: [], end: "open", error: undefined })

/** A request that was sent, and an effect that cancels it. */
interface Started {
  readonly exchange: Exchange
  readonly stop: Effect.Effect<void>
}

const startInProcess = (sent: Sent): Effect.Effect<Started, never, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const exchange = fresh()
    const fiber = yield* HttpClient.execute(toRequest(sent, origin)).pipe(
      Effect.flatMap((response) => {
        exchange.status = response.status
        exchange.headers = response.headers
        return Stream.runForEach(response.stream, (chunk) => Effect.sync(() => exchange.chunks.push(chunk)))
      }),
      Effect.match({
        onSuccess: () => {
          exchange.end = "ended"
        },
        onFailure: (error) => {
          exchange.end = exchange.status === undefined ? "refused" : "broken"
          exchange.error = error
        }
      }),
      Effect.forkChild({ startImmediately: true })
    )
    return { exchange, stop: Fiber.interrupt(fiber) }
  })

/** Sends over `node:http`: other clients would drop the bytes that came before an error. */
const startOverSocket = (sent: Sent): Effect.Effect<Started, never, Emulator.Emulator> =>
  Effect.map(Emulator.Emulator, ({ url }) => {
    const exchange = fresh()
    const { body, headers, method } = toRequest(sent, url)
    const outgoing = request(url + sent.path, { method, headers: { ...headers } })
    const done = (end: "ended" | "broken" | "refused", error?: unknown) => {
      if (exchange.end !== "open") return
      exchange.end = end
      exchange.error = error
    }
    outgoing.on("response", (incoming) => {
      exchange.status = incoming.statusCode
      exchange.headers = incoming.headers
      incoming.on("data", (chunk) => exchange.chunks.push(chunk))
      incoming.on("end", () => done("ended"))
      incoming.on("error", (error) => done("broken", error))
      incoming.on("close", () => done("broken"))
    })
    outgoing.on("error", (error) => done(exchange.status === undefined ? "refused" : "broken", error))
    outgoing.end(body._tag === "Uint8Array" ? body.body : undefined)
    return { exchange, stop: Effect.sync(() => outgoing.destroy()) }
  })

export const transports = { "in process": startInProcess, "over a socket": startOverSocket } as const

/** The two transports to the same API. */
export const layer = (options?: { readonly faults?: ReadonlyArray<Rule> }) =>
  Layer.effect(HttpClient.HttpClient, InProcess.makeHttpClient()).pipe(
    Layer.merge(Emulator.layerServed()),
    Layer.provideMerge(ServerState.layer(options))
  )

/** Waits, in turns of the event loop, until a condition holds. */
export const until = (what: string, isSo: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 2000; turn++) {
      if (isSo()) return
      yield* settle
    }
    return yield* Effect.die(new Error(`Never: ${what}`))
  })

/** Waits enough turns of the event loop for all that was sent to arrive. */
export const quiet: Effect.Effect<void> = Effect.forEach(Array.from({ length: 10 }), () => settle, { discard: true })
