import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import * as HttpBody from "effect/http/HttpBody"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Errors from "../../Errors.ts"
import * as CallerValues from "./failure/CallerValues.ts"
import * as Failure from "./failure/Failure.ts"
import type * as Operation from "./Operation.ts"
import type * as Options from "./options/Options.ts"
import * as PathSegment from "./PathSegment.ts"
import type * as RateLimit from "./rateLimit/RateLimit.ts"
import * as Reply from "./Reply.ts"
import * as Retry from "./Retry.ts"
import * as Secret from "./Secret.ts"
import * as Telemetry from "./Telemetry.ts"
import * as Validate from "./Validate.ts"
import * as Transport from "../transport/Transport.ts"
import { within } from "./Timeout.ts"

/** One call of an operation, ready to be sent as often as its policy allows: every attempt sends the same bytes. */
export interface Call<O extends Operation.Any> {
  readonly operation: O
  readonly safety: Operation.Safety
  readonly contactId: string | undefined
  /** The id that an answer has to name: none where the caller gave a name, which the server looks up. */
  readonly plainId: string | undefined
  readonly generatedFingerprint: string | undefined
  readonly isGuarded: boolean
  /** Complete but for the token, which may rotate between attempts. */
  readonly request: HttpClientRequest.HttpClientRequest
  /** What the caller put into the request. */
  readonly callerValues: CallerValues.Parts
}

/** A response whose body is still to be read, chunk by chunk. */
export interface Opened {
  readonly response: HttpClientResponse.HttpClientResponse
  readonly chunks: Reply.Chunks
  /** How many times the request was sent, with the attempts that had failed before. */
  readonly attempts: number
  /** How long the stream may go without an item. */
  readonly idle: Duration.Duration
  /** How often and how fast to try again. */
  readonly retry: Options.Settings["retry"]
  readonly callerValues: CallerValues.CallerValues
  /** Is to be told of a failure while the body is read, which may be one for others to wait for. */
  readonly onFailure: (failure: Failure.Failure) => Effect.Effect<void>
}

const path = (operation: Operation.Any, contactId: string | undefined): Result.Result<string, Failure.Failure> => {
  if (!operation.path.includes("{contactId}")) return Result.succeed(operation.path)
  return Result.match(PathSegment.encodeContactId(contactId), {
    onSuccess: (segment) => Result.succeed(operation.path.replace("{contactId}", () => segment)),
    onFailure: (problem) => Result.fail(Failure.refused("id", problem))
  })
}

/** Builds the request, or says which input keeps it from being sent. */
export const prepare = <O extends Operation.Any>(
  settings: Options.Settings,
  operation: O,
  input: Operation.Input
): Result.Result<Call<O>, Failure.Failure> => {
  const { contactId, query = [], isGuarded = false } = input
  const target = path(operation, contactId)
  if (Result.isFailure(target)) return Result.fail(target.failure)
  const text = input.body === undefined ? undefined : JSON.stringify(input.body)
  const body = text === undefined ? HttpBody.empty : HttpBody.text(text, "application/json")
  if (body._tag === "Uint8Array" && body.contentLength > Validate.maxBytes) {
    return Result.fail(Failure.refused("request", Validate.tooLarge))
  }
  const safety = isGuarded ? "idempotent" : operation.safety
  // The server looks up `(Some Name)` anew each time: a second delete would hit another contact of that name.
  const plainId = contactId !== undefined && PathSegment.isPlain(contactId) ? contactId.trim() : undefined
  const named = contactId !== undefined && plainId === undefined
  return Result.succeed({
    operation,
    safety: named && safety === "idempotent" ? "unsafe" : safety,
    contactId,
    plainId,
    generatedFingerprint: input.generatedFingerprint,
    isGuarded,
    request: HttpClientRequest.makeWith(
      operation.method,
      settings.prefix + target.success,
      query.length === 0 ? UrlParams.empty : UrlParams.fromInput(query),
      Option.none(),
      Headers.setAll(settings.headers, {
        accept: operation.streams ? "application/jsonl" : "application/json",
        ...(operation.method === "POST" ? { "content-type": "application/json" } : {})
      }),
      body
    ),
    callerValues: { contactId, query, headers: settings.headers, body: text }
  })
}

const transportFailure = Effect.fnUntraced(function* (
  call: Call<Operation.Any>,
  error: HttpClientError.HttpClientError,
  callerValues: CallerValues.CallerValues,
  state: Transport.AttemptState
): Effect.fn.Return<never, Failure.Failure> {
  const { reason } = error
  // Only a `transformClient` that filters by status fails so; the response says more than the error.
  if (reason._tag === "StatusCodeError") {
    return yield* Effect.fail(yield* Reply.failure(call.operation, reason.response, callerValues))
  }
  if (reason._tag === "EncodeError" || reason._tag === "InvalidUrlError") {
    return yield* Effect.fail(Failure.unsendable())
  }
  return yield* Effect.fail(Failure.transport(reason.cause, error.response?.status, state))
})

