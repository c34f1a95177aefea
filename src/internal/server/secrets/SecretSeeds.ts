import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Service } from "../ServerState.ts"
import * as SeededColumns from "../store/SeededColumns.ts"
import type { SecretRecord, SecretValueRecord } from "./SecretRecord.ts"
import type { SecretStore } from "./SecretStore.ts"

/** A secret to add. Absent fields get the defaults of the database (wire contract 3.9.1): a new id, and the time now. */
export interface SecretSeed extends Partial<Omit<SecretRecord, "account">> {}

/** The value of a personal secret to add. Absent fields get defaults: a new id, and the time now. */
export interface SecretValueSeed extends Partial<Omit<SecretValueRecord, "contactId" | "secretId">> {
  /** The id of the secret. If there is no such secret, the row is left out of lists. */
  readonly secretId: string
}

/** Adds secrets to an account. A taken id or alias is a defect. */
export const seedSecrets = Effect.fnUntraced(function* (
  store: SecretStore,
  account: string,
  seeds: Iterable<SecretSeed>
) {
  const now = yield* Clock.currentTimeMillis
  const random = yield* Random.Random
  const added: Array<SecretRecord> = []
  for (const seed of seeds) {
    const secret: SecretRecord = {
      ...SeededColumns.make(seed, store.ids, now, random),
      account,
      alias: seed.alias ?? null,
      kind: seed.kind ?? "shared",
      type: seed.type ?? "plain",
      value: seed.value ?? null,
      config: structuredClone(seed.config ?? null),
      visibility: seed.visibility ?? "private"
    }
    const { alias, id } = secret
    if (store.get(id) !== undefined) return yield* refuse(`seedSecrets: the id ${id} is taken`)
    if (alias !== null && store.findByAlias(account, alias) !== undefined) {
      return yield* refuse(`seedSecrets: the alias ${alias} is taken`)
    }
    store.set(secret)
    added.push(structuredClone(secret))
  }
  return added
})

/**
 * Adds values for a contact. A contact that does not exist, a shared secret, a second value of a secret, or a taken id
 * is a defect.
 */
export const seedValues = Effect.fnUntraced(function* (
  { secrets: store, store: contacts }: Service,
  contactId: string,
  seeds: Iterable<SecretValueSeed>
) {
  if (contacts.get(contactId) === undefined) return yield* refuse("seedSecretValues: there is no such contact")
  const now = yield* Clock.currentTimeMillis
  const random = yield* Random.Random
  const added: Array<SecretValueRecord> = []
  for (const seed of seeds) {
    const row: SecretValueRecord = {
      ...SeededColumns.make(seed, store.ids, now, random),
      secretId: seed.secretId,
      contactId,
      value: seed.value ?? ""
    }
    const problem = problemOf(store, row)
    if (problem !== undefined) return yield* refuse(`seedSecretValues: ${problem}`)
    store.setValue(row)
    added.push(structuredClone(row))
  }
  return added
})

const problemOf = (store: SecretStore, { contactId, id, secretId }: SecretValueRecord): string | undefined => {
  if (store.getValue(id) !== undefined) return `the id ${id} is taken`
  if (store.get(secretId)?.kind === "shared") return `the secret ${secretId} is shared, and has a value of its own`
  return store.findValue(secretId, contactId) === undefined ? undefined : `the contact has a value of ${secretId}`
}

const refuse = (problem: string): Effect.Effect<never> => Effect.die(new Error(problem))
