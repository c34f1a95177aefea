import type * as Result from "effect/Result"
import type { ApiFailure } from "../http/ApiFailure.ts"
import { OrderedRows, type Positioned } from "../store/OrderedRows.ts"
import * as RowPage from "../store/RowPage.ts"
import type { Meta } from "../store/Meta.ts"

/** A row that belongs to a contact, or to none. */
export interface ContactRow extends Positioned {
  readonly contactId: string | null
  readonly meta: Meta | null
}

/**
 * The rows of one kind that belong to contacts, in memory: a map by id, and for each contact the rows in the order of
 * `(createdAt, id)`. Rows are never changed but replaced. Everything is synchronous, so each call is atomic.
 */
export class ItemTable<Row extends ContactRow> {
  readonly #byId = new Map<string, Row>()
  readonly #byContact = new Map<string | null, OrderedRows<Row>>()

  /** The row with that id, of any contact. */
  get(id: string): Row | undefined {
    return this.#byId.get(id)
  }

  /** Adds a row, in place of one with the same id. */
  set(row: Row): void {
    this.delete(row.id)
    this.#byId.set(row.id, row)
    const rows = this.#byContact.get(row.contactId) ?? new OrderedRows<Row>()
    this.#byContact.set(row.contactId, rows)
    rows.insert(row)
  }

  /** Removes a row. */
  delete(id: string): void {
    const row = this.#byId.get(id)
    if (row === undefined) return
    this.#byId.delete(id)
    this.#byContact.get(row.contactId)?.delete(row)
  }

  /** A page of the rows of a contact, whoever owns them. The cursor may be a row of any contact. */
  page(contactId: string, query: RowPage.PageQuery): Result.Result<ReadonlyArray<Row>, ApiFailure> {
    return RowPage.read(this.#byContact.get(contactId), this.#byId, query)
  }

  /** The rows of a contact, or those of none, oldest first. */
  rowsOf(contactId: string | null): ReadonlyArray<Row> {
    const out: Array<Row> = []
    this.#byContact.get(contactId)?.walk("asc", undefined, (row) => out.push(row) > 0)
    return out
  }

  /** Every row, in the order they were added. */
  rows(): ReadonlyArray<Row> {
    return [...this.#byId.values()]
  }

  /** Removes the rows of a contact. */
  deleteRowsOf(contactId: string): void {
    for (const { id } of this.rowsOf(contactId)) this.#byId.delete(id)
    this.#byContact.delete(contactId)
  }

  /** Takes the contact from its rows. */
  unlinkRowsOf(contactId: string): void {
    const rows = this.rowsOf(contactId)
    this.deleteRowsOf(contactId)
    for (const row of rows) this.set({ ...row, contactId: null })
  }

  /** Replaces all rows. */
  replaceBy(rows: Iterable<Row>): void {
    this.clear()
    for (const row of rows) this.set(row)
  }

  /** Removes everything. */
  clear(): void {
    this.#byId.clear()
    this.#byContact.clear()
  }
}
