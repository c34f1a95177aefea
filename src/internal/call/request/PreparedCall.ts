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
  /** The id that the reply has to name: the last one of the path. Undefined if it is a name, which the server looks up. */
  readonly plainId: string | undefined
  readonly generatedFingerprint: string | undefined
  readonly hasIdempotencyKey: boolean
  /** Complete but for the token, which may rotate between attempts. */
  readonly request: HttpClientRequest.HttpClientRequest
  /** The parts of the request that come from the caller. */
  readonly callerValues: CallerValues.Parts
}

/** The name of the parameter that is the id of the contact, in the operations on a contact and in those on what it has. */
const contactIdField = ({ path }: Operation.Any): string => (path.split("/").length === 4 ? "id" : "contactId")

/** The path of a call: the template with its ids filled in. */
const path = (operation: Operation.Any, input: Operation.Input): Result.Result<string, Failure.Failure> => {
  let filled: string = operation.path
  for (const name of ["contactId", "secretId"] as const) {
    if (!filled.includes(`{${name}}`)) continue
    const isContact = name === "contactId"
    const id = (isContact ? PathSegment.encodeContactId : PathSegment.encode)(input[name])
    if (Result.isFailure(id)) {
      return Result.fail(Failure.refused(isContact ? contactIdField(operation) : name, id.failure))
    }
    filled = filled.replace(`{${name}}`, () => id.success)
  }
  return Result.succeed(filled)
}

/** True for the name of a contact or an alias: the server looks it up anew each time. */
const isName = (id: string | undefined): boolean => id !== undefined && !PathSegment.isPlain(id)

/** Builds the request, or fails with the input that keeps it from being sent. */
const build = <O extends Operation.Any>(
  settings: Settings,
  operation: O,
  input: Operation.Input
): Result.Result<PreparedCall<O>, Failure.Failure> => {
  const { contactId, secretId, query = [], hasIdempotencyKey = false } = input
  const target = path(operation, input)
  if (Result.isFailure(target)) return Result.fail(target.failure)
  const text = input.body === undefined ? undefined : JSON.stringify(input.body)
  const body = text === undefined ? HttpBody.empty : HttpBody.text(text, "application/json")
  if (body._tag === "Uint8Array" && body.contentLength > Validate.maxBytes) {
    return Result.fail(Failure.refused("request", Validate.tooLarge))
  }
  const safety = hasIdempotencyKey ? "idempotent" : operation.safety
  const lastId = secretId ?? contactId
  // A second delete would hit another contact of that name.
  const hasName = isName(contactId) || isName(secretId)
  return Result.succeed({
    operation,
    safety: hasName && safety === "idempotent" ? "unsafe" : safety,
    contactId,
    plainId: isName(lastId) ? undefined : lastId?.trim(),
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
    callerValues: { ids: [contactId, secretId], query, headers: settings.headers, body: text }
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
