import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpBody from "effect/http/HttpBody"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Errors from "../Errors.ts"
import * as Failure from "./Failure.ts"
import type * as Operation from "./Operation.ts"
import * as Options from "./Options.ts"
import * as PathSegment from "./PathSegment.ts"
import * as Reply from "./Reply.ts"
import * as Retry from "./Retry.ts"
import { leaves } from "./Scrub.ts"

/** One call of an operation, ready to be sent as often as its policy allows: every attempt sends the same bytes. */
export interface Call<O extends Operation.Any> {
  readonly operation: O
  readonly safety: Operation.Safety
  readonly contactId: string | undefined
  /** Complete but for the token, which may rotate between attempts. */
  readonly request: HttpClientRequest.HttpClientRequest
  /** Everything the caller put into the request. */
  readonly sent: Reply.Sent
}

/** A reply whose body is left to be read as a stream. */
export interface Opened {
  readonly response: HttpClientResponse.HttpClientResponse
  /** How many times the request was sent. */
  readonly attempts: number
  /** How long the stream may go without an item. */
  readonly idle: Duration.Duration
  /** Everything the caller sent, for taking it out of what the server says. */
  readonly sent: Reply.Sent
}

const path = (operation: Operation.Any, contactId: string | undefined): Result.Result<string, Failure.Failure> => {
  if (!operation.path.includes("{contactId}")) return Result.succeed(operation.path)
  return Result.match(PathSegment.encode(contactId), {
    onSuccess: (segment) => Result.succeed(operation.path.replace("{contactId}", () => segment)),
    onFailure: (problem) => Result.fail(Failure.refused("id", problem))
  })
}

const body = (input: Operation.Input): Result.Result<HttpBody.HttpBody, Failure.Failure> =>
  input.body === undefined
    ? Result.succeed(HttpBody.empty)
    : Result.try({
        try: () => HttpBody.text(JSON.stringify(input.body), "application/json"),
        catch: () => Failure.refused("request", "too deeply nested for JSON")
      })

/** Builds the request, or says which input keeps it from being sent. */
export const prepare = <O extends Operation.Any>(
  settings: Options.Settings,
  operation: O,
  input: Operation.Input
): Result.Result<Call<O>, Failure.Failure> =>
  Result.gen(function* () {
    const { contactId, query = [] } = input
    const url = settings.prefix + (yield* path(operation, contactId))
    const content = yield* body(input)
    // The server looks up `(Some Name)` anew each time: a second delete would hit another contact of that name.
    const named = contactId !== undefined && !PathSegment.isPlain(contactId)
    return {
      operation,
      safety: named && operation.safety === "idempotent" ? "unsafe" : operation.safety,
      contactId,
      request: HttpClientRequest.makeWith(
        operation.method,
        url,
        UrlParams.fromInput(query),
        Option.none(),
        Headers.setAll(settings.headers, {
          accept: operation.streams ? "application/jsonl" : "application/json",
          ...(operation.method === "POST" ? { "content-type": "application/json" } : {})
        }),
        content
      ),
      sent: () => [
        ...(contactId === undefined ? [] : [contactId, contactId.trim()]),
        ...query.map(([, value]) => value),
        ...leaves(input.body)
      ]
    }
  })

const noToken = (description: string): Failure.Failure => ({
  tag: "Unauthorized",
  description,
  outcome: "not-sent",
  transient: false
})

const token = (settings: Options.Settings): Effect.Effect<string, Failure.Failure> =>
  Effect.matchEffect(settings.secret, {
    onFailure: () => Effect.fail(noToken("The secret could not be obtained")),
    onSuccess: (secret) =>
      Options.isToken(secret)
        ? Effect.succeed(Redacted.value(secret))
        : Effect.fail(Failure.refused("secret", "expected a token of visible ASCII characters"))
  })

const transportFailure = Effect.fnUntraced(function* (
  call: Call<Operation.Any>,
  error: HttpClientError.HttpClientError,
  sent: Reply.Sent
): Effect.fn.Return<never, Failure.Failure> {
  const { reason } = error
  // Only a `transformClient` that filters by status fails so; the response says more than the error.
  if (reason._tag === "StatusCodeError") {
    return yield* Effect.fail(yield* Reply.failure(call.operation, reason.response, sent))
  }
  return yield* Effect.fail(Failure.transport(reason.cause, error.response?.status))
})

/** Sends a call once. `use` gets a 200; the timeout covers it too. */
const attempt = <A>(
  client: HttpClient.HttpClient,
  settings: Options.Settings,
  call: Call<Operation.Any>,
  secret: string,
  resendCount: number,
  use: (response: HttpClientResponse.HttpClientResponse, sent: Reply.Sent) => Effect.Effect<A, Failure.Failure>
): Effect.Effect<A, Failure.Failure> => {
  const sent = () => [secret, ...call.sent()]
  let status: number | undefined
  return client.execute(HttpClientRequest.setHeader(call.request, "authorization", `Bearer ${secret}`)).pipe(
    Effect.catch((error) => transportFailure(call, error, sent)),
    Effect.flatMap((response) => {
      status = response.status
      const used =
        status === 200
          ? use(response, sent)
          : Effect.flatMap(Reply.failure(call.operation, response, sent), Effect.fail)
      return Effect.andThen(Effect.annotateCurrentSpan("http.response.status_code", status), used)
    }),
    Effect.timeoutOrElse({
      duration: settings.timeout.attempt,
      orElse: () => Effect.fail(Failure.timeout(status === undefined ? "headers" : "body", status))
    }),
    Effect.tapError((failure) =>
      Effect.annotateCurrentSpan(
        "error.type",
        failure.status !== undefined && failure.status >= 400 ? String(failure.status) : failure.tag
      )
    ),
    Effect.withSpan(
      `${call.operation.method} ${call.operation.path}`,
      {
        kind: "client",
        attributes: {
          "http.request.method": call.operation.method,
          "url.template": call.operation.path,
          "server.address": settings.server.address,
          "server.port": settings.server.port,
          ...(resendCount === 0 ? {} : { "http.request.resend_count": resendCount })
        }
      },
      { captureStackTrace: false }
    )
  )
}

/** Sends a call as often as the policy and its safety allow. */
export const run = Effect.fnUntraced(function* <O extends Operation.Any, A>(
  client: HttpClient.HttpClient,
  settings: Options.Settings,
  call: Call<O>,
  use: (response: HttpClientResponse.HttpClientResponse, sent: Reply.Sent) => Effect.Effect<A, Failure.Failure>
): Effect.fn.Return<{ readonly value: A; readonly attempts: number }, Operation.Failure<O>> {
  const { contactId, operation, safety } = call
  let conflictRetries: number = operation.conflictRetries
  let outcome: Errors.Outcome = "not-sent"
  for (let attempts = 1; ; attempts++) {
    const secret = yield* Effect.mapError(token(settings), (failure) =>
      Failure.toError(operation, failure, { safety, attempts: attempts - 1, outcome, contactId })
    )
    const result = yield* Effect.result(attempt(client, settings, call, secret, attempts - 1, use))
    if (Result.isSuccess(result)) return { value: result.success, attempts }
    const failure = result.failure
    outcome = safety === "read" ? failure.outcome : Retry.leastCertain(outcome, failure.outcome)
    if (!Retry.isAllowed(settings.retry, { safety, attempts, conflictRetries }, failure)) {
      return yield* Effect.fail(Failure.toError(operation, failure, { safety, attempts, outcome, contactId }))
    }
    if (failure.tag === "Conflict") conflictRetries--
    yield* Effect.sleep(yield* Retry.delay(settings.retry, attempts, failure))
  }
})
