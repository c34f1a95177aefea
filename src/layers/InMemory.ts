/**
 * The client over an in-memory ChatBotKit, for tests. There is nothing to start or configure, and a handle seeds it,
 * inspects it and injects faults. It is the whole API: requests and replies are encoded and decoded as over a socket.
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
import * as ContactArbitrary from "../internal/server/contacts/ContactArbitrary.ts"
import type { InjectedFault, OperationName, Rule } from "../internal/server/faults/Fault.ts"
import * as ItemArbitrary from "../internal/server/items/ItemArbitrary.ts"
import * as ItemHandle from "../internal/server/items/ItemHandle.ts"
import * as InProcess from "../internal/server/http/InProcess.ts"
import * as SecretArbitrary from "../internal/server/secrets/SecretArbitrary.ts"
import * as SecretHandle from "../internal/server/secrets/SecretHandle.ts"
import type { SecretSeed, SecretValueSeed } from "../internal/server/secrets/SecretSeeds.ts"
import * as ServerState from "../internal/server/ServerState.ts"
import type * as RequestLog from "../internal/server/store/RequestLog.ts"
import * as RowGenerator from "../internal/server/store/RowGenerator.ts"
import type { ContactRecord } from "../internal/server/store/Store.ts"

export * as Fault from "../internal/server/faults/Fault.ts"
export type { SeenRequest } from "../internal/server/store/RequestLog.ts"
export type { Secret, SecretValue } from "../internal/server/secrets/SecretHandle.ts"
export type { SecretTemplate } from "../internal/server/secrets/SecretRecord.ts"
export type { SecretSeed, SecretValueSeed } from "../internal/server/secrets/SecretSeeds.ts"
export type { Upstream, UpstreamRequest, UpstreamResponse } from "../internal/server/secrets/Upstream.ts"
export type { Snapshot } from "../internal/server/ServerState.ts"
export type { Conversation, ItemSeed, Memory, Rating, Space, Task } from "../internal/server/items/ItemHandle.ts"
export type { AccountOptions, TokenOptions } from "../internal/server/http/Accounts.ts"

/**
 * A contact to seed. Absent fields get the defaults of a create: a new id, and the time now. `createdAt`, `updatedAt`
 * and `verifiedAt` are numbers, in milliseconds since the epoch.
 */
export interface Seed extends Partial<Contact.Contact> {}

/** The options of the in-memory API. */
export interface ServerOptions extends Omit<ServerState.Options, "interceptor"> {}

/**
 * The handle on an in-memory API. A `token` names the account whose contacts are meant; the default is {@link secret}.
 */
export interface Service extends ItemHandle.ItemHandle, SecretHandle.SecretHandle {
  /** Adds contacts, unchecked, and returns them as stored. A taken id or fingerprint is a defect. */
  readonly seed: (contacts: Iterable<Seed>, token?: string) => Effect.Effect<ReadonlyArray<Contact.Contact>>
  /** The contacts of an account, oldest first. */
  readonly contacts: (token?: string) => Effect.Effect<ReadonlyArray<Contact.Contact>>
  /** A copy of all contacts of all accounts, with their items, and of all secrets, for {@link Service.restore}. */
  readonly snapshot: Effect.Effect<ServerState.Snapshot>
  /** Replaces all contacts, items and secrets by those of a snapshot. Requests, limits and faults stay as they are. */
  readonly restore: (snapshot: ServerState.Snapshot) => Effect.Effect<void>
  /** The newest requests, oldest first: at most 10,000, unless `requestLogLimit` says otherwise. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestLog.SeenRequest>>
  /** The number of requests of an operation, or of all, including those that {@link Service.requests} no longer has. */
  readonly requestCount: (operation?: OperationName) => Effect.Effect<number>
  /**
   * Adds rules after the present ones. An invalid rule is a defect that names the invalid field; then none is added.
   *
   * @example
   * ```ts
   * // The first create takes place, but its answer is lost.
   * yield* api.inject({ operation: "Contact.create", attempt: 1, fault: Fault.afterCommit(Fault.reset) })
   * ```
   */
  readonly inject: (...rules: ReadonlyArray<Rule>) => Effect.Effect<void>
  /** Removes all rules. Requests under way keep their faults. */
  readonly removeFaults: Effect.Effect<void>
  /** The faults injected into requests so far, oldest first. */
  readonly injectedFaults: Effect.Effect<ReadonlyArray<InjectedFault>>
  /**
   * Removes all contacts, items and secrets, and forgets all requests and injected faults. The rules stay, and start
   * again: attempts count from 1.
   */
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
    contacts: (token) => Effect.flatMap(account(token), (id) => Effect.map(state.contacts(id), Arr.map(toContact))),
    ...ItemHandle.make(state, account),
    ...SecretHandle.make(state, account),
    snapshot: state.snapshot,
    restore: state.restore,
    requests: state.requests,
    requestCount: (operation) =>
      Effect.sync(() => (operation === undefined ? state.log.total : state.log.counted(operation))),
    inject: (...rules) => state.faults.inject(rules),
    removeFaults: state.faults.removeAll,
    injectedFaults: state.faults.injected,
    clear: state.clear
  })
}

