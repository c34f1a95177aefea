import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Errors from "../../Errors.ts"
import type { Failure } from "./failure/Failure.ts"
import type * as Operation from "./Operation.ts"
import type { Settings } from "./options/Settings.ts"

type Policy = Settings["retry"]

/** A call whose last attempt has failed. */
export interface FailedCall {
  readonly safety: Operation.Safety
  /** The number of failures so far, at least 1. */
  readonly failures: number
  /** The number of retries after a 409 that are left. */
  readonly conflictRetriesLeft: number
  /** True if the server refuses a request that it has carried out, so that any unknown outcome may be retried. */
  readonly hasIdempotencyKey?: boolean
}

/** True for a redirect: another request would get it again. A browser shows any redirect as status 0. */
const isRedirect = (status: number | undefined): boolean =>
  status !== undefined && (status === 0 || (status >= 300 && status < 400))

/**
 * True if the call may be sent again: the policy has retries left, the failure is transient, and a second request cannot
 * do anything twice.
 */
export const isAllowed = (policy: Policy, call: FailedCall, failure: Failure): boolean => {
  if (call.failures > policy.retries) return false
  if (failure.tag === "Conflict") return call.conflictRetriesLeft > 0
  if (call.hasIdempotencyKey === true && failure.outcome === "unknown" && !isRedirect(failure.status)) return true
  return failure.transient && (call.safety !== "unsafe" || failure.outcome !== "unknown")
}

/**
 * The delay before the next attempt, in milliseconds: the server's `Retry-After`, or else a random time below a ceiling that
 * doubles with each failure (full jitter, so that clients do not retry at the same time). Never more than `maxDelay`.
 */
export const delay = (policy: Policy, failures: number, failure: Failure): Effect.Effect<number> =>
  failure.retryAfter === undefined
    ? Effect.map(Random.next, (random) => random * Math.min(policy.delay * 2 ** (failures - 1), policy.maxDelay))
    : Effect.succeed(Math.min(Duration.toMillis(failure.retryAfter), policy.maxDelay))

const certainty: Readonly<Record<Errors.Outcome, number>> = { "not-sent": 0, rejected: 1, unknown: 2 }

/** The less certain of two outcomes: one lost answer makes a write's outcome unknown, whatever the later ones are. */
export const leastCertain = (left: Errors.Outcome, right: Errors.Outcome): Errors.Outcome =>
  certainty[left] > certainty[right] ? left : right
