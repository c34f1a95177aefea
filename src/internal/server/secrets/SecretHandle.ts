import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import type { Service } from "../ServerState.ts"
import type * as Records from "./SecretRecord.ts"
import * as SecretSeeds from "./SecretSeeds.ts"

/** A stored secret. Times are milliseconds since the epoch. */
export interface Secret extends Omit<Records.SecretRecord, "account"> {}

/** The stored value of a personal secret for a contact. Times are milliseconds since the epoch. */
export interface SecretValue extends Records.SecretValueRecord {}

/** The part of the handle on an in-memory API that seeds and reads secrets. */
export interface SecretHandle {
  /**
   * Adds secrets, unchecked, and returns them as stored. No endpoint makes any. By default a secret is shared, private
   * and of the type `plain`. A taken id or alias is a defect.
   *
   * @example
   * ```ts
   * yield* api.seedSecrets([{ id: "crm", kind: "personal", type: "bearer" }])
   * yield* api.seedSecretValues(ada.id, [{ secretId: "crm", value: "token" }])
   * ```
   */
  readonly seedSecrets: (
    secrets: Iterable<SecretSeeds.SecretSeed>,
    token?: string
  ) => Effect.Effect<ReadonlyArray<Secret>>
  /**
   * Adds the values of personal secrets for a contact, and returns them as stored. Only a verified contact can use
   * them. A contact that does not exist, a shared secret, a second value of a secret, or a taken id is a defect.
   */
  readonly seedSecretValues: (
    contactId: string,
    values: Iterable<SecretSeeds.SecretValueSeed>
  ) => Effect.Effect<ReadonlyArray<SecretValue>>
  /** The secrets of an account, in the order they were added. */
  readonly secrets: (token?: string) => Effect.Effect<ReadonlyArray<Secret>>
  /** The values of a contact, oldest first. */
  readonly secretValues: (contactId: string) => Effect.Effect<ReadonlyArray<SecretValue>>
}

/** The handle on the secrets of an API. `account` finds the id of the account of a token. */
export const make = (state: Service, account: (token?: string) => Effect.Effect<string>): SecretHandle => ({
  seedSecrets: (seeds, token) =>
    Effect.flatMap(account(token), (id) =>
      Effect.map(SecretSeeds.seedSecrets(state.secrets, id, seeds), Arr.map(toSecret))
    ),
  seedSecretValues: (contactId, seeds) => SecretSeeds.seedValues(state, contactId, seeds),
  secrets: (token) =>
    Effect.map(account(token), (id) => state.secrets.secretsOf(id).map((secret) => toSecret(structuredClone(secret)))),
  secretValues: (contactId) => Effect.sync(() => structuredClone(state.secrets.valuesOf(contactId)))
})

const toSecret = (record: Records.SecretRecord): Secret => Struct.omit(record, ["account"])
