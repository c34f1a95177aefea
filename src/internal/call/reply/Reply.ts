import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Transport from "../../transport/Transport.ts"
import * as WholeBody from "../../transport/WholeBody.ts"
import type { CallerValues } from "../failure/CallerValues.ts"
import * as Failure from "../failure/Failure.ts"
import * as StatusMapping from "../failure/StatusMapping.ts"
import * as ServerMessage from "../failure/ServerMessage.ts"
import * as HttpDate from "./HttpDate.ts"
import type * as Operation from "../Operation.ts"
import * as PathSegment from "../request/PathSegment.ts"
import * as ReplyBody from "./ReplyBody.ts"
import * as Validate from "../request/Validate.ts"
import { timeoutOrElse } from "../Timeout.ts"

/** A reply whose head has arrived, and the caller values that no failure may show. */
export interface ReceivedReply {
  readonly head: Transport.Head
  readonly callerValues: CallerValues
}

/** A reply that has been read. */
export interface WholeReply extends ReceivedReply {
  readonly body: Transport.WholeBody
}

/** A reply whose body is still to be read. */
export interface OpenReply extends ReceivedReply {
  readonly body: Transport.Body
}

/** The input of an {@link Exchange}. */
export interface ExchangeInput {
  readonly transport: Transport.Transport
  readonly request: HttpClientRequest.HttpClientRequest
  readonly attempt: Transport.AttemptProgress
  /** The time until the reply has to be read; for a list, until its head has arrived. In milliseconds. */
  readonly timeout: number
  readonly callerValues: CallerValues
}

/** Sends a request and reads its reply. */
export type Exchange<A> = (
  input: ExchangeInput
) => Effect.Effect<A, Failure.Failure | HttpClientError.HttpClientError | Transport.TimeLimitError>

/** The largest body that is read as a whole: a page of 100 items, each made with the largest body that the server takes. */
const maxBodyBytes = 128 * 1024 * 1024

/** The largest error body that is read. The vendor's are far smaller. */
const maxErrorBytes = 64 * 1024

/** The media type of a response, in lower case and without parameters. */
export const mediaType = (head: Transport.Head): string =>
  (head.header("content-type")?.split(";", 1)[0] ?? "").trim().toLowerCase()

const parse = (body: string): Result.Result<unknown, unknown> => Result.try((): unknown => JSON.parse(body))

/** Request ids of the usual hostings. The vendor's own code sets none (wire contract 6). */
const requestIdHeaders = ["x-request-id", "x-vercel-id", "cf-ray", "x-amzn-requestid"]

/** Adds to a failure the request id of its response. */
export const withRequestId = (failure: Failure.Failure, { callerValues, head }: ReceivedReply): Failure.Failure => {
  const header = requestIdHeaders.map(head.header).find((value) => value !== undefined)
  const requestId = ServerMessage.identifier(header, callerValues)
  return requestId === undefined ? failure : { ...failure, requestId }
}

/** The time that a `Retry-After` asks for, in whole seconds or as a date. */
export const retryAfter = (head: Transport.Head): Effect.Effect<{ readonly retryAfter?: Duration.Duration }> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const value = (head.header("retry-after") ?? "").trim()
    if (/^\d+$/.test(value)) return { retryAfter: Duration.seconds(Number(value)) }
    const date = HttpDate.parse(value)
    return date === undefined ? {} : { retryAfter: Duration.millis(Math.max(0, date - now)) }
  })

/** The code and message of an error body. */
const errorBody = (body: unknown): { readonly code?: string; readonly message?: string } => {
  if (!Predicate.isObject(body)) return {}
  const { code, message } = body
  return {
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof message === "string" ? { message } : {})
  }
}

/** The failure of a reply that is not a success. */
export const failure = (operation: Operation.Any, reply: WholeReply): Effect.Effect<Failure.Failure> =>
  Effect.map(retryAfter(reply.head), (retryAfter) => {
    const { callerValues, head } = reply
    const body = Result.getOrElse(ReplyBody.text(reply, maxErrorBytes), () => "")
    const type = mediaType(head)
    // The page for a path without a route (wire contract 0). It does not mean that the contact is gone, even for a retried delete.
    if (head.status === 404 && type === "text/html") return Failure.noEndpoint
    const json = Result.getOrElse(parse(body), () => body)
    return {
      ...StatusMapping.toFailure(operation, {
        status: head.status,
        callerValues,
        ...retryAfter,
        ...(json === body && type === "text/plain" ? { message: body } : errorBody(json))
      }),
      ...operation.readError?.(json, { status: head.status, callerValues })
    }
  })

