/** The seed file of the emulator: the contacts that it starts with, and what belongs to them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { JsonObject } from "../../../internal/contact/ContactSchema.ts"
import type { Problem } from "../../../internal/call/request/Validate.ts"
import * as InMemory from "../../../layers/InMemory.ts"
import * as InputFile from "./InputFile.ts"

const text = Schema.optionalKey(Schema.String)
const textOrNull = Schema.optionalKey(Schema.NullOr(Schema.String))
const numberOrNull = Schema.optionalKey(Schema.NullOr(Schema.Finite))
const objectOrNull = Schema.optionalKey(Schema.NullOr(JsonObject))
const time = Schema.optionalKey(Schema.Int)
const timeOrNull = Schema.optionalKey(Schema.NullOr(Schema.Int))
const oneOf = <const Names extends ReadonlyArray<string>>(...names: Names) => Schema.optionalKey(Schema.Literals(names))
const list = <S extends Schema.Constraint>(of: S) => Schema.optionalKey(Schema.Array(of))

/** The fields that all rows have. Times are milliseconds since 1970. */
const common = {
  id: text,
  name: text,
  description: text,
  meta: objectOrNull,
  createdAt: time,
  updatedAt: time
}

const Conversation = Schema.Struct({
  ...common,
  taskId: textOrNull,
  botId: textOrNull,
  datasetId: textOrNull,
  skillsetId: textOrNull,
  backstory: textOrNull,
  model: textOrNull
})

const Memory = Schema.Struct({ ...common, botId: textOrNull, text })

const Rating = Schema.Struct({
  ...common,
  botId: textOrNull,
  conversationId: textOrNull,
  messageId: textOrNull,
  value: Schema.optionalKey(Schema.Finite),
  reason: textOrNull
})

const Space = Schema.Struct({ ...common, blueprintId: textOrNull })

const Task = Schema.Struct({
  ...common,
  botId: textOrNull,
  schedule: textOrNull,
  timezone: textOrNull,
  sessionDuration: numberOrNull,
  maxIterations: numberOrNull,
  maxTime: numberOrNull,
  status: oneOf("idle", "running", "canceled"),
  outcome: oneOf("pending", "success", "failure"),
  lastRunAt: timeOrNull,
  nextRunAt: timeOrNull
})

const SecretValue = Schema.Struct({ ...common, secretId: Schema.String, value: text })

const Secret = Schema.Struct({
  ...common,
  alias: textOrNull,
  kind: oneOf("shared", "personal"),
  type: oneOf("plain", "basic", "bearer", "jwt", "oauth", "template", "reference"),
  value: textOrNull,
  config: objectOrNull,
  visibility: oneOf("private", "protected", "public")
})

/** The fields of a contact, as a list sends it. */
const ownFields = {
  ...common,
  fingerprint: text,
  email: textOrNull,
  phone: textOrNull,
  nick: textOrNull,
  preferences: textOrNull,
  verifiedAt: timeOrNull
}

const Contact = Schema.Struct({
  ...ownFields,
  conversations: list(Conversation),
  memories: list(Memory),
  ratings: list(Rating),
  spaces: list(Space),
  tasks: list(Task),
  /** The values of the account's personal secrets for this contact. */
  secretValues: list(SecretValue)
})

const token = Schema.String.check(Schema.isPattern(/^sk-./, { expected: "a token that begins with sk-" }))

const Account = Schema.Struct({ token, contacts: list(Contact), secrets: list(Secret) })

/** The content of a seed file. An account is named by its token. */
const SeedFile = Schema.Struct({ accounts: Schema.Array(Account) })
export interface SeedFile extends Schema.Struct.Type<typeof SeedFile.fields> {}

/** Finds values that must be unique and are not. */
class UniqueValues {
  readonly #places = new Map<string, string>()
  problem: Problem | undefined

  /** Adds a value at a place. Values of one kind must differ. An absent value gets a unique default. */
  add(kind: string, value: string | null | undefined, field: string): void {
    if (value === undefined || value === null) return
    const key = JSON.stringify([kind, value])
    const earlier = this.#places.get(key)
    if (earlier === undefined) this.#places.set(key, field)
    else this.problem ??= { field, description: `the value is that of ${earlier} too` }
  }
}

const itemKinds = ["conversations", "memories", "ratings", "spaces", "tasks", "secretValues"] as const

/** The first value that must be unique and is not, or the first value of a secret that has none. */
const problemOf = ({ accounts }: SeedFile): Problem | undefined => {
  const unique = new UniqueValues()
  for (const [index, { contacts = [], secrets = [], token }] of accounts.entries()) {
    const account = `accounts.${index}`
    unique.add("token", token, `${account}.token`)
    for (const [at, { alias, id }] of secrets.entries()) {
      unique.add("secret", id, `${account}.secrets.${at}.id`)
      unique.add(`alias ${index}`, alias, `${account}.secrets.${at}.alias`)
    }
    const personal = new Set(secrets.flatMap(({ id, kind }) => (kind === "personal" && id !== undefined ? [id] : [])))
    for (const [at, contact] of contacts.entries()) {
      const place = `${account}.contacts.${at}`
      unique.add("contact", contact.id, `${place}.id`)
      unique.add(`fingerprint ${index}`, contact.fingerprint, `${place}.fingerprint`)
      for (const kind of itemKinds) {
        for (const [row, { id }] of (contact[kind] ?? []).entries()) unique.add(kind, id, `${place}.${kind}.${row}.id`)
      }
      for (const [row, { secretId }] of (contact.secretValues ?? []).entries()) {
        const field = `${place}.secretValues.${row}.secretId`
        if (!personal.has(secretId))
          unique.problem ??= { field, description: "the account has no such personal secret" }
        unique.add(`secret of ${place}`, secretId, field)
      }
    }
  }
  return unique.problem
}

/** Reads the text of a seed file. */
export const parse = InputFile.make(SeedFile, problemOf)

/** Adds the rows of a seed file to the API. */
export const plant = Effect.fnUntraced(function* ({ accounts }: SeedFile) {
  const api = yield* InMemory.InMemory
  for (const { contacts = [], secrets = [], token } of accounts) {
    yield* api.seedSecrets(secrets, token)
    for (const contact of contacts) {
      const { conversations, memories, ratings, secretValues, spaces, tasks, ...fields } = contact
      for (const { id } of yield* api.seed([fields], token)) {
        yield* api.seedConversations(id, conversations ?? [])
        yield* api.seedMemories(id, memories ?? [])
        yield* api.seedRatings(id, ratings ?? [])
        yield* api.seedSpaces(id, spaces ?? [])
        yield* api.seedTasks(id, tasks ?? [])
        yield* api.seedSecretValues(id, secretValues ?? [])
      }
    }
  }
})
