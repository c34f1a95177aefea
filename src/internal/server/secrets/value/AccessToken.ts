import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { ApiFailure } from "../../http/ApiFailure.ts"
import * as Exceptions from "../../http/Exceptions.ts"
import * as Upstream from "../Upstream.ts"
import * as OAuthTokens from "./OAuthTokens.ts"
import type { ValidatedTokens } from "./ValidatedTokens.ts"

/** The configuration of an OAuth secret. A URL may be relative to the host of the API. */
export interface OAuthConfig {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  readonly tokenUrl: string | undefined
  readonly revokeUrl: string | undefined
  readonly validateUrl: string | undefined
  readonly grantType: string | undefined
}

/** The provider, and what is remembered of its answers. */
export interface Provider {
  readonly upstream: Upstream.Upstream
  readonly validatedTokens: ValidatedTokens
}

/** A usable access token, or the reason why there is none. */
export type Obtained =
  | { readonly _tag: "Token"; readonly token: string; readonly expiresAt: number | undefined }
  /** No token was stored, and none is to be had. */
  | { readonly _tag: "None" }
  /** The stored token, or the new one, is of no use: the stored value is to be deleted. */
  | { readonly _tag: "Refused" }

const apiOrigin = "https://api.chatbotkit.com"

/** Reads a configuration. Members that are no texts, and empty ones, are undefined. */
export const toConfig = (config: Schema.JsonObject | null): OAuthConfig => {
  const text = (name: string) => {
    const value = config !== null && Object.hasOwn(config, name) ? config[name] : undefined
    return typeof value === "string" && value !== "" ? value : undefined
  }
  return {
    clientId: text("clientId"),
    clientSecret: text("clientSecret"),
    tokenUrl: text("tokenUrl"),
    revokeUrl: text("revokeUrl"),
    validateUrl: text("validateUrl"),
    grantType: text("grantType")
  }
}

/**
 * The access token of a stored value, in the order of wire contract 3.9.2: the stored one, a refreshed one, or one for
 * the client's own credentials, and then the check at the validation URL. `store` keeps new tokens.
 */
export const obtain = Effect.fnUntraced(function* (
  provider: Provider,
  config: OAuthConfig,
  stored: OAuthTokens.OAuthTokens,
  store: (tokens: OAuthTokens.OAuthTokens) => Effect.Effect<void, ApiFailure>
): Effect.fn.Return<Obtained, ApiFailure> {
  const now = yield* Clock.currentTimeMillis
  let tokens = stored
  if (stored.accessToken === undefined || (stored.accessTokenExpiresAt ?? Number.POSITIVE_INFINITY) <= now) {
    const renewed = yield* renew(provider, config, stored, now)
    if (renewed === undefined) return { _tag: stored.accessToken === undefined ? "None" : "Refused" }
    yield* store(renewed)
    tokens = renewed
  }
  const token = tokens.accessToken ?? ""
  if (!(yield* isAccepted(provider, config, token))) return { _tag: "Refused" }
  return { _tag: "Token", token: token.trim(), expiresAt: tokens.accessTokenExpiresAt }
})

/** New tokens of the provider. A refusal gives none. */
const renew = Effect.fnUntraced(function* (
  { upstream }: Provider,
  config: OAuthConfig,
  stored: OAuthTokens.OAuthTokens,
  now: number
): Effect.fn.Return<OAuthTokens.OAuthTokens | undefined, ApiFailure> {
  const grant = grantOf(config, stored, now)
  if (grant === undefined || config.tokenUrl === undefined || config.clientId === undefined) return undefined
  const url = yield* resolved(config.tokenUrl)
  const response = yield* Upstream.postForm(upstream, url, {
    ...grant,
    client_id: config.clientId,
    ...(config.clientSecret === undefined ? {} : { client_secret: config.clientSecret })
  })
  if (!Upstream.isOk(response)) return undefined
  return OAuthTokens.fromAnswer(yield* Upstream.text(response), stored, yield* Clock.currentTimeMillis)
})

const grantOf = (
  config: OAuthConfig,
  { refreshToken, refreshTokenExpiresAt }: OAuthTokens.OAuthTokens,
  now: number
): Readonly<Record<string, string>> | undefined => {
  if (refreshToken !== undefined && (refreshTokenExpiresAt === undefined || refreshTokenExpiresAt >= now)) {
    return { grant_type: "refresh_token", refresh_token: refreshToken }
  }
  return config.grantType === "client_credentials" ? { grant_type: config.grantType } : undefined
}

/** True if the provider accepts a token at the validation URL, or there is no such URL. */
const isAccepted = Effect.fnUntraced(function* (
  { upstream, validatedTokens }: Provider,
  { validateUrl }: OAuthConfig,
  token: string
): Effect.fn.Return<boolean, ApiFailure> {
  if (validateUrl === undefined) return true
  const url = yield* resolved(validateUrl)
  const remembered = validatedTokens.get(url, token, yield* Clock.currentTimeMillis)
  if (remembered !== undefined) return remembered
  const response = yield* Upstream.send(upstream, {
    method: "GET",
    url,
    headers: { authorization: `Bearer ${token}` },
    body: undefined
  })
  const valid = Upstream.isOk(response)
  validatedTokens.add(url, token, valid, yield* Clock.currentTimeMillis)
  return valid
})

/** Tells the provider that a token is revoked. Whatever fails is ignored. */
export const revoke = (upstream: Upstream.Upstream, config: OAuthConfig, token: string): Effect.Effect<void> => {
  const { clientId, clientSecret, revokeUrl } = config
  if (revokeUrl === undefined) return Effect.void
  return resolved(revokeUrl).pipe(
    Effect.flatMap((url) =>
      Upstream.postForm(upstream, url, {
        token,
        ...(clientId === undefined ? {} : { client_id: clientId }),
        ...(clientSecret === undefined ? {} : { client_secret: clientSecret })
      })
    ),
    Effect.ignore
  )
}

const resolved = (url: string): Effect.Effect<string, ApiFailure> =>
  Exceptions.attempt(() => new URL(url, apiOrigin).href)