/**
 * The handle on the API whose state is in the context.
 *
 * @internal
 */
export const layerHandle = (): Layer.Layer<InMemory, never, ServerState.ServerState> =>
  // A new layer each time: a shared one would be built once, and give the handle on the first server.
  Layer.effect(InMemory, Effect.map(ServerState.ServerState, handle))

/** The options of {@link layerHttpClient}. */
export interface HttpClientOptions extends ServerOptions, InProcess.Options {}

/**
 * An `HttpClient` whose requests go to an in-memory API, for use with `Client.layer`. It answers for the vendor's host
 * and that of `baseUrl`. A request to any other fails like one to a host that can't be found, so that a test with a
 * wrong base URL does not pass.
 */
export const layerHttpClient = ({ baseUrl, ...options }: HttpClientOptions = {}): Layer.Layer<
  HttpClient.HttpClient | InMemory
> =>
  Layer.effect(HttpClient.HttpClient, InProcess.makeHttpClient({ baseUrl })).pipe(
    Layer.merge(layerHandle()),
    Layer.provide(ServerState.layer(options))
  )

/** The options of the client and of the in-memory API. */
export interface Options extends ServerOptions {
  /** Options of the client, among them `secret`. */
  readonly client?: Partial<Client.Options> | undefined
}

/**
 * A client and the in-memory ChatBotKit behind it, new and empty each time the layer is built.
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
> => Layer.provideMerge(Client.layer({ secret, ...client }), layerHttpClient({ ...server, baseUrl: client?.baseUrl }))

/** Seeds, each with the fields that are set by its index. */
const overridden = <Seed extends object, Fields extends object>(
  seeds: ReadonlyArray<Seed>,
  overrides: ((index: number) => Fields) | undefined
) => seeds.map((seed, index) => ({ ...seed, ...overrides?.(index) }))

/** The options of {@link seedArbitrary}. */
export interface ArbitraryOptions {
  /** The token of the account that they are added to. Default: {@link secret}. */
  readonly token?: string
  /** The fields to set in each contact, by its index from 0. Default: none. */
  readonly overrides?: (index: number) => Seed
}

/**
 * Adds random contacts, and returns them as stored. They have everything that the API accepts, such as quotes, emoji,
 * unusual keys in `meta`, and nulls. They come from Effect's `Random`: the same seed gives the same contacts. It is not
 * a member of {@link Service}, so that only bundles that use it contain the generator.
 *
 * @example
 * ```ts
 * const contacts = yield* InMemory.seedArbitrary(1000, { overrides: (index) => ({ createdAt: index }) }).pipe(
 *   Random.withSeed("contacts")
 * )
 * ```
 */
export const seedArbitrary = (
  count: number,
  { overrides, token }: ArbitraryOptions = {}
): Effect.Effect<ReadonlyArray<Contact.Contact>, never, InMemory> =>
  Effect.flatMap(InMemory, (api) =>
    api.contacts(token).pipe(
      Effect.map((contacts) => new Set(contacts.map(({ fingerprint }) => fingerprint))),
      Effect.flatMap((taken) => ContactArbitrary.sample(count, taken)),
      Effect.flatMap((seeds) => api.seed(overridden(seeds, overrides), token))
    )
  )

/** The options of the random items of a contact. */
export interface ArbitraryItemOptions<Item> {
  /** The token of the account that they belong to. Default: that of the contact. */
  readonly token?: string
  /** The fields to set in each item, by its index from 0. Default: none. */
  readonly overrides?: (index: number) => ItemHandle.ItemSeed<Item>
}

