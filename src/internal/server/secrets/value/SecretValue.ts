import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as ApiFailure from "../../http/ApiFailure.ts"
import type { Service } from "../../ServerState.ts"
import type { ContactRecord } from "../../store/Store.ts"
import * as AuthorizationUrl from "../AuthorizationUrl.ts"
import * as SecretAccess from "../SecretAccess.ts"
import type { SecretRecord, SecretTemplate, SecretType, SecretValueRecord } from "../SecretRecord.ts"
import * as AccessToken from "./AccessToken.ts"
import * as BasicCredentials from "./BasicCredentials.ts"
import * as Jwt from "./Jwt.ts"
import * as OAuthTokens from "./OAuthTokens.ts"

/** The value of a secret as it is sent to a third party. */
export interface SecretValue {
  /** With its scheme word, if it has one. */
  readonly value: string
  /** The type of the secret that gave it, behind templates and references. */
  readonly type: SecretType
  /** In milliseconds since the epoch; null if it is unknown or never. */
  readonly expiresAt: number | null
}

/** A value without its scheme word. */
export const withoutScheme = ({ value }: SecretValue): string => {
  const text = value.trim()
  return text.slice(text.indexOf(" ") + 1).trim()
}

/** The user of the contact has to authorize the secret first (wire contract 3.9.2). The message may hold a URL for it. */
export class AuthorizationMissing extends Data.TaggedError("AuthorizationMissing")<{ readonly message: string }> {}

/** The secret and the contact whose value is meant. */
export interface Subject {
  readonly state: Service
  readonly contact: ContactRecord
  readonly secret: SecretRecord
}

/** A value, nothing, an authorization that is missing, or another error (wire contract 3.9.2). */
export type Resolved<A> = Effect.Effect<A, AuthorizationMissing | ApiFailure.ApiFailure>

/** The most templates and references on the way to a value. The real server would never end. */
const maxDepth = 100

/** The value of a secret for a contact; undefined if there is none. */
export const resolve = (subject: Subject): Resolved<SecretValue | undefined> =>
  Effect.flatMap(storedText(subject), (stored) => ofType(subject, subject.secret, stored, 0))

const storedText = ({ contact, secret, state }: Subject): Resolved<string> =>
  Effect.suspend(() => {
    if (secret.kind === "shared") return Effect.succeed(secret.value ?? "")
    if (contact.verifiedAt === null) {
      return Effect.fail(new AuthorizationMissing({ message: "Cannot obtain secret manager" }))
    }
    const value = state.secrets.findValue(secret.id, contact.id)?.value ?? ""
    return value === "" ? missing : Effect.succeed(value)
  })

const missing: Resolved<never> = Effect.flatMap(AuthorizationUrl.short, (url) =>
  Effect.fail(
    new AuthorizationMissing({
      message: `Missing value for secret: ask the user to visit ${url} to authorize access`
    })
  )
)

const ofType = (
  subject: Subject,
  { config, type }: SecretTemplate,
  stored: string,
  depth: number
): Resolved<SecretValue | undefined> => {
  switch (type) {
    case "plain":
      return Effect.succeed(value(type, stored === "" ? undefined : stored))
    case "basic":
      return Effect.succeed(value(type, BasicCredentials.toHeader(stored)))
    case "bearer": {
      const token = stored.trim()
      return Effect.succeed(value(type, token === "" ? undefined : `${schemaOf(config)} ${token}`))
    }
    case "jwt":
      return jwt(config, stored.trim())
    case "oauth":
      return oauth(subject, config, stored)
    case "template":
    case "reference":
      return Effect.flatMap(definition(subject, type, config, depth), (found) =>
        ofType(subject, found, stored === "" ? found.value : stored, depth + 1)
      )
  }
}

const value = (type: SecretType, text: string | undefined): SecretValue | undefined =>
  text === undefined ? undefined : { value: text, type, expiresAt: null }

const member = (config: Schema.JsonObject | null, name: string): unknown =>
  config !== null && Object.hasOwn(config, name) ? config[name] : undefined

/** The scheme word. It may have blanks in it. */
const schemaOf = (config: Schema.JsonObject | null): string => {
  const schema = member(config, "schema")
  return (typeof schema === "string" && schema.trim()) || "Bearer"
}

const defaultAlgorithm = "RS256"
const defaultLifetimeSeconds = 600

const jwt = Effect.fnUntraced(function* (
  config: Schema.JsonObject | null,
  pem: string
): Effect.fn.Return<SecretValue | undefined, ApiFailure.ApiFailure> {
  if (pem === "") return undefined
  const now = yield* Clock.currentTimeMillis
  const issuedAt = Math.floor(now / 1000)
  const [algorithm, lifetime, claims] = ["algorithm", "expiresInSeconds", "claims"].map((name) => member(config, name))
  const seconds = typeof lifetime === "number" ? lifetime : defaultLifetimeSeconds
  const token = yield* Jwt.signWithPrivateKey(
    { ...(Predicate.isObject(claims) ? claims : {}), iat: issuedAt, exp: issuedAt + Math.round(seconds) },
    { algorithm: typeof algorithm === "string" ? algorithm : defaultAlgorithm, pem }
  )
  return { value: `${schemaOf(config)} ${token}`, type: "jwt", expiresAt: now + seconds * 1000 }
})

