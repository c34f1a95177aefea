import type { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import type { Disturbance } from "../../src/conformance/Case.ts"
import * as Disturbances from "./targets/Disturbances.ts"

/** The options of an official client. */
export type Options = ConstructorParameters<typeof ContactClient>[0]

/** The options of an official client of the emulator, without retries, since its delays are in real time. */
export const optionsOf = (options: Partial<Options> = {}): Effect.Effect<Options, never, Emulator.Emulator> =>
  Effect.map(Emulator.Emulator, ({ url }) => ({ secret: "sk-main", baseUrl: url, retries: 0, ...options }))

/** The emulator with its state and the handle on it. */
export const emulator = (options?: ServerState.Options) =>
  Layer.merge(Emulator.layerServed(), InMemory.layerHandle()).pipe(Layer.provideMerge(ServerState.layer(options)))

/** Disturbs the emulator. The queue gets the end of each wait when it begins. */
export const disturb = (disturbance: Disturbance) =>
  Effect.gen(function* () {
    const state = yield* ServerState.ServerState
    const waits = yield* Queue.unbounded<number>()
    state.interceptor = Disturbances.interceptor(disturbance, waits, { head: 0, pieces: [] }, (id) =>
      Effect.sync(() => state.deleteContact(id))
    )
    return waits
  })

/** An error of the official client, which has a message and a code, and no status. */
export interface Thrown {
  readonly message: string
  readonly code: string
}

/** The error of a call. */
export const thrown = (call: () => PromiseLike<unknown>): Effect.Effect<Thrown> =>
  Effect.promise(async () => {
    try {
      await call()
    } catch (error) {
      assert.instanceOf(error, Error)
      return { message: error.message, code: String(Reflect.get(error, "code")) }
    }
    return assert.fail("The call did not fail")
  })

/** All events of a stream. */
export const collect = async (stream: AsyncIterable<unknown>): Promise<ReadonlyArray<unknown>> => {
  const events: Array<unknown> = []
  for await (const event of stream) events.push(event)
  return events
}

/** The types of events. */
export const types = (events: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  events.map((event) => (typeof event === "object" && event !== null ? Reflect.get(event, "type") : undefined))
