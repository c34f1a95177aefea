import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as AuthorizationUrl from "./AuthorizationUrl.ts"
import type { SecretType } from "./SecretRecord.ts"
import type { Subject } from "./value/SecretValue.ts"

/** An error of mint or proxy itself: without a code, and without the header of other refusals (wire contract 3.9.4). */
const make = (status: number, error: string, message: string, url?: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(JSON.stringify({ error, message, url }), { status, contentType: "application/json" })

/** 403 of a mint of a shared secret. */
export const sharedMint = make(
  403,
  "not_mintable",
  "Shared secrets cannot be minted in a contact context; use the unscoped /secret/{secretId}/mint endpoint."
)

/** 409 of a mint of a secret whose value is no token. */
export const staticType = (type: SecretType): HttpServerResponse.HttpServerResponse =>
  make(409, "not_mintable", `Secrets of type '${type}' cannot be minted for a token; use the egress proxy instead.`)

/** 409 of a mint of a token that is the platform's own. */
export const platformManaged = make(
  409,
  "not_mintable",
  "Platform-managed secrets cannot be minted for a token; use the egress proxy instead."
)

/** 403 of a request proxied with a shared secret. */
export const sharedProxy = make(
  403,
  "forbidden_secret_kind",
  "Shared secrets cannot be used through a contact context; use the unscoped /secret/{secretId}/proxy endpoint."
)

/** 400 of a request proxied to a host that is refused. */
export const invalidDestination = make(400, "invalid_destination", "Destination host is not allowed")

/** 502 of a proxied request whose answer is a redirect. */
export const redirectBlocked = make(
  502,
  "redirect_blocked",
  "The destination returned a redirect, which is not followed by the proxy."
)

/** 409 of a personal secret without a usable value, with the URL for the user of a verified contact. */
export const authorizationRequired = (
  { contact, secret, state }: Subject,
  message: string
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const url =
    contact.verifiedAt === null ? Effect.undefined : AuthorizationUrl.raw(state.platformTokens, secret, contact)
  return Effect.map(url, (url) => make(409, "authorization_required", message, url))
}
