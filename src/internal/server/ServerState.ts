import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Assumptions from "./Assumptions.ts"
import type { Rule } from "./faults/Fault.ts"
import * as FaultPlan from "./faults/FaultPlan.ts"
import type * as Interceptor from "./faults/Interceptor.ts"
import * as Accounts from "./http/Accounts.ts"
import * as ItemStore from "./items/ItemStore.ts"
import { PollLimit, type PollWindow } from "./lists/PollLimit.ts"
import { PlatformTokens } from "./secrets/PlatformTokens.ts"
import type * as SecretRecord from "./secrets/SecretRecord.ts"
import * as SecretStore from "./secrets/SecretStore.ts"
import * as Upstream from "./secrets/Upstream.ts"
import { ValidatedTokens } from "./secrets/value/ValidatedTokens.ts"
import * as RequestLog from "./store/RequestLog.ts"
import * as Store from "./store/Store.ts"

/** The options of the in-memory API. */
export interface Options {
  /** The accounts and their tokens. Default: every distinct `sk-…` token has an account of its own. */
  readonly accounts?: ReadonlyArray<Accounts.AccountOptions>
  /** Requests in 60 s to paths that end in `/list`, for each account and its children together. Default: no limit. */
  readonly rateLimit?: number
  /**
   * The window of that limit. `log` counts the requests of the last 60 s; `minutes` counts the current minute of the
   * clock and a weighted part of the one before. Default `log`.
   */
  readonly rateLimitWindow?: PollWindow
  /**
   * True to compress replies as Next.js does for clients that accept it: gzip or deflate, whatever the size, but never
   * JSON Lines. In process, only a request that itself has an `Accept-Encoding` gets such a reply. Default false.
   */
  readonly compression?: boolean
  /**
   * The outside world: the third parties that requests are proxied to, and the OAuth providers of secrets. The API
   * never uses the network. Default: no connection can be made.
   */
  readonly upstream?: Upstream.Upstream
  /** The templates that secrets of the type `template` name in their `config`, by that name. Default: none. */
  readonly secretTemplates?: Readonly<Record<string, SecretRecord.SecretTemplate>>
  /** The number of newest requests that are kept for inspection. Default 10,000. */
  readonly requestLogLimit?: number
  /** The fault rules at the start. Default: none. An invalid rule is a defect. */
  readonly faults?: ReadonlyArray<Rule>
  /** Changes replies. Default: injects the faults. */
  readonly interceptor?: Interceptor.Interceptor
}

/** The data that a {@link Snapshot} copies. */
interface Stores {
  readonly store: Store.Store
  readonly items: ItemStore.ItemStore
  readonly secrets: SecretStore.SecretStore
}

/** A copy of all contacts of all accounts, with their items, and of all secrets. */
export class Snapshot {
  readonly #contacts: ReadonlyArray<Store.ContactRecord>
  readonly #items: ItemStore.Items
  readonly #secrets: SecretStore.Secrets

  constructor({ items, secrets, store }: Stores) {
    this.#contacts = store.rows().map(copy)
    this.#items = items.rows()
    this.#secrets = secrets.rows()
  }

