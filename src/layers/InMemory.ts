/**
 * The client over a ChatBotKit in this process, for tests: nothing to start, nothing to configure, and a handle to fill
 * it and look into it. It is the whole API: requests and replies are encoded and decoded as over a socket.
 */
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Struct from "effect/Struct"
import * as Client from "../Client.ts"
import type * as Contact from "../Contact.ts"
import type * as Errors from "../Errors.ts"
import * as InProcess from "../internal/server/InProcess.ts"
import type * as RequestLog from "../internal/server/RequestLog.ts"
import * as ServerState from "../internal/server/ServerState.ts"
import type { ContactRecord } from "../internal/server/Store.ts"

export type { AccountOptions, TokenOptions } from "../internal/server/Accounts.ts"

/** A contact to seed: what is left out gets the default that a create gives it, ids and times included. */
export interface Seed extends Partial<Contact.Contact> {}

/** A request that the server saw, whether it was let in or not. */
export type SeenRequest = RequestLog.SeenRequest

/** How the in-memory API is set up. */
export interface ServerOptions extends Omit<ServerState.Options, "interceptor"> {}

/** The handle on an in-memory API. Where a token says whose contacts are meant, the default is {@link secret}. */
export interface Service {
  /** Adds contacts as they are given, unchecked, and returns them as stored. A taken id or fingerprint is a defect. */
  readonly seed: (contacts: Iterable<Seed>, token?: string) => Effect.Effect<ReadonlyArray<Contact.Contact>>
  /** The contacts of an account, oldest first. */
  readonly contacts: (token?: string) => Effect.Effect<ReadonlyArray<Contact.Contact>>
  /** The requests seen, oldest first; of many, the newest 10,000. */
  readonly requests: Effect.Effect<ReadonlyArray<SeenRequest>>
  /** Removes all contacts and forgets all requests. */
  readonly clear: Effect.Effect<void>
}

/** The handle on an in-memory API. */
export class InMemory extends Context.Service<InMemory, Service>()("effect-chatbotkit/layers/InMemory") {}

/** The token that the client of {@link layer} uses. */
export const secret: Redacted.Redacted<string> = Redacted.make("sk-in-memory")

const toContact = (record: ContactRecord): Contact.Contact => Struct.omit(record, ["account"])

const handle = (state: ServerState.Service): Service => {
  const account = (token = Redacted.value(secret)) =>
    Effect.suspend(() => {
      const id = state.accountOf(token)
      return id === undefined ? Effect.die(new Error("No account has this token")) : Effect.succeed(id)
    })
  return InMemory.of({
    seed: (contacts, token) =>
      Effect.flatMap(account(token), (id) => Effect.map(state.seed(id, contacts), Arr.map(toContact))),
    contacts: (token) => Effect.flatMap(account(token), (id) => Effect.map(state.snapshot(id), Arr.map(toContact))),
    requests: state.requests,
    clear: state.clear
  })
}

/**
 * The handle on the API whose state is in the context.
 *
 * @internal
 */
export const layerHandle: Layer.Layer<InMemory, never, ServerState.ServerState> = Layer.effect(
  InMemory,
  Effect.map(ServerState.ServerState, handle)
)

/** An `HttpClient` whose requests go to an in-memory API, whatever their origin, for use with `Client.layer`. */
export const layerHttpClient = (options?: ServerOptions): Layer.Layer<HttpClient.HttpClient | InMemory> =>
  Layer.effect(HttpClient.HttpClient, InProcess.makeHttpClient).pipe(
    Layer.merge(layerHandle),
    Layer.provide(ServerState.layer(options))
  )

/** How the client and the in-memory API are set up. */
export interface Options extends ServerOptions {
  /** Options of the client, among them `secret`. */
  readonly client?: Client.Overrides | undefined
}

/**
 * A client and the in-memory ChatBotKit behind it, new and empty for every time the layer is built.
 *
 * @example
 * ```ts
 * const program = Effect.gen(function* () {
 *   const api = yield* InMemory.InMemory
 *   const [ada] = yield* api.seed([{ name: "Ada" }])
 *   yield* Contact.update(ada.id, { nick: "ada" })
 *   return yield* api.contacts()
 * }).pipe(Effect.provide(InMemory.layer()))
 * ```
 */
export const layer = ({ client, ...server }: Options = {}): Layer.Layer<
  Client.Client | InMemory,
  Errors.InvalidOptions
> => Layer.provideMerge(Client.layer({ secret, ...client }), layerHttpClient(server))
