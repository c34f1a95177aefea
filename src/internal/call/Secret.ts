import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Failure from "./failure/Failure.ts"
import * as SystemError from "./failure/SystemError.ts"
import * as OptionChecks from "./options/OptionChecks.ts"
import type { Settings } from "./options/Settings.ts"
import { timeoutOrElse } from "./Timeout.ts"

const isTransientStatus = (status: unknown): boolean =>
  status === 408 || status === 429 || (typeof status === "number" && status >= 500)

/** The codes of connections that failed. Other codes, such as `ENOENT`, are permanent. */
const connectionCode = /^(E(CONN|TIMEDOUT|AI_AGAIN|PIPE|HOST|NET|NOTFOUND)|UND_ERR_)/

/** True if an error, or one in its chain of causes, is a timeout, comes from a busy vault, or has `isRetryable`. */
const isTransient = (error: unknown, depth = 8): boolean => {
  if (!Predicate.isObject(error) || depth === 0) return false
  const { _tag, cause, isRetryable, name, reason } = error
  return (
    isRetryable === true ||
    // Effect's timeouts have the tag; those of `AbortSignal` have the name.
    _tag === "TimeoutError" ||
    name === "TimeoutError" ||
    isTransientReason(reason) ||
    isTransient(cause, depth - 1)
  )
}

/** True if the reason of an `HttpClientError` is a connection that failed, or the status of a busy server. */
const isTransientReason = (reason: unknown): boolean =>
  Predicate.isObject(reason) &&
  (reason._tag === "TransportError" ||
    (Predicate.isObject(reason.response) && isTransientStatus(reason.response.status)))

/** The failure for an error of the caller's effect. Only the error's code is kept: the rest may hold the secret. */
const unreadable = (error: unknown): Failure.Failure => {
  const found = SystemError.find(error)
  if (found === undefined) return Failure.noSecret(undefined, isTransient(error))
  const isConnectionFailure = found.isNotSent || connectionCode.test(found.reason)
  return Failure.noSecret(found.reason, !found.isPermanent && (isConnectionFailure || isTransient(error)))
}

/** The same for an error of any kind: a proxy or a getter in it may throw. */
const failureOf = (error: unknown): Failure.Failure =>
  Result.getOrElse(
    Result.try(() => unreadable(error)),
    () => Failure.noSecret(undefined, false)
  )

const toToken = (secret: unknown): Effect.Effect<string, Failure.Failure> => {
  const token = OptionChecks.tokenOf(secret)
  return token === undefined
    ? Effect.fail(Failure.refused("secret", OptionChecks.tokenProblem(secret)))
    : Effect.succeed(token)
}

/** Reads the token, in at most the attempt timeout. */
export const read = ({ secret, timeout }: Settings): Effect.Effect<string, Failure.Failure> => {
  // A constant secret needs no timeout.
  if (Exit.isExit(secret) && Exit.isSuccess(secret)) return toToken(secret.value)
  const token = Effect.matchEffect(secret, {
    onFailure: (error) => Effect.fail(failureOf(error)),
    onSuccess: toToken
  })
  return timeoutOrElse(token, Duration.toMillis(timeout.attempt), () => Effect.fail(Failure.noSecret("timeout", true)))
}