  /** Replaces all contacts, items and secrets of an API by these. */
  restoreTo({ items, secrets, store }: Stores): void {
    store.clear()
    // None is refused: they were in one store before.
    for (const record of this.#contacts) store.insertRecord(copy(record))
    items.replaceBy(this.#items)
    secrets.replaceBy(this.#secrets)
  }
}

/** The state of one in-memory API, and the handle on it. */
export interface Service {
  readonly store: Store.Store
  readonly items: ItemStore.ItemStore
  readonly secrets: SecretStore.SecretStore
  readonly secretTemplates: ReadonlyMap<string, SecretRecord.SecretTemplate>
  readonly platformTokens: PlatformTokens
  readonly validatedTokens: ValidatedTokens
  readonly upstream: Upstream.Upstream
  readonly accounts: Accounts.Accounts
  readonly pollLimit: PollLimit
  readonly compression: boolean
  readonly log: RequestLog.RequestLog
  readonly faults: FaultPlan.FaultPlan
  /** May be replaced at any time; requests in flight keep the one they started with. */
  interceptor: Interceptor.Interceptor
  /**
   * The id of the account that a token belongs to; undefined if it belongs to none. Without configured accounts, a new
   * `sk-…` token gets one.
   */
  readonly accountOf: (token: string) => string | undefined
  /**
   * Adds contacts to an account, unchecked, and returns them as stored. Times are milliseconds since the epoch. A taken
   * id or fingerprint is a defect.
   */
  readonly seed: (
    account: string,
    contacts: Iterable<Store.NewContact>
  ) => Effect.Effect<ReadonlyArray<Store.ContactRecord>>
  /** Copies of the contacts of one account or of all, oldest first within an account. */
  readonly contacts: (account?: string) => Effect.Effect<ReadonlyArray<Store.ContactRecord>>
  /** Deletes a contact, with what the schema of the database deletes with it (wire contract 3.7). */
  readonly deleteContact: (id: string) => void
  /** A copy of all contacts, items and secrets. */
  readonly snapshot: Effect.Effect<Snapshot>
  /** Replaces all contacts, items and secrets by those of the snapshot, and forgets which tokens are valid. */
  readonly restore: (snapshot: Snapshot) => Effect.Effect<void>
  /** The requests seen, oldest first. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestLog.SeenRequest>>
  /**
   * Removes all contacts, items and secrets, seen requests, used limits and injected faults. Accounts, rules and
   * interceptor stay.
   */
  readonly clear: Effect.Effect<void>
}

/** The state of the in-memory API. */
export class ServerState extends Context.Service<ServerState, Service>()(
  "effect-chatbotkit/internal/server/ServerState"
) {}

const defaultRequestLogLimit = 10_000

/** A new, empty API. */
export const make = (options: Options = {}): Effect.Effect<Service> =>
  Effect.gen(function* () {
    const faults = FaultPlan.make()
    yield* faults.inject(options.faults ?? [])
    const store = new Store.Store()
    const items = new ItemStore.ItemStore()
    const secrets = new SecretStore.SecretStore()
    const stores: Stores = { store, items, secrets }
    const validatedTokens = new ValidatedTokens()
    const accounts = new Accounts.Accounts(options.accounts)
    const pollLimit = new PollLimit(accounts, {
      limit: options.rateLimit,
      window: options.rateLimitWindow ?? Assumptions.pollWindow
    })
    const log = new RequestLog.RequestLog(options.requestLogLimit ?? defaultRequestLogLimit)
    return ServerState.of({
      ...stores,
      secretTemplates: new Map(Object.entries(structuredClone(options.secretTemplates ?? {}))),
      platformTokens: new PlatformTokens(),
      validatedTokens,
      upstream: options.upstream ?? Upstream.unreachable,
      accounts,
      pollLimit,
      compression: options.compression ?? Assumptions.compression,
      log,
      faults,
      interceptor: options.interceptor ?? faults.interceptor,
      accountOf: (token) => accounts.grant(token)?.account.id,
      seed: (account, contacts) => seed(store, account, contacts),
      contacts: (account) => Effect.sync(() => store.rows(account).map(copy)),
      deleteContact: (id) => {
        store.delete(id)
        items.deleteContact(id)
        secrets.deleteContact(id)
      },
      snapshot: Effect.sync(() => new Snapshot(stores)),
      restore: (snapshot) =>
        Effect.sync(() => {
          snapshot.restoreTo(stores)
          validatedTokens.clear()
        }),
      requests: Effect.sync(() => log.list()),
      clear: Effect.sync(() => {
        store.clear()
        items.clear()
        secrets.clear()
        validatedTokens.clear()
        log.clear()
        pollLimit.clear()
      }).pipe(Effect.andThen(faults.forget))
    })
  })

/** A new, empty API as a layer. */
export const layer = (options?: Options): Layer.Layer<ServerState> => Layer.effect(ServerState, make(options))

const copy = (record: Store.ContactRecord): Store.ContactRecord => ({ ...record, meta: structuredClone(record.meta) })

const seed = Effect.fnUntraced(function* (store: Store.Store, account: string, contacts: Iterable<Store.NewContact>) {
  const now = yield* Clock.currentTimeMillis
  const random = yield* Random.Random
  const seeded: Array<Store.ContactRecord> = []
  for (const contact of contacts) {
    const own = { ...contact, meta: structuredClone(contact.meta ?? null) }
    const inserted = store.insert(account, own, now, random)
    if (Result.isFailure(inserted)) return yield* Effect.die(new Error("seed: id or fingerprint is taken"))
    seeded.push(copy(inserted.success))
  }
  return seeded
})
