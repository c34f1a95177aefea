import type * as Result from "effect/Result"
import type * as ApiFailure from "../http/ApiFailure.ts"
import { ItemTable } from "../items/ItemTable.ts"
import { Cuids } from "../store/Cuids.ts"
import type { PageQuery } from "../store/RowPage.ts"
import type { SecretRecord, SecretValueRecord } from "./SecretRecord.ts"

/** A copy of all secrets and their values. */
export interface Secrets {
  readonly secrets: ReadonlyArray<SecretRecord>
  readonly values: ReadonlyArray<SecretValueRecord>
}

/**
 * The secrets of all accounts and their values, in memory. A contact has at most one value of a secret. Rows are never
 * changed but replaced. Everything is synchronous, so each call is atomic.
 */
export class SecretStore {
  readonly ids = new Cuids()
  readonly #secrets = new Map<string, SecretRecord>()
  readonly #values = new ItemTable<SecretValueRecord>()

  /** The secret with that id, of any account. */
  get(id: string): SecretRecord | undefined {
    return this.#secrets.get(id)
  }

  /** The first secret of the account with exactly that name, in the order they were added. */
  findByName(account: string, name: string): SecretRecord | undefined {
    return this.secretsOf(account).find((secret) => secret.name === name)
  }

  /** The secret of the account with that alias. */
  findByAlias(account: string, alias: string): SecretRecord | undefined {
    return this.secretsOf(account).find((secret) => secret.alias === alias)
  }

  /** The secrets of an account, in the order they were added. */
  secretsOf(account: string): ReadonlyArray<SecretRecord> {
    return [...this.#secrets.values()].filter((secret) => secret.account === account)
  }

  /** Adds a secret, in place of one with the same id. */
  set(secret: SecretRecord): void {
    this.#secrets.set(secret.id, secret)
  }

  /** The row with that id, of any contact. */
  getValue(id: string): SecretValueRecord | undefined {
    return this.#values.get(id)
  }

  /** The row of a secret and a contact. */
  findValue(secretId: string, contactId: string): SecretValueRecord | undefined {
    return this.valuesOf(contactId).find((row) => row.secretId === secretId)
  }

  /** The rows of a contact, oldest first. */
  valuesOf(contactId: string): ReadonlyArray<SecretValueRecord> {
    return this.#values.rowsOf(contactId)
  }

  /** A page of the rows of a contact. The cursor is the id of a row, of any contact. */
  page(contactId: string, query: PageQuery): Result.Result<ReadonlyArray<SecretValueRecord>, ApiFailure.ApiFailure> {
    return this.#values.page(contactId, query)
  }

  /** Adds a row, in place of one with the same id. */
  setValue(row: SecretValueRecord): void {
    this.#values.set(row)
  }

  /** Removes a row. */
  deleteValue(id: string): void {
    this.#values.delete(id)
  }

  /** Removes the rows of a contact. */
  deleteContact(contactId: string): void {
    this.#values.deleteRowsOf(contactId)
  }

  /** Every secret and value. The rows are the stored ones, which never change. */
  rows(): Secrets {
    return { secrets: [...this.#secrets.values()], values: this.#values.rows() }
  }

  /** Replaces all secrets and values. */
  replaceBy({ secrets, values }: Secrets): void {
    this.clear()
    for (const secret of secrets) this.set(secret)
    this.#values.replaceBy(values)
  }

  /** Removes everything. */
  clear(): void {
    this.#secrets.clear()
    this.#values.clear()
  }
}
