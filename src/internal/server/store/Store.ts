import * as Predicate from "effect/Predicate"
import type { Random } from "effect/Random"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Assumptions from "../Assumptions.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import * as ContactIds from "./ContactIds.ts"
import { OrderedContacts } from "./OrderedContacts.ts"

/** A JSON object as it was parsed: `meta` of a contact (wire contract 2). */
export type Meta = Schema.JsonObject

/** True if a value of `JSON.parse` is an object, and so can be a contact's `meta`. */
export const isMeta = (parsed: unknown): parsed is Meta => Predicate.isObject(parsed)

/** A stored contact (wire contract 1). Times are milliseconds since the epoch. */
export interface ContactRecord {
  readonly id: string
  /** The account that owns the row; never sent. */
  readonly account: string
  readonly name: string
  readonly description: string
  readonly fingerprint: string
  readonly email: string | null
  readonly phone: string | null
  readonly nick: string | null
  readonly preferences: string | null
  readonly verifiedAt: number | null
  readonly meta: Meta | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** The columns a write may set. */
export type ContactColumns = Omit<ContactRecord, "id" | "account" | "createdAt" | "updatedAt">

/** A query for a page (wire contract 4). */
export interface PageQuery {
  readonly account: string
  readonly order: "asc" | "desc"
  /** Most rows to return. */
  readonly take: number
  /** The id of a row of any account: rows up to and with the first one at or after its position are left out. */
  readonly cursor: string | undefined
  /** True if a row is wanted; `failure` if the database fails on it, and so on the page. */
  readonly matches: (contact: ContactRecord) => "match" | "no match" | "failure"
}

type Row = { -readonly [Key in keyof ContactRecord]: ContactRecord[Key] }

interface AccountRows {
  readonly ordered: OrderedContacts<Row>
  readonly byFingerprint: Map<string, Row>
}

const none: Result.Result<ReadonlyArray<ContactRecord>> = Result.succeed([])

/**
 * The contacts of all accounts, in memory: a map by id, and for each account a map by fingerprint and the rows in the
 * order of `(createdAt, id)`. Everything is synchronous, so each call is atomic.
 */
export class Store {
  readonly #ids = new ContactIds.ContactIds()
  readonly #byId = new Map<string, Row>()
  readonly #accounts = new Map<string, AccountRows>()

  /** The number of contacts in all accounts. */
  get size(): number {
    return this.#byId.size
  }

  /** The row with that id, of whatever account. */
  get(id: string): ContactRecord | undefined {
    return this.#byId.get(id)
  }

  /** The row of the account with exactly that fingerprint. */
  findByFingerprint(account: string, fingerprint: string): ContactRecord | undefined {
    return this.#accounts.get(account)?.byFingerprint.get(Assumptions.fingerprintKey(fingerprint))
  }

  /** The first row of the account, oldest first, with exactly that name. Scans the account. */
  findByName(account: string, name: string): ContactRecord | undefined {
    return this.#accounts.get(account)?.ordered.find((row) => row.name === name)
  }

  /** Adds a contact, or fails with the 409 of the unique index. Absent columns get the defaults of the database. */
  insert(
    account: string,
    columns: Partial<ContactColumns>,
    now: number,
    random: Random
  ): Result.Result<ContactRecord, ApiFailure.ApiFailure> {
    return this.insertRecord({
      id: this.#ids.next(now, random),
      account,
      name: columns.name ?? "",
      description: columns.description ?? "",
      fingerprint: columns.fingerprint ?? this.#ids.next(now, random),
      email: columns.email ?? null,
      phone: columns.phone ?? null,
      nick: columns.nick ?? null,
      preferences: columns.preferences ?? null,
      verifiedAt: columns.verifiedAt ?? null,
      meta: columns.meta ?? null,
      createdAt: now,
      updatedAt: now
    })
  }

  /** Adds a record as it stands and takes it over: for seeding. Fails with the 409 if its id or fingerprint is taken. */
  insertRecord(record: ContactRecord): Result.Result<ContactRecord, ApiFailure.ApiFailure> {
    const rows = this.#rowsOf(record.account)
    const key = Assumptions.fingerprintKey(record.fingerprint)
    if (this.#byId.has(record.id) || rows.byFingerprint.has(key)) {
      return Result.fail(ApiFailure.uniqueViolation)
    }
    const row: Row = record
    this.#byId.set(row.id, row)
    rows.byFingerprint.set(key, row)
    rows.ordered.insert(row)
    return Result.succeed(row)
  }

  /** Sets columns of a row and the time of its change, or fails with the 409 of the unique index. */
  update(id: string, columns: Partial<ContactColumns>, now: number): Result.Result<void, ApiFailure.ApiFailure> {
    const row = this.#byId.get(id)
    if (row === undefined || Object.keys(columns).length === 0) return Result.succeed(undefined)
    const { byFingerprint } = this.#rowsOf(row.account)
    const key = Assumptions.fingerprintKey(columns.fingerprint ?? row.fingerprint)
    const holder = byFingerprint.get(key)
    if (holder !== undefined && holder !== row) return Result.fail(ApiFailure.uniqueViolation)
    byFingerprint.delete(Assumptions.fingerprintKey(row.fingerprint))
    Object.assign(row, columns, { updatedAt: now })
    byFingerprint.set(key, row)
    return Result.succeed(undefined)
  }

  /** Removes a row. */
  delete(id: string): void {
    const row = this.#byId.get(id)
    if (row === undefined) return
    const rows = this.#rowsOf(row.account)
    this.#byId.delete(id)
    rows.byFingerprint.delete(Assumptions.fingerprintKey(row.fingerprint))
    rows.ordered.delete(row)
  }

  /**
   * A page of an account. As the real database does it: the cursor gives a position, the filter is applied from there
   * on, and then one row is skipped, which is the cursor's own unless that one does not match.
   */
  page(query: PageQuery): Result.Result<ReadonlyArray<ContactRecord>, ApiFailure.ApiFailure> {
    const from = query.cursor === undefined ? undefined : this.#byId.get(query.cursor)
    if (query.cursor !== undefined && from === undefined) return none
    const rows = this.#accounts.get(query.account)
    if (rows === undefined) return none
    let skip = from === undefined ? 0 : 1
    let fails = false
    const out: Array<ContactRecord> = []
    rows.ordered.walk(query.order, from, (row) => {
      const outcome = query.matches(row)
      if (outcome === "match") {
        if (skip > 0) skip--
        else out.push(row)
      }
      fails = outcome === "failure"
      return !fails && out.length < query.take
    })
    return fails ? Result.fail(ApiFailure.genericError()) : Result.succeed(out)
  }

  /** Every row of one account or of all, oldest first within an account. The rows are the stored ones: don't keep them. */
  rows(account?: string): Array<ContactRecord> {
    const out: Array<ContactRecord> = []
    for (const [id, { ordered }] of this.#accounts) {
      if (account === undefined || account === id) ordered.walk("asc", undefined, (row) => out.push(row) > 0)
    }
    return out
  }

  /** A new contact id. */
  nextId(now: number, random: Random): string {
    return this.#ids.next(now, random)
  }

  /** Removes everything. */
  clear(): void {
    this.#byId.clear()
    this.#accounts.clear()
  }

  #rowsOf(account: string): AccountRows {
    let rows = this.#accounts.get(account)
    if (rows === undefined) {
      rows = { ordered: new OrderedContacts(), byFingerprint: new Map() }
      this.#accounts.set(account, rows)
    }
    return rows
  }
}
