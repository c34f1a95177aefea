/** Runs a call against a server with a given behaviour, and gives the result as text. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { type Dispatcher, fetch as fetchOfUndici } from "@effect/platform-node/Undici"
import { Effect, Exit, Layer, Random, Stream } from "effect"
import * as Cause from "effect/Cause"
import { FetchHttpClient } from "effect/http"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as RawServer from "./RawServer.ts"
import { type Behaviour, correct } from "./Behaviours.ts"

export const transports = { Fetch: Fetch.layer, Node: Node.layer }
export type Transport = keyof typeof transports

const seeds = ["c1", "c2", "c3", "c4", "c5"]

/** The calls. `plainCreate` runs with `exactlyOnce: false`. */
export const calls = {
  fetch: Contact.fetch("c1"),
  update: Contact.update("c1", { nick: "ada" }),
  create: Contact.create({ name: "Ada" }),
  plainCreate: Contact.create({ name: "Ada" }),
  list: Effect.flatMap(Stream.runCollect(Contact.list()), (all) => {
    const ids = all.map(({ id }) => id).join()
    return ids === seeds.toReversed().join() ? Effect.void : Effect.die(new Error(`Listed ${ids}`))
  })
}
export type CallName = keyof typeof calls
export const callNames = Object.keys(calls) as ReadonlyArray<CallName>
const callOf = (name: CallName): Effect.Effect<unknown, Errors.ContactError, Client.Client> => calls[name]

const summary = (exit: Exit.Exit<unknown, Errors.ContactError>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  const error = Cause.findErrorOption(exit.cause)
  if (error._tag === "None") return `defect ${Cause.pretty(exit.cause).slice(0, 200)}`
  const { value } = error
  return `${value._tag} ${value.outcome}, ${value.attempts} ${value.attempts === 1 ? "attempt" : "attempts"}`
}

/** Two retries without a delay. */
const options = { retry: { retries: 2, delay: 0 } } satisfies Partial<Client.Options>

export interface Setup {
  readonly transport: Transport
  readonly call: CallName
  /** The behaviour of the server. */
  readonly behaviour: Behaviour
  /** The number of requests with that behaviour. The server handles later ones correctly. */
  readonly times: number
  /** True to send a first request, so that the call reuses its connection. */
  readonly warmUp?: boolean
  readonly client?: Partial<Client.Options>
  /** The dispatcher of undici, for example a proxy. */
  readonly dispatcher?: Dispatcher
  /** Changes the URL of the server to that of the client. */
  readonly baseUrl?: (url: string) => string
  readonly server?: { readonly host?: string; readonly tls?: boolean }
}

/** The result of a call, the number of complete requests and, for a create, the number of created contacts. */
export const observe = ({
  baseUrl = (url) => url,
  call,
  client,
  dispatcher,
  server,
  times,
  transport,
  warmUp = false,
  behaviour
}: Setup) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.seed(seeds.map((id, index) => ({ id, createdAt: index + 1 })))
    const { url: upstream } = yield* Emulator.Emulator
    const raw = yield* RawServer.serve(upstream, server)
    const over =
      dispatcher === undefined
        ? Layer.empty
        : Layer.mergeAll(
            Layer.succeed(NodeHttpClient.Dispatcher, dispatcher),
            // The `fetch` of the same undici, since that of Node belongs to another version.
            Layer.succeed(FetchHttpClient.Fetch, fetchOfUndici as unknown as typeof globalThis.fetch),
            Layer.succeed(FetchHttpClient.RequestInit, { dispatcher } as RequestInit)
          )
    const handled: Array<unknown> = []
    // Each request reads the secret, which waits until the server has handled the previous request. Otherwise the next
    // request of a list could be sent over a connection while the server ends it.
    const secret = Effect.as(
      Effect.promise(() => Promise.allSettled(handled)),
      InMemory.secret
    )
    const layer = transports[transport]({
      ...options,
      secret,
      baseUrl: baseUrl(raw.url),
      exactlyOnce: call !== "plainCreate",
      ...client
    })
    const exit = yield* Effect.gen(function* () {
      if (warmUp) {
        raw.handle(correct)
        yield* Contact.listPage()
        raw.requests.length = 0
      }
      let left = times
      raw.handle((exchange) => {
        handled.push(left-- > 0 ? behaviour(exchange) : correct(exchange))
      })
      return yield* Effect.exit(callOf(call))
    }).pipe(Effect.provide(Layer.orDie(Layer.provide(layer, over)), { local: true }))
    const created = (yield* api.contacts()).length - seeds.length
    const isCreate = call === "create" || call === "plainCreate"
    return `${summary(exit)}, ${raw.requests.length} sent${isCreate ? `, ${created} created` : ""}`
  }).pipe(Effect.scoped, Effect.provide(Layer.fresh(Emulator.layer())), Random.withSeed("network"))
