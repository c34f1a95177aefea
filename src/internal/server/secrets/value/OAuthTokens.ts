import * as Predicate from "effect/Predicate"
import { load } from "js-yaml"

/** The stored value of an OAuth secret (wire contract 3.9.2). Absent or unusable members are undefined. */
export interface OAuthTokens {
  readonly accessToken: string | undefined
  /** In milliseconds since the epoch. */
  readonly accessTokenExpiresAt: number | undefined
  readonly refreshToken: string | undefined
  /** In milliseconds since the epoch. */
  readonly refreshTokenExpiresAt: number | undefined
  readonly additionalProperties: object | undefined
}

/** Reads a stored value, which is JSON or YAML. Anything else has no tokens. */
export const parse = (stored: string): OAuthTokens => {
  const value = loaded(stored)
  return {
    accessToken: text(member(value, "accessToken")),
    accessTokenExpiresAt: number(member(value, "accessTokenExpiresAt")),
    refreshToken: text(member(value, "refreshToken")),
    refreshTokenExpiresAt: number(member(value, "refreshTokenExpiresAt")),
    additionalProperties: objectOf(member(value, "additionalProperties"))
  }
}

/** The text to store. JSON leaves out what is undefined. */
export const toStored = (tokens: OAuthTokens): string => JSON.stringify(tokens)

/**
 * The tokens in the answer of a token URL, which is JSON or the text of a form, over those before. Undefined if there
 * is no access token in it. `now` is in milliseconds.
 */
export const fromAnswer = (answer: string, before: OAuthTokens, now: number): OAuthTokens | undefined => {
  const value = parsed(answer) ?? Object.fromEntries(new URLSearchParams(answer))
  const accessToken = text(member(value, "access_token"))
  if (accessToken === undefined) return undefined
  return {
    ...before,
    accessToken,
    accessTokenExpiresAt: after(now, member(value, "expires_in")) ?? before.accessTokenExpiresAt,
    refreshToken: text(member(value, "refresh_token")) ?? before.refreshToken,
    refreshTokenExpiresAt: after(now, member(value, "refresh_token_expires_in")) ?? before.refreshTokenExpiresAt
  }
}

const member = (value: unknown, name: string): unknown =>
  Predicate.isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** A number, also one written as text or, in YAML, as a date. Zero stands for none. */
const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value) || undefined)

const objectOf = (value: unknown): object | undefined => (Predicate.isObject(value) ? value : undefined)

const after = (now: number, seconds: unknown): number | undefined => {
  const lifetime = number(seconds)
  return lifetime === undefined ? undefined : now + lifetime * 1000
}

const loaded = (stored: string): unknown => {
  try {
    return load(stored)
  } catch {
    return undefined
  }
}

const parsed = (answer: string): unknown => {
  try {
    return JSON.parse(answer)
  } catch {
    return undefined
  }
}
