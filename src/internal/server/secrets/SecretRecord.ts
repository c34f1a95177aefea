import type * as Schema from "effect/Schema"
import type { Meta } from "../store/Meta.ts"

/** The types of secrets (wire contract 3.8.1). */
export type SecretType = "plain" | "basic" | "bearer" | "jwt" | "oauth" | "template" | "reference"

/** A stored secret (wire contract 3.9.1). Times are milliseconds since the epoch. */
export interface SecretRecord {
  readonly id: string
  /** The account that owns the secret; never sent. */
  readonly account: string
  /** Unique in the account. */
  readonly alias: string | null
  readonly name: string
  readonly description: string
  /** A personal secret has a value for each contact, a shared one has one value of its own. */
  readonly kind: "shared" | "personal"
  readonly type: SecretType
  /** The value of a shared secret. */
  readonly value: string | null
  readonly config: Schema.JsonObject | null
  readonly visibility: "private" | "protected" | "public"
  readonly meta: Meta | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** The value of a personal secret for one contact. Times are milliseconds since the epoch. */
export interface SecretValueRecord {
  readonly id: string
  readonly secretId: string
  readonly contactId: string
  readonly name: string
  readonly description: string
  readonly value: string
  readonly meta: Meta | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** A template of secrets: the type and the configuration of those that name it. */
export type SecretTemplate = Pick<SecretRecord, "type" | "config">
