import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { AuthorizedCall, Endpoint } from "../Endpoint.ts"
import * as Endpoints from "../Endpoint.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import * as Reply from "../http/ServerReply.ts"
import * as AuthorizationUrl from "./AuthorizationUrl.ts"
import * as OwnError from "./OwnError.ts"
import * as SecretAccess from "./SecretAccess.ts"
import * as AccessToken from "./value/AccessToken.ts"
import * as SecretValue from "./value/SecretValue.ts"

type Handled = Effect.Effect<string, ApiFailure.ApiFailure>

/** The secret and the contact that a call names, if the caller has the right to them. */
const subjectOf = (
  call: AuthorizedCall,
  right: SecretAccess.Right
): Effect.Effect<SecretValue.Subject, ApiFailure.ApiFailure> =>
  Effect.suspend(() => Effect.fromResult(SecretAccess.addressed(call, right))).pipe(
    Effect.map((addressed) => ({ ...addressed, state: call.state }))
  )

/** The URL where the user of the contact authorizes the secret. Only a verified contact has one, for a personal secret. */
const authorizationUrl = (
  { contact, secret, state }: SecretValue.Subject,
  verb: "authenticate" | "verify"
): Handled => {
  if (secret.kind === "shared") return Effect.fail(ApiFailure.conflict("Cannot obtain secret for this secret type"))
  return contact.verifiedAt === null
    ? Effect.fail(ApiFailure.conflict(`Cannot ${verb} secret for this secret configuration`))
    : AuthorizationUrl.raw(state.platformTokens, secret, contact)
}

/** `POST /contact/{contactId}/secret/{secretId}/authenticate` (wire contract 3.9.3). */
export const authenticate = Endpoints.json(
  "ContactSecret.authenticate",
  "POST",
  "/contact/{contactId}/secret/{secretId}/authenticate",
  Effect.fnUntraced(function* (call) {
    const subject = yield* subjectOf(call, "use")
    const url = yield* authorizationUrl(subject, "authenticate")
    return JSON.stringify({ id: subject.secret.id, url })
  })
)

/** `POST /contact/{contactId}/secret/{secretId}/verify` (wire contract 3.9.3). */
export const verify = Endpoints.json(
  "ContactSecret.verify",
  "POST",
  "/contact/{contactId}/secret/{secretId}/verify",
  Effect.fnUntraced(function* (call) {
    const subject = yield* subjectOf(call, "use")
    const { id } = subject.secret
    const value = yield* SecretValue.resolve(subject).pipe(
      Effect.catchTag("AuthorizationMissing", () => Effect.undefined),
      Effect.mapError(({ message }) => ApiFailure.conflict(message))
    )
    if (value !== undefined) return JSON.stringify({ id, status: "authenticated" })
    const url = yield* authorizationUrl(subject, "verify")
    return JSON.stringify({ id, status: "unauthenticated", action: { type: "authenticate", url } })
  })
)

/**
 * `POST /contact/{contactId}/secret/{secretId}/revoke` (wire contract 3.9.3). The provider is told first. The database
 * fails to delete the row of a shared secret, which has none.
 */
export const revoke = Endpoints.json(
  "ContactSecret.revoke",
  "POST",
  "/contact/{contactId}/secret/{secretId}/revoke",
  Effect.fnUntraced(function* (call) {
    const subject = yield* subjectOf(call, "use")
    const resolved = yield* Effect.catchTag(SecretValue.resolve(subject), "AuthorizationMissing", ({ message }) =>
      Effect.fail(ApiFailure.unauthenticated(message))
    )
    if (resolved === undefined) return yield* Effect.fail(ApiFailure.notFound)
    if (resolved.type === "oauth") {
      const config = yield* SecretValue.oauthConfig(subject)
      yield* AccessToken.revoke(call.state.upstream, config, SecretValue.withoutScheme(resolved))
    }
    yield* SecretValue.deleteRow(subject)
    return JSON.stringify({ id: subject.secret.id })
  })
)

/** `POST /contact/{contactId}/secret/{secretId}/mint` (wire contract 3.9.4). */
export const mint: Endpoint = {
  operation: "ContactSecret.mint",
  method: "POST",
  path: "/contact/{contactId}/secret/{secretId}/mint",
  handle: (call) => Effect.flatMap(subjectOf(call, "manipulate"), minted)
}

const mintable: ReadonlySet<string> = new Set(["oauth", "jwt"])

const minted = (subject: SecretValue.Subject): Effect.Effect<HttpServerResponse, ApiFailure.ApiFailure> => {
  if (subject.secret.kind === "shared") return Effect.succeed(OwnError.sharedMint)
  return SecretValue.resolve(subject).pipe(
    Effect.flatMap((resolved) =>
      resolved === undefined
        ? OwnError.authorizationRequired(subject, "The secret has no value; authenticate it first.")
        : tokenOf(subject, resolved)
    ),
    Effect.catchTag("AuthorizationMissing", ({ message }) => OwnError.authorizationRequired(subject, message))
  )
}

const tokenOf = Effect.fnUntraced(function* ({ state }: SecretValue.Subject, resolved: SecretValue.SecretValue) {
  if (!mintable.has(resolved.type)) return OwnError.staticType(resolved.type)
  const token = SecretValue.withoutScheme(resolved)
  if (yield* state.platformTokens.isOwn(token)) return OwnError.platformManaged
  return Reply.json(JSON.stringify({ token, expiresAt: resolved.expiresAt }))
})
