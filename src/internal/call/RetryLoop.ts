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

  /** Records the failure of an attempt, which may change the outcome of the call. */
  recordFailure(failure: Failure.Failure): void {
    this.#lastFailure = failure
    this.#outcome = this.#call.safety === "read" ? failure.outcome : Retry.leastCertain(this.#outcome, failure.outcome)
  }

  isAllowedToRetry(policy: Settings["retry"], failure: Failure.Failure): boolean {
    const { hasIdempotencyKey, safety } = this.#call
    const { conflictRetriesLeft, failures } = this
    return Retry.isAllowed(policy, { safety, failures, conflictRetriesLeft, hasIdempotencyKey }, failure)
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

const outOfTime = Failure.timeout("total", undefined, "not-sent")

const failOutOfTime = () => Effect.fail(outOfTime)

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
    const acquired = yield* Effect.result(timeoutOrElse(acquire(connection), deadline.left, failOutOfTime))
    if (Result.isFailure(acquired)) return yield* progress.fail(acquired.failure)
    const secret = yield* Effect.result(timeoutOrElse(Secret.read(settings), deadline.left, failOutOfTime))
    let failure: Failure.Failure
    if (Result.isFailure(secret)) {
      if (secret.failure === outOfTime) return yield* progress.fail(outOfTime)
      progress.secretFailures++
      failure = secret.failure
    } else {
      const attemptProgress: Transport.AttemptProgress = { state: "not-sent" }
      const attempt = Effect.suspend(() => {
        attemptProgress.state = "unknown"
        const resendCount = progress.attempts++
        return Attempt.send(
          connection,
          call,
          { token: secret.success, resendCount, progress: attemptProgress, left: deadline.left },
          exchange
        )
      })
      const result = yield* Effect.result(
        withCircuitBreaker(connection, attempt, deadline.left, () =>
          Failure.timeout("total", undefined, attemptProgress.state)
        )
      )
      if (Result.isSuccess(result)) return { value: result.success, attempts: progress.attempts }
      failure = result.failure
      if (failure.isCircuitBreakerOpen === true) return yield* progress.fail(failure)
      progress.recordFailure(failure)
      yield* backOff(connection, failure)
    }
    if (!progress.isAllowedToRetry(settings.retry, failure)) return yield* progress.fail(failure)
    if (failure.tag === "Conflict") progress.conflictRetriesLeft--
    const delay = yield* Retry.delay(settings.retry, progress.failures, failure)
    const isLate = delay >= deadline.left
    yield* Effect.sleep(Math.min(delay, deadline.left))
    // The sleep may have taken longer than it should.
    if (isLate || deadline.left === 0) return yield* progress.fail(outOfTime)
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
    const { total } = connection.settings.timeout
    // Lists have no total timeout; `timeout.idle` bounds them.
    const left = call.operation.streams ? Duration.infinity : Duration.subtract(total, Duration.millis(elapsed))
    return sendUntilDone(connection, call, exchange, new CallProgress(call, attempts), new Deadline(clock, left))
  })
