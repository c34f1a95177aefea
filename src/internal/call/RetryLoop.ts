import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Errors from "../../Errors.ts"
import type * as Transport from "../transport/Transport.ts"
import * as Attempt from "./Attempt.ts"
import { acquire, backOff, type Connection, guard } from "./Connection.ts"
import * as Failure from "./failure/Failure.ts"
import * as OperationError from "./failure/OperationError.ts"
import type * as Operation from "./Operation.ts"
import type { Settings } from "./options/Settings.ts"
import type { PreparedCall } from "./request/PreparedCall.ts"
import * as Retry from "./Retry.ts"
import * as Secret from "./Secret.ts"
import { timeoutOrElse } from "./Timeout.ts"

/** The attempts and failures of a call so far, and the outcome that they leave it with. */
class CallProgress<O extends Operation.Any> {
  readonly #call: PreparedCall<O>
  attempts: number
  /** The number of times that the secret could not be read, so that nothing was sent. */
  secretFailures = 0
  conflictRetriesLeft: number
  /** The attempt that has begun and not ended, as its transport reports it. */
  current: Transport.Attempt | undefined
  #outcome: Errors.Outcome = "not-sent"
  #last: Failure.Failure | undefined

  constructor(call: PreparedCall<O>, before: number) {
    this.#call = call
    this.attempts = before
    this.conflictRetriesLeft = call.operation.maxConflictRetries
  }

  /** The number of failures so far, with or without sending anything. */
  get failures(): number {
    return this.attempts + this.secretFailures
  }

  /** Counts another attempt, and returns the record in which its transport reports. */
  begin(): Transport.Attempt {
    this.attempts++
    return (this.current = { state: "unknown" })
  }

  /** Uncounts the attempt that has begun: the circuit breaker kept it from being sent. */
  withdraw(): void {
    this.current = undefined
    this.attempts--
  }

  /** Ends the current attempt with a failure, which may change the outcome of the call. */
  recordFailure(failure: Failure.Failure): void {
    this.current = undefined
    this.#last = failure
    this.#outcome = this.#call.safety === "read" ? failure.outcome : Retry.leastCertain(this.#outcome, failure.outcome)
  }

  isAllowedToRetry(policy: Settings["retry"], failure: Failure.Failure): boolean {
    const { hasIdempotencyKey, safety } = this.#call
    const { conflictRetriesLeft, failures } = this
    return Retry.isAllowed(policy, { safety, attempts: failures, conflictRetriesLeft, hasIdempotencyKey }, failure)
  }

  /** Fails the call with the public error of its last failure. */
  fail(failure: Failure.Failure): Effect.Effect<never, Operation.Error<O>> {
    const { contactId, generatedFingerprint, operation, safety } = this.#call
    // The server's last failure says more than that the circuit breaker has kept this attempt from being sent.
    const reason = failure.isCircuitBreakerOpen === true ? (this.#last ?? failure) : failure
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
  read: Attempt.Read<A>,
  progress: CallProgress<O>
): Effect.fn.Return<Completed<A>, Operation.Error<O>> {
  const { settings } = connection
  while (true) {
    const acquired = yield* Effect.result(acquire(connection))
    if (Result.isFailure(acquired)) return yield* progress.fail(acquired.failure)
    const secret = yield* Effect.result(Secret.read(settings))
    if (Result.isFailure(secret)) {
      progress.secretFailures++
      if (!progress.isAllowedToRetry(settings.retry, secret.failure)) return yield* progress.fail(secret.failure)
      yield* Effect.sleep(yield* Retry.delay(settings.retry, progress.failures, secret.failure))
      continue
    }
    const reported = progress.begin()
    const attempt = { token: secret.success, resendCount: progress.attempts - 1, reported }
    const result = yield* Effect.result(guard(connection, Attempt.send(connection, call, attempt, read)))
    if (Result.isSuccess(result)) return { value: result.success, attempts: progress.attempts }
    const { failure } = result
    if (failure.isCircuitBreakerOpen === true) {
      progress.withdraw()
      return yield* progress.fail(failure)
    }
    progress.recordFailure(failure)
    yield* backOff(connection, failure)
    if (!progress.isAllowedToRetry(settings.retry, failure)) return yield* progress.fail(failure)
    if (failure.tag === "Conflict") progress.conflictRetriesLeft--
    yield* Effect.sleep(yield* Retry.delay(settings.retry, progress.failures, failure))
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
  read: Attempt.Read<A>,
  { attempts = 0, elapsed = 0 }: Earlier = {}
): Effect.Effect<Completed<A>, Operation.Error<O>> =>
  Effect.suspend(() => {
    const progress = new CallProgress(call, attempts)
    const sending = sendUntilDone(connection, call, read, progress)
    // Lists have no total timeout; `timeout.idle` bounds them.
    if (call.operation.streams) return sending
    const { total } = connection.settings.timeout
    const left = elapsed === 0 ? total : Duration.subtract(total, Duration.millis(elapsed))
    return timeoutOrElse(
      sending,
      left,
      () => {
        const failure = Failure.timeout("total", undefined, progress.current?.state)
        if (progress.current !== undefined) progress.recordFailure(failure)
        return progress.fail(failure)
      },
      () => {
        if (progress.current !== undefined) progress.current.isOutOfTime = true
      }
    )
  })
