import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Errors from "../../Errors.ts"
import * as Attempt from "./Attempt.ts"
import { acquire, backOff, type Connection, withCircuitBreaker } from "./Connection.ts"
import { Deadline } from "./Deadline.ts"
import * as Failure from "./failure/Failure.ts"
import * as OperationError from "./failure/OperationError.ts"
import type * as Operation from "./Operation.ts"
import type { Settings } from "./options/Settings.ts"
import type { PreparedCall } from "./request/PreparedCall.ts"
import type * as Transport from "../transport/Transport.ts"
import type * as Reply from "./reply/Reply.ts"
import * as Retry from "./Retry.ts"
import * as Secret from "./Secret.ts"
import { timeoutOrElse } from "./Timeout.ts"

/** The attempts and failures of a call so far, and the outcome that they leave it with. */
class CallProgress<O extends Operation.Any> {
  readonly #call: PreparedCall<O>
  /** The number of times that the request was sent. */
  attempts: number
  /** The number of times that the secret could not be read, so that nothing was sent. */
  secretFailures = 0
  conflictRetriesLeft: number
  /** The attempt that has begun and not ended. */
  current: Transport.AttemptProgress | undefined
  #outcome: Errors.Outcome = "not-sent"
  #lastFailure: Failure.Failure | undefined

  constructor(call: PreparedCall<O>, earlierAttempts: number) {
    this.#call = call
    this.attempts = earlierAttempts
    this.conflictRetriesLeft = call.operation.maxConflictRetries
  }

  /** The number of failures so far, of the secret and of attempts. */
  get failures(): number {
    return this.attempts + this.secretFailures
  }

  /** Counts another attempt, and returns the record of its progress. */
  begin(): Transport.AttemptProgress {
    this.attempts++
    return (this.current = { state: "unknown" })
  }

  /** Records the failure of an attempt, which may change the outcome of the call. */
  recordFailure(failure: Failure.Failure): void {
    this.current = undefined
    this.#lastFailure = failure
    this.#outcome = this.#call.safety === "read" ? failure.outcome : Retry.leastCertain(this.#outcome, failure.outcome)
  }

  isAllowedToRetry(policy: Settings["retry"], failure: Failure.Failure): boolean {
    const { hasIdempotencyKey, safety } = this.#call
    const { conflictRetriesLeft, failures } = this
    return Retry.isAllowed(policy, { safety, failures, conflictRetriesLeft, hasIdempotencyKey }, failure)
  }

  /** Fails the call since its total timeout is over. */
  failOutOfTime(): Effect.Effect<never, Operation.Error<O>> {
    const failure = Failure.timeout("total", undefined, this.current?.state)
    if (this.current !== undefined) this.recordFailure(failure)
    return this.fail(failure)
  }

  /** Fails the call with the public error of its last failure. */
  fail(failure: Failure.Failure): Effect.Effect<never, Operation.Error<O>> {
    const { contactId, generatedFingerprint, operation, safety } = this.#call
    // The last failure of the server is more useful than "the circuit breaker is open".
    const reason = failure.isCircuitBreakerOpen === true ? (this.#lastFailure ?? failure) : failure
    return Effect.fail(
      OperationError.make(operation, reason, {
        safety,
        attempts: this.attempts,
        outcome: this.#outcome,
        contactId,
        fingerprint: this.#outcome === "unknown" ? generatedFingerprint : undefined
      })
    )
  }
}

/** The result of a call, and how many times its request was sent. */
export interface Completed<A> {
  readonly value: A
  readonly attempts: number
}

// One generator for all calls, for the garbage collector's sake: see bench/profile.ts.
const sendUntilDone = Effect.fnUntraced(function* <O extends Operation.Any, A>(
  connection: Connection,
  call: PreparedCall<O>,
  exchange: Reply.Exchange<A>,
  progress: CallProgress<O>,
  deadline: Deadline
): Effect.fn.Return<Completed<A>, Operation.Error<O>> {
  const { settings } = connection
  while (true) {
    const acquired = yield* Effect.result(acquire(connection))
    if (Result.isFailure(acquired)) return yield* progress.fail(acquired.failure)
    const secret = yield* Effect.result(Secret.read(settings))
    let failure: Failure.Failure
    if (Result.isFailure(secret)) {
      progress.secretFailures++
      failure = secret.failure
    } else {
      const attempt = Effect.suspend(() => {
        const resendCount = progress.attempts
        return Attempt.send(
          connection,
          call,
          { token: secret.success, resendCount, progress: progress.begin() },
          exchange
        )
      })
      const result = yield* Effect.result(withCircuitBreaker(connection, attempt))
      if (Result.isSuccess(result)) return { value: result.success, attempts: progress.attempts }
      failure = result.failure
      if (failure.isCircuitBreakerOpen === true) return yield* progress.fail(failure)
      progress.recordFailure(failure)
      yield* backOff(connection, failure)
    }
    if (!progress.isAllowedToRetry(settings.retry, failure)) return yield* progress.fail(failure)
    if (failure.tag === "Conflict") progress.conflictRetriesLeft--
    yield* Effect.sleep(yield* Retry.delay(settings.retry, progress.failures, failure))
    // On a machine that was asleep, the sleep can end before the timer of the total timeout.
    if (deadline.left === 0) return yield* progress.failOutOfTime()
  }
})

/** The earlier part of a call that continues with another request. */
export interface Earlier {
  /** The number of attempts that have failed. They count as retries. */
  readonly attempts?: number
  /** The part of the total timeout that is over, in milliseconds. */
  readonly elapsed?: number
}

/** Sends a call as often as the policy and its safety allow. */
export const send = <O extends Operation.Any, A>(
  connection: Connection,
  call: PreparedCall<O>,
  exchange: Reply.Exchange<A>,
  { attempts = 0, elapsed = 0 }: Earlier = {}
): Effect.Effect<Completed<A>, Operation.Error<O>> =>
  Effect.clockWith((clock) => {
    const progress = new CallProgress(call, attempts)
    // Lists have no total timeout; `timeout.idle` bounds them.
    const total = call.operation.streams ? Infinity : Duration.toMillis(connection.settings.timeout.total)
    const left = Math.max(0, total - elapsed)
    return timeoutOrElse(
      sendUntilDone(connection, call, exchange, progress, new Deadline(clock, left)),
      left,
      () => progress.failOutOfTime(),
      () => {
        if (progress.current !== undefined) progress.current.isOutOfTime = true
      }
    )
  })