/**
 * Adds random items to a contact, and returns them as stored. They come from Effect's `Random`, as the contacts of
 * {@link seedArbitrary} do, and have the same odd texts, metadata and nulls.
 */
export type SeedArbitraryItems<Item> = (
  contactId: string,
  count: number,
  options?: ArbitraryItemOptions<Item>
) => Effect.Effect<ReadonlyArray<Item>, never, InMemory>

/** Adds random conversations to a contact. */
export const seedArbitraryConversations: SeedArbitraryItems<ItemHandle.Conversation> = (...of) =>
  seedArbitraryItems((api) => api.seedConversations, ItemArbitrary.conversation, ...of)

/** Adds random memories to a contact. */
export const seedArbitraryMemories: SeedArbitraryItems<ItemHandle.Memory> = (...of) =>
  seedArbitraryItems((api) => api.seedMemories, ItemArbitrary.memory, ...of)

/** Adds random ratings to a contact. */
export const seedArbitraryRatings: SeedArbitraryItems<ItemHandle.Rating> = (...of) =>
  seedArbitraryItems((api) => api.seedRatings, ItemArbitrary.rating, ...of)

/** Adds random spaces to a contact. */
export const seedArbitrarySpaces: SeedArbitraryItems<ItemHandle.Space> = (...of) =>
  seedArbitraryItems((api) => api.seedSpaces, ItemArbitrary.space, ...of)

/** Adds random tasks to a contact. */
export const seedArbitraryTasks: SeedArbitraryItems<ItemHandle.Task> = (...of) =>
  seedArbitraryItems((api) => api.seedTasks, ItemArbitrary.task, ...of)

const seedArbitraryItems = /* @__PURE__ */ Effect.fnUntraced(function* <Item>(
  seedOf: (api: Service) => ItemHandle.SeedItems<Item>,
  make: ItemArbitrary.Maker<Item>,
  contactId: string,
  count: number,
  { overrides, token }: ArbitraryItemOptions<Item> = {}
) {
  const api = yield* InMemory
  const seeds = yield* RowGenerator.sample(make, count)
  return yield* seedOf(api)(contactId, overridden(seeds, overrides), token)
})

/** The options of {@link seedArbitrarySecrets}. */
export interface ArbitrarySecretOptions {
  /** The token of the account that they are added to. Default: {@link secret}. */
  readonly token?: string
  /** The fields to set in each secret, by its index from 0. Default: none. */
  readonly overrides?: (index: number) => SecretSeed
}

/**
 * Adds random secrets of the types `plain`, `basic`, `bearer` and `oauth`, and returns them as stored. They come from
 * Effect's `Random`, as the contacts of {@link seedArbitrary} do.
 */
export const seedArbitrarySecrets = (
  count: number,
  { overrides, token }: ArbitrarySecretOptions = {}
): Effect.Effect<ReadonlyArray<SecretHandle.Secret>, never, InMemory> =>
  Effect.flatMap(InMemory, (api) =>
    Effect.flatMap(RowGenerator.sample(SecretArbitrary.secret, count), (seeds) =>
      api.seedSecrets(overridden(seeds, overrides), token)
    )
  )

/** The options of {@link seedArbitrarySecretValues}. */
export interface ArbitrarySecretValueOptions {
  /** The token of the account whose secrets get values. Default: {@link secret}. */
  readonly token?: string
  /** The fields to set in each value, by its index from 0. Default: none. */
  readonly overrides?: (index: number) => Partial<SecretValueSeed>
}

/**
 * Adds a random value for a contact of each personal secret that it has no value of, and returns them as stored. They
 * come from Effect's `Random`, as the contacts of {@link seedArbitrary} do.
 */
export const seedArbitrarySecretValues = /* @__PURE__ */ Effect.fnUntraced(function* (
  contactId: string,
  { overrides, token }: ArbitrarySecretValueOptions = {}
): Effect.fn.Return<ReadonlyArray<SecretHandle.SecretValue>, never, InMemory> {
  const api = yield* InMemory
  const taken = new Set((yield* api.secretValues(contactId)).map(({ secretId }) => secretId))
  const secrets = (yield* api.secrets(token)).filter(({ id, kind }) => kind === "personal" && !taken.has(id))
  const makers = yield* RowGenerator.sample(SecretArbitrary.value, secrets.length)
  const seeds = Arr.zipWith(secrets, makers, (secret, make) => make(secret))
  return yield* api.seedSecretValues(contactId, overridden(seeds, overrides))
})
