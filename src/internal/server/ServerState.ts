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
import { PollLimit, type PollWindow } from "./lists/PollLimit.ts"
import * as RequestLog from "./store/RequestLog.ts"
import * as Store from "./store/Store.ts"

/** The options of the in-memory API. */
export interface Options {
  /** Default: every distinct `sk-…` token is an account of its own. */
  readonly accounts?: ReadonlyArray<Accounts.AccountOptions>
  /** Requests in 60 s to paths that end in `/list`, for each account and its children together. Default: no limit. */
  readonly rateLimit?: number
  /**
   * The window of that limit: over a `log` of the last 60 s, where a unit is free again after exactly that time, or over
   * the `minutes` of the clock, this one and a weighted part of the one before. Default `log`.
   */
  readonly rateLimitWindow?: PollWindow
  /**
   * True to compress replies as Next.js does for clients that accept it: gzip or deflate, whatever the size, but never
   * JSON Lines. In process, only a request that itself has an `Accept-Encoding` gets such a reply. Default false.
   */
  readonly compression?: boolean
  /** The number of newest requests that are kept for inspection. Default 10,000. */
  readonly requestLogLimit?: number
  /** The rules of faults from the start. Default: none. A rule that makes no sense is a defect. */
  readonly faults?: ReadonlyArray<Rule>
  /** Default: that of the faults. */
  readonly interceptor?: Interceptor.Interceptor
}

/** A contact to seed. What is absent gets the default a create gives it. */
export type Seed = Partial<Omit<Store.ContactRecord, "account">>

/** All contacts of all accounts at one moment. */
export class Snapshot {
  readonly #records: ReadonlyArray<Store.ContactRecord>

  constructor(store: Store.Store) {
    this.#records = store.rows().map(copy)
  }

  /** Makes a store hold these contacts and no other. */
  restoreTo(store: Store.Store): void {
    store.clear()
    // As they were stored together, none is refused.
    for (const record of this.#records) store.insertRecord(copy(record))
  }
}

/** The state of one in-memory API, and the handle on it. */
export interface Service {
  readonly store: Store.Store
  readonly accounts: Accounts.Accounts
  readonly pollLimit: PollLimit
  readonly compression: boolean
  readonly log: RequestLog.RequestLog
  readonly faults: FaultPlan.FaultPlan
  /** May be replaced at any time; requests in flight keep the one they started with. */
  interceptor: Interceptor.Interceptor
  /**
   * The id of the account a token opens, made if there is none yet; undefined for a token that opens none. For a token
   * of an account's own that is the account it acts as without run-as headers.
   */
  readonly accountOf: (token: string) => string | undefined
  /**
   * Adds contacts to an account as they are given, unchecked, and returns them as stored. Times are milliseconds. An id
   * or fingerprint that is taken is a defect.
   */
  readonly seed: (account: string, seeds: Iterable<Seed>) => Effect.Effect<ReadonlyArray<Store.ContactRecord>>
  /** Copies of the contacts of one account or of all, oldest first within an account. */
  readonly snapshot: (account?: string) => Effect.Effect<ReadonlyArray<Store.ContactRecord>>
  /** All contacts as they are now. */
  readonly save: Effect.Effect<Snapshot>
  /** Puts saved contacts in the place of those there are. Nothing else changes. */
  readonly restore: (snapshot: Snapshot) => Effect.Effect<void>
  /** The requests seen, oldest first. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestLog.SeenRequest>>
  /** Removes all contacts, seen requests, used limits and injected faults. Accounts, rules and interceptor stay. */
  readonly clear: Effect.Effect<void>
}

/** The in-memory API's state. */
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
    const accounts = new Accounts.Accounts(options.accounts)
    const pollLimit = new PollLimit(accounts, {
      limit: options.rateLimit,
      window: options.rateLimitWindow ?? Assumptions.pollWindow
    })
    const log = new RequestLog.RequestLog(options.requestLogLimit ?? defaultRequestLogLimit)
    return ServerState.of({
      store,
      accounts,
      pollLimit,
      compression: options.compression ?? Assumptions.compression,
      log,
      faults,
      interceptor: options.interceptor ?? faults.interceptor,
      accountOf: (token) => accounts.grant(token)?.account.id,
      seed: (account, seeds) => seed(store, account, seeds),
      snapshot: (account) => Effect.sync(() => store.rows(account).map(copy)),
      save: Effect.sync(() => new Snapshot(store)),
      restore: (snapshot) => Effect.sync(() => snapshot.restoreTo(store)),
      requests: Effect.sync(() => log.list()),
      clear: Effect.sync(() => {
        store.clear()
        log.clear()
        pollLimit.clear()
      }).pipe(Effect.andThen(faults.forget))
    })
  })

/** A new, empty API as a layer. */
export const layer = (options?: Options): Layer.Layer<ServerState> => Layer.effect(ServerState, make(options))

const copy = (record: Store.ContactRecord): Store.ContactRecord => ({ ...record, meta: structuredClone(record.meta) })

const seed = Effect.fnUntraced(function* (store: Store.Store, account: string, seeds: Iterable<Seed>) {
  const now = yield* Clock.currentTimeMillis
  const random = yield* Random.Random
  const seeded: Array<Store.ContactRecord> = []
  for (const given of seeds) {
    const createdAt = given.createdAt ?? now
    const inserted = store.insertRecord({
      id: given.id ?? store.nextId(createdAt, random),
      account,
      name: given.name ?? "",
      description: given.description ?? "",
      fingerprint: given.fingerprint ?? store.nextId(createdAt, random),
      email: given.email ?? null,
      phone: given.phone ?? null,
      nick: given.nick ?? null,
      preferences: given.preferences ?? null,
      verifiedAt: given.verifiedAt ?? null,
      meta: structuredClone(given.meta ?? null),
      createdAt,
      updatedAt: given.updatedAt ?? createdAt
    })
    if (Result.isFailure(inserted)) return yield* Effect.die(new Error("seed: id or fingerprint is taken"))
    seeded.push(copy(inserted.success))
  }
  return seeded
})