const oauth = Effect.fnUntraced(function* (
  subject: Subject,
  config: Schema.JsonObject | null,
  stored: string
): Effect.fn.Return<SecretValue | undefined, AuthorizationMissing | ApiFailure.ApiFailure> {
  const obtained = yield* AccessToken.obtain(
    subject.state,
    AccessToken.toConfig(config),
    OAuthTokens.parse(stored),
    (tokens) => store(subject, OAuthTokens.toStored(tokens))
  )
  switch (obtained._tag) {
    case "Token":
      return { value: `Bearer ${obtained.token}`, type: "oauth", expiresAt: obtained.expiresAt ?? null }
    case "None":
      return undefined
    case "Refused":
      yield* remove(subject)
      return subject.secret.kind === "personal" ? yield* missing : undefined
  }
})

/** Stores a new value: of a shared secret in itself, of a personal one in its row. */
const store = (subject: Subject, value: string): Effect.Effect<void, ApiFailure.ApiFailure> =>
  Effect.flatMap(Clock.currentTimeMillis, (updatedAt) => {
    const { secret, state } = subject
    return secret.kind === "shared"
      ? setShared(subject, { value, updatedAt })
      : Effect.map(rowOf(subject), (row) => state.secrets.setValue({ ...row, value, updatedAt }))
  })

/** Removes the value: a shared secret is emptied, the row of a personal one is deleted. */
const remove = (subject: Subject): Effect.Effect<void, ApiFailure.ApiFailure> =>
  Effect.flatMap(Clock.currentTimeMillis, (updatedAt) =>
    subject.secret.kind === "shared" ? setShared(subject, { value: null, updatedAt }) : deleteRow(subject)
  )

/** Sets the value of a shared secret. The database fails if the secret was deleted meanwhile. */
const setShared = (
  { secret: { id }, state }: Subject,
  columns: Pick<SecretRecord, "value" | "updatedAt">
): Effect.Effect<void, ApiFailure.ApiFailure> =>
  Effect.suspend(() => {
    const secret = state.secrets.get(id)
    if (secret === undefined) return Effect.fail(ApiFailure.genericError())
    state.secrets.set({ ...secret, ...columns })
    return Effect.void
  })

/** Deletes the row of a secret and a contact. */
export const deleteRow = (subject: Subject): Effect.Effect<void, ApiFailure.ApiFailure> =>
  Effect.map(rowOf(subject), ({ id }) => subject.state.secrets.deleteValue(id))

/** The row of a secret and a contact. Without one the database fails. */
const rowOf = ({ contact, secret, state }: Subject): Effect.Effect<SecretValueRecord, ApiFailure.ApiFailure> =>
  Effect.suspend(() => {
    const row = state.secrets.findValue(secret.id, contact.id)
    return row === undefined ? Effect.fail(ApiFailure.genericError()) : Effect.succeed(row)
  })

/** The configuration of the OAuth secret that a secret is or stands for. */
export const oauthConfig = (subject: Subject): Effect.Effect<AccessToken.OAuthConfig, ApiFailure.ApiFailure> =>
  Effect.map(templateOf(subject, subject.secret, 0), ({ config }) => AccessToken.toConfig(config))

/** The type and the configuration of a secret, behind templates and references. */
const templateOf = (
  subject: Subject,
  { config, type }: SecretTemplate,
  depth: number
): Effect.Effect<SecretTemplate, ApiFailure.ApiFailure> =>
  type === "template" || type === "reference"
    ? Effect.flatMap(definition(subject, type, config, depth), (found) => templateOf(subject, found, depth + 1))
    : Effect.succeed({ type, config })

/** The secret that a template or a reference stands for. A reference is resolved as its owner. */
const definition = Effect.fnUntraced(function* (
  { secret, state }: Subject,
  type: "template" | "reference",
  config: Schema.JsonObject | null,
  depth: number
): Effect.fn.Return<SecretTemplate & { readonly value: string }, ApiFailure.ApiFailure> {
  const unknown = ApiFailure.genericError(`Cannot find secret ${type}`)
  const names = type === "template" ? ["template"] : ["reference", "secretId", "id"]
  const name = names.map((name) => member(config, name)).find((name) => typeof name === "string" && name !== "")
  if (typeof name !== "string" || depth > maxDepth) return yield* Effect.fail(unknown)
  if (type === "template") {
    const template = state.secretTemplates.get(name)
    return template === undefined ? yield* Effect.fail(unknown) : { ...template, value: "" }
  }
  const owner = state.accounts.get(secret.account) ?? { id: secret.account }
  const found = yield* Effect.fromResult(SecretAccess.find(state.secrets, state.accounts, owner, name))
  if (found === undefined || !SecretAccess.canUse(state.accounts, owner, found)) return yield* Effect.fail(unknown)
  return { type: found.type, config: found.config, value: found.value ?? "" }
})
