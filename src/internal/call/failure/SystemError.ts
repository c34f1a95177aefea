/**
 * Reads the errors of `fetch` and of sockets. Only their codes are kept: the rest may hold the URL, the headers or
 * the body.
 */
import * as Predicate from "effect/Predicate"

/** The facts that an error gives about a request without an answer. */
export interface SystemError {
  /** The error's code, or a fixed text where it has none. */
  readonly reason: string
  /** True if it can only happen before the request is sent. */
  readonly isNotSent: boolean
  /** True if the same request would fail in the same way. */
  readonly isPermanent: boolean
}

/** An error of this package's transports, whose message may be shown. */
export class Shown extends Error {}

/** Failures to find the host, or to connect to it. */
const notSentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_TLS_HANDSHAKE_TIMEOUT",
  // Bun's own names.
  "ConnectionRefused",
  "FailedToOpenSocket"
])

/** The codes of Node and OpenSSL for a certificate that is not accepted, and for a key or a CA that cannot be used. */
const certificate =
  /^(UNABLE_TO_|CERT(IFICATE)?_|CRL_|ERROR_IN_C|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_(?!HANDSHAKE_T|REN)|ERR_OSSL_|HOSTNAME_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)/

/**
 * The codes of a TLS handshake that failed: the peer speaks no TLS, or no version, cipher or certificate suits both. Other
 * `ERR_SSL_` codes, such as `ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC`, also come after a request has been sent.
 */
const handshake =
  /^(EPROTO$|ERR_SSL_.*(WRONG_VERSION|_PROTOCOL(?!_IS)|_REQUEST|PACKET_LENGTH|HANDSHAKE|CERT|UNKNOWN_CA|CIPHER|TOO_SMALL|TOO_WEAK|TOO_LOW|SECURITY|UNRECOGNIZED|LEGACY))/

/**
 * Undici's own refusals: its pool is closed, the proxy's certificate is wrong, a header is not valid, or the dispatcher is of
 * another version than `fetch`. With `UND_ERR_DESTROYED` it also ends requests that were sent.
 */
const refusal = /^UND_ERR_(CLOSED|INVALID_ARG|NOT_SUPPORTED|PRX_TLS)$/

const notSent = (reason: string, isPermanent: boolean): SystemError => ({ reason, isNotSent: true, isPermanent })

/** Errors that only their messages tell apart: of undici's proxies, of Node's sockets, of `fetch`, and of Deno. */
const fromMessage = (message: string): SystemError | undefined => {
  const status = /^Proxy response \((\d{3})/.exec(message)?.[1]
  if (status !== undefined) return notSent(`proxy response ${status}`, /^4(?!08|29)/.test(status))
  if (/ before secure TLS /.test(message)) return notSent("ECONNRESET", false)
  // No `fetch` sends anything to certain ports, such as 6000.
  if (message === "bad port") return notSent(message, true)
  if (/client error \(Connect\)/.test(message)) {
    return notSent("no connection", /certificate|handshake|corrupt message/i.test(message))
  }
  return message.startsWith("Response does not match the HTTP")
    ? { ...notSent("the response is not HTTP", false), isNotSent: false }
    : undefined
}

const isCode = (code: unknown): code is string =>
  typeof code === "string" && (/^[A-Z][A-Z0-9_/]{2,63}$/.test(code) || notSentCodes.has(code))

/**
 * The first error that is known in a chain of causes: `fetch` hides it below its own "fetch failed". An `AggregateError` has
 * one error for each address that was tried, and says that nothing was sent if all of them do.
 */
export const find = (cause: unknown, depth = 8): SystemError | undefined => {
  if (!Predicate.isObject(cause) || depth === 0) return undefined
  if (cause instanceof Shown) return { reason: cause.message, isNotSent: false, isPermanent: false }
  const { errors, message, syscall } = cause
  const code = isCode(cause.code) ? cause.code : undefined
  if (Array.isArray(errors) && errors.length > 0) {
    // No deeper: an error may hold itself.
    const found = errors.map((error) => find(error, Math.min(depth - 1, 1)))
    const reason = code ?? found.find((error) => error !== undefined)?.reason
    if (reason === undefined) return undefined
    const isNotSent = found.every((error) => error?.isNotSent)
    return { reason, isNotSent, isPermanent: found.every((error) => error?.isPermanent) }
  }
  const known = typeof message === "string" ? fromMessage(message) : undefined
  if (known !== undefined) return known
  if (code === undefined) return find(cause.cause, depth - 1)
  if (certificate.test(code) || handshake.test(code) || refusal.test(code)) return notSent(code, true)
  const isConnecting = syscall === "connect" || syscall === "getaddrinfo"
  return { reason: code, isNotSent: isConnecting || notSentCodes.has(code), isPermanent: code === "UND_ERR_DESTROYED" }
}
