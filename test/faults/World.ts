/** The environments of the probes. Each has its own server, a fixed seed, and virtual or real time. */
import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import type * as Client from "../../src/Client.ts"
import type * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import type * as ServerState from "../../src/internal/server/ServerState.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as Fake from "../support/FakeHttp.ts"
import * as InMemoryState from "../support/InMemoryState.ts"
import type { Observation } from "./Probe.ts"

const token = Redacted.value(InMemory.secret)

const seed = "faults"

/** Runs a program to its end under a test clock, which advances only while the program waits. */
const underTestClock = <A, E, R>(program: Effect.Effect<A, E, R>, step = 1000) =>
  Fake.successOf(program, step).pipe(Effect.provide(TestClock.layer()), Random.withSeed(seed))

/** This client over the in-memory API, in virtual time. */
export const inProcess = <A, E>(
  program: Effect.Effect<A, E, Client.Client | InMemory.InMemory | Scope.Scope>,
  client: Partial<Client.Options> = {},
  server: InMemory.ServerOptions = {}
): Effect.Effect<A, unknown> =>
  underTestClock(Effect.provide(Effect.scoped(program), InMemory.layer({ ...server, client }), { local: true }))

/** {@link inProcess}, with the state of the server in the context. */
export const inProcessWithState = <A, E>(
  program: Effect.Effect<A, E, Client.Client | InMemory.InMemory | ServerState.ServerState | Scope.Scope>,
  client: Partial<Client.Options> = {}
): Effect.Effect<A, unknown> =>
  underTestClock(Effect.provide(Effect.scoped(program), InMemoryState.layer(client), { local: true }))

/** This client over a scripted `HttpClient`, in virtual time. */
export const scripted = <A, E>(
  fake: Fake.Fake,
  program: Effect.Effect<A, E, Client.Client | Scope.Scope>,
  client: Partial<Client.Options> = {}
): Effect.Effect<A, unknown> =>
  underTestClock(
    Effect.provide(Effect.scoped(program), Fake.layer(fake, { exactlyOnce: true, ...client }), { local: true })
  )

type Connect = (options: Client.Options) => Layer.Layer<Client.Client, Errors.InvalidOptions>

/** This client over the emulator's sockets, in real time. */
export const overSockets = <A, E>(
  program: Effect.Effect<A, E, Client.Client | InMemory.InMemory | Emulator.Emulator | Scope.Scope>,
  client: Partial<Client.Options> = {},
  connect: Connect = Node.layer
): Effect.Effect<A, unknown> =>
  Effect.scoped(program).pipe(
    Effect.provide(
      Layer.unwrap(
        Effect.map(Emulator.Emulator, ({ url }) => connect({ secret: InMemory.secret, baseUrl: url, ...client }))
      ).pipe(Layer.provideMerge(Emulator.layer())),
      { local: true }
    ),
    Random.withSeed(seed)
  )

export type OfficialOptions = Partial<ConstructorParameters<typeof ContactClient>[0]>

/** The official client over the emulator's sockets, in real time, with a short delay between retries. */
export const withOfficialClient = <E>(
  use: (client: ContactClient, api: InMemory.Service) => Effect.Effect<Observation, E, Emulator.Emulator | Scope.Scope>,
  options: OfficialOptions = {}
): Effect.Effect<Observation, unknown> =>
  Effect.gen(function* () {
    const { url } = yield* Emulator.Emulator
    const api = yield* InMemory.InMemory
    return yield* use(new ContactClient({ secret: token, baseUrl: url, retryDelay: 1, ...options }), api)
  }).pipe(Effect.scoped, Effect.provide(Emulator.layer(), { local: true }), Random.withSeed(seed))

/** The result of a settled promise. */
export type Settled = { readonly value: unknown } | { readonly error: unknown }

/** Runs a promise and waits until it settles. */
export const settled = (begin: () => PromiseLike<unknown>): Effect.Effect<Settled> =>
  Effect.promise(async () => {
    try {
      return { value: await begin() }
    } catch (error) {
      return { error }
    }
  })

/** The result of a promise, in a few words. */
export const outcomeText = (begin: () => PromiseLike<unknown>): Effect.Effect<string> =>
  Effect.map(settled(begin), (settled) =>
    "value" in settled ? `got ${shown(settled.value)}` : `failed with ${errorName(settled.error)}`
  )

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing"
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** The code of an error, or else its name. */
export const errorName = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return "code" in error && typeof error.code === "string" ? error.code : error.name
}

/** The events of a stream of the official client, at most `most` of them, and how the stream ended. */
export const collectEvents = (stream: () => AsyncIterable<unknown>, most = Number.POSITIVE_INFINITY) =>
  Effect.promise(async () => {
    const found: Array<unknown> = []
    try {
      for await (const event of stream()) {
        found.push(event)
        if (found.length >= most) return { found, ended: "early, by the reader" }
      }
      return { found, ended: "normally" }
    } catch (error) {
      return { found, ended: `with ${errorName(error)}` }
    }
  })

/** Seeds contacts that were created a millisecond apart. They are returned oldest first. */
export const seedContacts = (
  count: number,
  more: (index: number) => InMemory.Seed = () => ({})
): Effect.Effect<ReadonlyArray<Contact.Contact>, never, InMemory.InMemory> =>
  Effect.flatMap(InMemory.InMemory, (api) => seedContactsInto(api, count, more))

/** `seedContacts` for a given API. */
export const seedContactsInto = (
  api: InMemory.Service,
  count: number,
  more: (index: number) => InMemory.Seed = () => ({})
) => api.seed(Array.from({ length: count }, (_, index) => ({ createdAt: index + 1, ...more(index) })))

export const ids = (contacts: Iterable<{ readonly id: string }>): ReadonlyArray<string> =>
  Array.from(contacts, ({ id }) => id)

/** The value of an effect, and the milliseconds it took on the current clock. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const value = yield* effect
    return { value, took: (yield* Clock.currentTimeMillis) - began }
  })

/** A failure in a few words: tag, phase, status, outcome and attempts. */
export const summary = (error: Errors.ContactError): string =>
  [
    error._tag,
    ...(error._tag === "Timeout" ? [error.phase] : []),
    ...(error.status === undefined ? [] : [error.status]),
    `${error.outcome},`,
    `${error.attempts} attempt${error.attempts === 1 ? "" : "s"}`
  ].join(" ")