/** An error body that does not come does not hide the status that did. */
const timedOut = (
  operation: Operation.Any,
  status: number | undefined,
  state: Transport.AttemptState
): Failure.Failure => {
  if (status === undefined) return Failure.timeout(state === "not-sent" ? "connect" : "headers", status, state)
  return status === 200
    ? Failure.timeout("body", status)
    : Failure.fromAnswer(operation, { status, callerValues: new CallerValues.CallerValues({}) })
}

/** Sends a call once. `use` gets a 200; the timeout covers it too. */
const attempt = <A>(
  client: HttpClient.HttpClient,
  settings: Options.Settings,
  call: Call<Operation.Any>,
  secret: string,
  resendCount: number,
  transported: Transport.Attempt,
  use: Use<A>
): Effect.Effect<A, Failure.Failure> => {
  const callerValues = new CallerValues.CallerValues({ ...call.callerValues, token: secret })
  let response: HttpClientResponse.HttpClientResponse | undefined
  return client.execute(HttpClientRequest.setHeader(call.request, "authorization", `Bearer ${secret}`)).pipe(
    Effect.provideService(Transport.Attempt, transported),
    Effect.catch((error) => transportFailure(call, error, callerValues, transported.state)),
    Effect.flatMap((received) => {
      response = received
      return received.status === 200
        ? use(received, callerValues)
        : Effect.flatMap(Reply.failure(call.operation, received, callerValues), Effect.fail)
    }),
    (answered) =>
      within(answered, settings.timeout.attempt, () =>
        Effect.fail(timedOut(call.operation, response?.status, transported.state))
      ),
    Effect.mapError((failure) =>
      response === undefined ? failure : Reply.withRequestId(failure, response.headers, callerValues)
    ),
    Telemetry.observe(
      { operation: call.operation, server: settings.server, resendCount },
      () => response?.status,
      () => transported.isOutOfTime === true
    )
  )
}

const isTransient = (failure: Failure.Failure): boolean => failure.transient

const isOpen = { ...Failure.unavailable("The circuit breaker is open"), isFinal: true }

/** Lets the circuit breaker decide whether to try, and learn how it went: what is transient is the server's failure. */
const guarded = <A>(
  { circuitBreaker, server }: Options.Settings,
  attempt: Effect.Effect<A, Failure.Failure>
): Effect.Effect<A, Failure.Failure> =>
  circuitBreaker === undefined
    ? attempt
    : circuitBreaker
        .execute(attempt, {
          key: server.address,
          classify: (exit) => ({
            _tag: Exit.isFailure(exit) && Option.exists(Exit.findErrorOption(exit), isTransient) ? "Failure" : "Success"
          })
        })
        .pipe(Effect.mapError((error) => ("_tag" in error ? isOpen : error)))

/** Acquires the rate limit. While the circuit breaker is open, it fails at once instead: waiting would be for nothing. */
export const acquire = ({ rateLimit, settings }: Line): Effect.Effect<void, Failure.Failure> => {
  const { circuitBreaker, server } = settings
  return circuitBreaker === undefined
    ? rateLimit.acquire
    : Effect.flatMap(
        Effect.mapError(circuitBreaker.state(server.address), () => isOpen),
        (state) =>
          state._tag === "Open" && Duration.isPositive(state.retryAfter) ? Effect.fail(isOpen) : rateLimit.acquire
      )
}

/** After a 429, every request of the client backs off. */
export const backOff = ({ rateLimit, settings }: Line, failure: Failure.Failure): Effect.Effect<void> =>
  failure.tag === "RateLimited" ? rateLimit.backOff(failure.retryAfter, settings.retry.maxDelay) : Effect.void

/** What calls are sent with. */
export interface Line {
  readonly client: HttpClient.HttpClient
  readonly rateLimit: RateLimit.RateLimit
  readonly settings: Options.Settings
}

/** How far a call has come. */
class Progress<O extends Operation.Any> {
  readonly #call: Call<O>
  attempts: number
  /** How often the secret could not be read, so that nothing was sent. */
  secretFailures = 0
  conflictRetries: number
  /** The attempt that has begun and not ended, as its transport reports it. */
  current: Transport.Attempt | undefined
  #outcome: Errors.Outcome = "not-sent"
  #last: Failure.Failure | undefined

