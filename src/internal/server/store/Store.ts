import type { Random } from "effect/Random"
import * as Result from "effect/Result"
import * as Assumptions from "../Assumptions.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import { Cuids } from "./Cuids.ts"
import type { Meta } from "./Meta.ts"
import { OrderedRows } from "./OrderedRows.ts"
import * as RowPage from "./RowPage.ts"

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

/** The columns that a write may set. */
export type ContactColumns = Omit<ContactRecord, "id" | "account" | "createdAt" | "updatedAt">

/** A contact to insert. Absent fields get defaults. */
export type NewContact = Partial<Omit<ContactRecord, "account">>

type Row = { -readonly [Key in keyof ContactRecord]: ContactRecord[Key] }

interface AccountRows {
  readonly ordered: OrderedRows<Row>
  readonly byFingerprint: Map<string, Row>
}

/**
 * The contacts of all accounts, in memory: a map by id, and for each account a map by fingerprint and the rows in the
 * order of `(createdAt, id)`. Everything is synchronous, so each call is atomic.
 */
export class Store {
  readonly #ids = new Cuids()
  readonly #byId = new Map<string, Row>()
  readonly #accounts = new Map<string, AccountRows>()

  /** The number of contacts in all accounts. */
  get size(): number {
    return this.#byId.size
  }

  /** The row with that id, of any account. */
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

  /**
   * Adds a contact, or fails with the 409 of the unique index. Absent fields get the defaults of the database: a new
   * id, and the time now in milliseconds.
   */
  insert(
    account: string,
    contact: NewContact,
    now: number,
    random: Random
  ): Result.Result<ContactRecord, ApiFailure.ApiFailure> {
    const createdAt = contact.createdAt ?? now
    return this.insertRecord({
      id: contact.id ?? this.#ids.next(createdAt, random),
      account,
      name: contact.name ?? "",
      description: contact.description ?? "",
      fingerprint: contact.fingerprint ?? this.#ids.next(createdAt, random),
      email: contact.email ?? null,
      phone: contact.phone ?? null,
      nick: contact.nick ?? null,
      preferences: contact.preferences ?? null,
      verifiedAt: contact.verifiedAt ?? null,
      meta: contact.meta ?? null,
      createdAt,
      updatedAt: contact.updatedAt ?? createdAt
    })
  }

  /** Adds a complete record, which the store then owns. Fails with the 409 if its id or fingerprint is taken. */
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

  /** A page of an account. The cursor may be a row of any account. */
  page(
    account: string,
    query: RowPage.PageQuery<ContactRecord>
  ): Result.Result<ReadonlyArray<ContactRecord>, ApiFailure.ApiFailure> {
    return RowPage.read(this.#accounts.get(account)?.ordered, this.#byId, query)
  }

  /**
   * Every row of one account or of all, oldest first within an account. The rows are the stored ones: don't keep them.
   */
  rows(account?: string): Array<ContactRecord> {
    const out: Array<ContactRecord> = []
    for (const [id, { ordered }] of this.#accounts) {
      if (account === undefined || account === id) ordered.walk("asc", undefined, (row) => out.push(row) > 0)
    }
    return out
  }

  /** Removes everything. */
  clear(): void {
    this.#byId.clear()
    this.#accounts.clear()
  }

  #rowsOf(account: string): AccountRows {
    let rows = this.#accounts.get(account)
    if (rows === undefined) {
      rows = { ordered: new OrderedRows(), byFingerprint: new Map() }
      this.#accounts.set(account, rows)
    }
    return rows
  }
}