/** The failure that an error body inside a 200 names (wire contract 5.1 and 5.5), if it is one. */
export const failureInside = (
  operation: Operation.Any,
  { callerValues, head }: ReceivedReply,
  body: unknown
): Failure.Failure | undefined => {
  const { status } = head
  const { code, message } = errorBody(body)
  const own = operation.readError?.(body, { status, callerValues })
  return own === undefined && (code === undefined || message === undefined)
    ? undefined
    : { ...StatusMapping.toFailure(operation, { status, code, message, callerValues }), ...own }
}

const isAboutAnother = (value: unknown, id: string | undefined): boolean =>
  id !== undefined && Predicate.hasProperty(value, "id") && !PathSegment.isSame(String(value.id), id)

/** Parses the body of a 200. Undefined if its media type is not one that the operation asks for. */
const parserOf = (operation: Operation.Any, head: Transport.Head): ((text: string) => unknown) | undefined => {
  const type = mediaType(head)
  return type === "application/json" ? JSON.parse : type === "application/jsonl" ? operation.fromLines : undefined
}

/** Decodes the JSON body of a 200. If `id` is given, the reply has to be about that contact. */
export const json = <A>(
  operation: Operation.Operation<A, Failure.Failure["tag"]>,
  reply: WholeReply,
  id?: string
): Result.Result<A, Failure.Failure> => {
  const { head } = reply
  const unexpected = (description: string) => Result.fail(Failure.unexpected(head.status, description))
  const parser = parserOf(operation, head)
  if (parser === undefined) return unexpected("The response is not application/json")
  const text = ReplyBody.text(reply, maxBodyBytes)
  if (Result.isFailure(text)) return Result.fail(text.failure)
  const body = Result.try(() => parser(text.success))
  if (Result.isFailure(body)) {
    const last = parser === JSON.parse ? text.success : text.success.slice(text.success.lastIndexOf("\n") + 1)
    return ReplyBody.endsEarly(last) ? Result.fail(Failure.cut(head.status)) : unexpected("The body is not JSON")
  }
  const decoded = operation.decode(body.success)
  if (Result.isSuccess(decoded)) {
    return isAboutAnother(decoded.success, id)
      ? unexpected(`The response is about another ${operation.path.includes("secret") ? "secret" : "contact"}`)
      : Result.succeed(decoded.success)
  }
  const inside = failureInside(operation, reply, body.success)
  if (inside !== undefined) return Result.fail(inside)
  const { field, description } = Validate.problemOf(decoded.failure, "the body")
  return unexpected(`The body does not match the API: ${field}: ${description}`)
}

/** The largest body to read, in bytes. 0 for a 200 that cannot be parsed. */
const maxBytesOf =
  (operation: Operation.Any) =>
  (head: Transport.Head): number => {
    if (head.status !== 200) return maxErrorBytes
    return parserOf(operation, head) === undefined ? 0 : maxBodyBytes
  }

/** Sends a request and decodes its JSON reply: see {@link json}. */
export const exchangeJson =
  <A>(operation: Operation.Operation<A, Failure.Failure["tag"]>, id: string | undefined): Exchange<A> =>
  ({ attempt, callerValues, request, timeout, transport }) =>
    Effect.flatMap(
      transport.exchange(request, { attempt, timeout, maxBytes: maxBytesOf(operation) }),
      ({ body, head }) => {
        const reply = { head, body, callerValues }
        return head.status === 200
          ? Effect.fromResult(json(operation, reply, id))
          : Effect.flatMap(failure(operation, reply), Effect.fail)
      }
    )

/** The failure of a reply that is no JSON Lines. */
const failureInsteadOfLines = (operation: Operation.Any, reply: OpenReply): Effect.Effect<Failure.Failure> =>
  Effect.flatMap(WholeBody.read(reply, maxErrorBytes), (body) => {
    const whole = { ...reply, body }
    const { status } = reply.head
    if (status !== 200) return failure(operation, whole)
    const parsed = Result.flatMap(ReplyBody.text(whole, maxErrorBytes), parse)
    const inside = Result.isSuccess(parsed) ? failureInside(operation, reply, parsed.success) : undefined
    return Effect.succeed(inside ?? Failure.unexpected(status, "The response is not application/jsonl"))
  })

/** Sends a request whose reply is JSON Lines, up to the head of the reply. The scope closes the body. */
export const exchangeLines =
  (operation: Operation.Any, scope: Scope.Scope): Exchange<OpenReply> =>
  ({ attempt, callerValues, request, timeout, transport }) =>
    timeoutOrElse(
      Effect.flatMap(transport.open(request, attempt), ({ body, head }) => {
        const reply = { head, body, callerValues }
        return head.status === 200 && mediaType(head) === "application/jsonl"
          ? Effect.as(Scope.addFinalizer(scope, body.cancel), reply)
          : Effect.flatMap(failureInsteadOfLines(operation, reply), Effect.fail)
      }),
      timeout,
      () => Transport.outOfTime
    )