  constructor(call: Call<O>, before: number) {
    this.#call = call
    this.attempts = before
    this.conflictRetries = call.operation.conflictRetries
  }

  /** How often it has failed so far, with or without sending anything. */
  get failures(): number {
    return this.attempts + this.secretFailures
  }

  begin(): Transport.Attempt {
    this.attempts++
    return (this.current = { state: "unknown" })
  }

  /** Takes back that an attempt has begun: nothing was sent. */
  withdraw(): void {
    this.current = undefined
    this.attempts--
  }

  settle(failure: Failure.Failure): void {
    this.current = undefined
    this.#last = failure
    this.#outcome = this.#call.safety === "read" ? failure.outcome : Retry.leastCertain(this.#outcome, failure.outcome)
  }

  isAllowedToRetry(policy: Options.Settings["retry"], failure: Failure.Failure): boolean {
    const { isGuarded, safety } = this.#call
    const { conflictRetries, failures } = this
    return Retry.isAllowed(policy, { safety, attempts: failures, conflictRetries, isGuarded }, failure)
  }

  fail(failure: Failure.Failure): Effect.Effect<never, Operation.Failure<O>> {
    const { contactId, generatedFingerprint, operation, safety } = this.#call
    // What the server said last is more than that the circuit breaker let nothing out this time.
    const told = failure.isFinal === true ? (this.#last ?? failure) : failure
    return Effect.fail(
      Failure.toError(operation, told, {
        safety,
        attempts: this.attempts,
        outcome: this.#outcome,
        contactId,
        fingerprint: this.#outcome === "unknown" ? generatedFingerprint : undefined
      })
    )
  }
}

type Use<A> = (
  response: HttpClientResponse.HttpClientResponse,
  callerValues: CallerValues.CallerValues
) => Effect.Effect<A, Failure.Failure>

interface Done<A> {
  readonly value: A
  readonly attempts: number
}

// One generator for all calls: V8 keeps a map of each that is made, until the next full collection.
const sendUntilDone = Effect.fnUntraced(function* <O extends Operation.Any, A>(
  line: Line,
  call: Call<O>,
  use: Use<A>,
  progress: Progress<O>
): Effect.fn.Return<Done<A>, Operation.Failure<O>> {
  const { client, settings } = line
  while (true) {
    const acquired = yield* Effect.result(acquire(line))
    if (Result.isFailure(acquired)) return yield* progress.fail(acquired.failure)
    const secret = yield* Effect.result(Secret.read(settings))
    if (Result.isFailure(secret)) {
      progress.secretFailures++
      if (!progress.isAllowedToRetry(settings.retry, secret.failure)) return yield* progress.fail(secret.failure)
      yield* Effect.sleep(yield* Retry.delay(settings.retry, progress.failures, secret.failure))
      continue
    }
    const transported = progress.begin()
    const sent = attempt(client, settings, call, secret.success, progress.attempts - 1, transported, use)
    const result = yield* Effect.result(guarded(settings, sent))
    if (Result.isSuccess(result)) return { value: result.success, attempts: progress.attempts }
    const { failure } = result
    if (failure.isFinal === true) {
      progress.withdraw()
      return yield* progress.fail(failure)
    }
    progress.settle(failure)
    yield* backOff(line, failure)
    if (!progress.isAllowedToRetry(settings.retry, failure)) return yield* progress.fail(failure)
    if (failure.tag === "Conflict") progress.conflictRetries--
    yield* Effect.sleep(yield* Retry.delay(settings.retry, progress.failures, failure))
  }
})

/** What went before a call that goes on with another request. */
export interface Earlier {
  /** How many attempts have failed. They count as retries. */
  readonly attempts?: number
  /** How much of the total timeout is over, in milliseconds. */
  readonly elapsed?: number
}

/** Sends a call as often as the policy and its safety allow. */
export const run = <O extends Operation.Any, A>(
  line: Line,
  call: Call<O>,
  use: Use<A>,
  { attempts = 0, elapsed = 0 }: Earlier = {}
): Effect.Effect<Done<A>, Operation.Failure<O>> =>
  Effect.suspend(() => {
    const progress = new Progress(call, attempts)
    const sending = sendUntilDone(line, call, use, progress)
    // A list may take as long as it gets on.
    if (call.operation.streams) return sending
    const { total } = line.settings.timeout
    const left = elapsed === 0 ? total : Duration.subtract(total, Duration.millis(elapsed))
    return within(
      sending,
      left,
      () => {
        const failure = Failure.timeout("total", undefined, progress.current?.state)
        if (progress.current !== undefined) progress.settle(failure)
        return progress.fail(failure)
      },
      () => {
        if (progress.current !== undefined) progress.current.isOutOfTime = true
      }
    )
  })
