/** A scripted `HttpClient`: it records the requests and answers them with the given replies. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { inspect } from "node:util"
import * as Client from "../../src/Client.ts"

/** A request as the transport gets it, and the time of the test clock. */
export interface Sent {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly at: number
}

/** The reaction to one request: a reply, a transport error with the cause `failWith`, a defect, or no reply. */
export type Step =
  | (() => Response)
  | { readonly failWith: unknown }
  | { readonly dieWith: unknown }
  | { readonly run: (request: HttpClientRequest.HttpClientRequest) => Response }
  | "never"

/** The client, and the requests it was given. */
export interface Fake {
  readonly http: HttpClient.HttpClient
  readonly sent: Array<Sent>
  /** The number of requests that were interrupted before their response. */
  readonly interrupted: () => number
}

const textOf = (request: HttpClientRequest.HttpClientRequest): string =>
  request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""

/** A fake that takes one step for each request, in order. The last step repeats. */
export const script = (...steps: readonly [...ReadonlyArray<Step>, Step]): Fake => {
  const sent: Array<Sent> = []
  let interrupted = 0
  const http = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const step = steps[Math.min(sent.length, steps.length - 1)] ?? "never"
      const at = yield* Clock.currentTimeMillis
      sent.push({ method: request.method, url, headers: { ...request.headers }, body: textOf(request), at })
      if (step === "never") return yield* Effect.never
      if (typeof step === "function") return HttpClientResponse.fromWeb(request, step())
      if ("run" in step) return HttpClientResponse.fromWeb(request, step.run(request))
      if ("dieWith" in step) return yield* Effect.die(step.dieWith)
      const reason = new HttpClientError.TransportError({ request, cause: step.failWith })
      return yield* Effect.fail(new HttpClientError.HttpClientError({ reason }))
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => interrupted++)))
  )
  return { http, sent, interrupted: () => interrupted }
}

/** The secret of the client, which no rendering may show. */
export const secret = "sk-canary-secret"

/** A client over a fake. `exactlyOnce` is off, so a create is sent without a generated fingerprint. */
export const layer = (fake: Fake, options: Partial<Client.Options> = {}) =>
  Layer.provide(
    Client.layer({ secret: Redacted.make(secret), exactlyOnce: false, ...options }),
    Layer.succeed(HttpClient.HttpClient, fake.http)
  )

/** A JSON reply. */
export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): (() => Response) =>
  () =>
    new Response(typeof body === "string" ? body : JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", ...headers }
    })

/** A JSON Lines reply in the given chunks. */
export const jsonLines =
  (...chunks: ReadonlyArray<string | Uint8Array>): (() => Response) =>
  () =>
    new Response(bodyOf(chunks), { headers: { "content-type": "application/jsonl" } })

/** A body in the given chunks, read one by one. `onPull` is called for each chunk, `onCancel` on cancellation. */
export const bodyOf = (
  chunks: ReadonlyArray<string | Uint8Array>,
  options: {
    readonly end?: "close" | "error" | "hang"
    readonly onPull?: () => void
    readonly onCancel?: () => void
  } = {}
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let index = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[index++]
        if (chunk !== undefined) {
          options.onPull?.()
          controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk)
          return undefined
        }
        if (options.end === "error") return controller.error(new Error("connection lost"))
        if (options.end === "hang") return new Promise<void>(() => {})
        return controller.close()
      },
      cancel: () => options.onCancel?.()
    },
    { highWaterMark: 0 }
  )
}

/** Lets pending promises settle, over five turns of the event loop. */
export const settle: Effect.Effect<void> = Effect.promise(async () => {
  for (let round = 0; round < 5; round++) {
    // oxlint-disable-next-line no-await-in-loop
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
})

/**
 * Runs an effect to its end and advances the test clock in steps while it waits. An effect that waits for files needs
 * more rounds on a busy machine.
 */
export const drive = <A, E, R>(effect: Effect.Effect<A, E, R>, step = 50, rounds = 3000) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    for (let round = 0; round < rounds; round++) {
      yield* settle
      const exit = fiber.pollUnsafe()
      if (exit !== undefined) return exit
      yield* TestClock.adjust(step)
    }
    return yield* Effect.die(new Error("The effect never ends"))
  })

/** The typed failure of an effect, driven to its end. Success, a defect or interruption fails the test. */
export const failureOf = <A, E, R>(effect: Effect.Effect<A, E, R>, step?: number) =>
  Effect.flatMap(drive(effect, step), (exit) =>
    Exit.isFailure(exit)
      ? Effect.matchEffect(Effect.failCause(exit.cause), {
          onFailure: (error) => Effect.succeed(error),
          onSuccess: () => Effect.die(new Error("It succeeded"))
        })
      : Effect.die(new Error(`It succeeded with ${inspect(exit.value)}`))
  )

/** The value that an effect succeeds with, driven to its end. */
export const successOf = <A, E, R>(effect: Effect.Effect<A, E, R>, step?: number, rounds?: number) =>
  Effect.flatMap(drive(effect, step, rounds), (exit) => exit)

/** All the texts that a failure is rendered as. */
export const renderings = (error: unknown): string =>
  [
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 20, showHidden: true, getters: true }),
    Cause.pretty(Cause.fail(error)),
    inspect(Cause.fail(error), { depth: 20 }),
    error instanceof Error ? `${error.message} ${error.stack} ${inspect(error.cause)}` : ""
  ].join("\n")

/** A contact as the API sends it, with some fields replaced. */
export const contact = (id: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  id,
  name: "",
  description: "",
  fingerprint: `fingerprint-of-${id}`,
  email: null,
  phone: null,
  nick: null,
  preferences: null,
  verifiedAt: null,
  meta: null,
  // The higher the number in an id, the older the contact, so a list has them in the order of their numbers.
  createdAt: 1_700_000_000_000 - (Number(/^c(\d+)$/.exec(id)?.[1]) || 0),
  updatedAt: 1_700_000_000_000,
  ...fields
})

/** A contact as a line of JSON Lines. */
export const item = (id: string, fields: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({ type: "item", data: contact(id, fields) })}\n`
