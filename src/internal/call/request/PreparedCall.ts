import * as Headers from "effect/http/Headers"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as CallerValues from "../failure/CallerValues.ts"
import * as Failure from "../failure/Failure.ts"
import * as OperationError from "../failure/OperationError.ts"
import type * as Operation from "../Operation.ts"
import type { Settings } from "../options/Settings.ts"
import * as PathSegment from "./PathSegment.ts"
import * as Validate from "./Validate.ts"

/** A call of an operation that is ready to be sent, any number of times: each attempt sends the same bytes. */
export interface PreparedCall<O extends Operation.Any> {
  readonly operation: O
  readonly safety: Operation.Safety
  readonly contactId: string | undefined
  /** The id that the reply has to name. Undefined where the caller gave a name, which the server looks up. */
  readonly plainId: string | undefined
  readonly generatedFingerprint: string | undefined
  readonly hasIdempotencyKey: boolean
  /** Complete but for the token, which may rotate between attempts. */
  readonly request: HttpClientRequest.HttpClientRequest
  /** The parts of the request that come from the caller. */
  readonly callerValues: CallerValues.Parts
}

const path = (operation: Operation.Any, contactId: string | undefined): Result.Result<string, Failure.Failure> => {
  if (!operation.path.includes("{contactId}")) return Result.succeed(operation.path)
  return Result.match(PathSegment.encodeContactId(contactId), {
    onSuccess: (segment) => Result.succeed(operation.path.replace("{contactId}", () => segment)),
    onFailure: (problem) => Result.fail(Failure.refused("id", problem))
  })
}

/** Builds the request, or fails with the input that keeps it from being sent. */
const build = <O extends Operation.Any>(
  settings: Settings,
  operation: O,
  input: Operation.Input
): Result.Result<PreparedCall<O>, Failure.Failure> => {
  const { contactId, query = [], hasIdempotencyKey = false } = input
  const target = path(operation, contactId)
  if (Result.isFailure(target)) return Result.fail(target.failure)
  const text = input.body === undefined ? undefined : JSON.stringify(input.body)
  const body = text === undefined ? HttpBody.empty : HttpBody.text(text, "application/json")
  if (body._tag === "Uint8Array" && body.contentLength > Validate.maxBytes) {
    return Result.fail(Failure.refused("request", Validate.tooLarge))
  }
  const safety = hasIdempotencyKey ? "idempotent" : operation.safety
  // The server looks up `(Some Name)` anew each time: a second delete would hit another contact of that name.
  const plainId = contactId !== undefined && PathSegment.isPlain(contactId) ? contactId.trim() : undefined
  const isName = contactId !== undefined && plainId === undefined
  return Result.succeed({
    operation,
    safety: isName && safety === "idempotent" ? "unsafe" : safety,
    contactId,
    plainId,
    generatedFingerprint: input.generatedFingerprint,
    hasIdempotencyKey,
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

/** Prepares a call. An input that cannot be sent is the operation's `InvalidRequest`. */
export const prepare = <O extends Operation.Any>(
  settings: Settings,
  operation: O,
  input: Operation.Input
): Result.Result<PreparedCall<O>, Operation.Error<O>> =>
  Result.mapError(build(settings, operation, input), (failure) =>
    OperationError.refusal(operation, failure, input.contactId)
  )
