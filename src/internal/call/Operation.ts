import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import type * as Errors from "../../Errors.ts"
import type { CallerValues } from "./failure/CallerValues.ts"
import type { Failure } from "./failure/Failure.ts"

/**
 * The condition on which a call may be sent again after a failure.
 *
 * - `read`: always, since it changes nothing.
 * - `idempotent`: always, since two requests have the effect of one.
 * - `unsafe`: only if the server certainly did not act, since two requests could act twice.
 */
export type Safety = "read" | "idempotent" | "unsafe"

/** The classes of the failures of secrets. Their operations bring them, so that no other bundle contains them. */
export interface SecretErrors {
  readonly AuthorizationRequired: typeof Errors.AuthorizationRequired
  readonly NotMintable: typeof Errors.NotMintable
  readonly DestinationRefused: typeof Errors.DestinationRefused
}

/** The tags of failures that only some operations can have. */
export type SpecialTag = "NotFound" | "Conflict" | keyof SecretErrors

/** The tags of failures that any operation can have. */
export type CommonTag = Exclude<Errors.Tag, SpecialTag>

/** The part of a reply that an error body is read with. */
export interface ErrorContext {
  readonly status: number
  readonly callerValues: CallerValues
}

/** The fields of a failure that an error body names, beyond what its status, `code` and `message` say. */
export interface OwnFailure<out T extends Errors.Tag> extends Partial<Failure> {
  readonly tag?: T
}

/** One operation as data. The client runs it; its error type is computed from `failures`. */
export interface Operation<out A, out T extends Errors.Tag> {
  /** The public name, such as `Contact.fetch`. */
  readonly name: string
  readonly method: "GET" | "POST"
  /** The path template below `/v1`, with at most one `{contactId}` and one `{secretId}`. */
  readonly path: `/${string}`
  /** The kind of item, such as `contact`, if the reply is read as JSON Lines, item by item. False if it is one JSON value. */
  readonly streams: string | false
  /** True if its errors say how many items were delivered. */
  readonly isList: boolean
  readonly safety: Safety
  /** The largest number of retries after a 409, which another request in progress may have caused. */
  readonly maxConflictRetries: 0 | 1
  /** The failures beyond the common ones. */
  readonly failures: ReadonlyArray<T>
  /** The classes of those that are failures of secrets. */
  readonly secretErrors: Partial<SecretErrors>
  /** Reads an error body: its JSON, or its text if it is no JSON. Undefined if its status, `code` and `message` say all. */
  readonly readError: ((body: unknown, context: ErrorContext) => OwnFailure<T | CommonTag> | undefined) | undefined
  /** Converts a reply that came as JSON Lines, although the request was for JSON. Throws if it is not JSON. */
  readonly fromLines: ((text: string) => unknown) | undefined
  /** Decodes the body of a 200: for a stream, the items of any number of its lines. */
  readonly decode: (body: unknown) => Result.Result<A, SchemaIssue.Issue>
}

/** An operation of any kind, where neither its success nor its failures matter. */
export type Any = Operation<unknown, Errors.Tag>

/** Describes an operation. The decoder of its success is built here, once. */
export const make = <S extends Schema.ConstraintDecoder<unknown>, const T extends Errors.Tag = never>(spec: {
  readonly name: string
  readonly method: "GET" | "POST"
  readonly path: `/${string}`
  readonly streams?: string
  readonly isList?: boolean
  readonly fromLines?: (text: string) => unknown
  readonly safety: Safety
  readonly maxConflictRetries?: 0 | 1
  readonly failures?: ReadonlyArray<T>
  readonly secretErrors?: Pick<SecretErrors, Extract<T, keyof SecretErrors>>
  readonly readError?: (body: unknown, context: ErrorContext) => OwnFailure<T | CommonTag> | undefined
  readonly success: S
  /** The fast path: decodes a value as `success` does. Undefined if `success` itself has to decode it. */
  readonly decodeFast?: (value: unknown) => S["Type"] | undefined
}): Operation<S["Type"], T> => ({
  streams: false,
  isList: spec.streams !== undefined,
  fromLines: undefined,
  maxConflictRetries: 0,
  failures: [],
  secretErrors: {},
  readError: undefined,
  ...spec,
  decode: withFastPath(spec.decodeFast, SchemaParser.decodeUnknownResult(spec.success))
})

type Decode<A> = (value: unknown) => Result.Result<A, SchemaIssue.Issue>

const withFastPath = <A>(decodeFast: ((value: unknown) => A | undefined) | undefined, decode: Decode<A>): Decode<A> =>
  decodeFast === undefined
    ? decode
    : (value) => {
        const decoded = decodeFast(value)
        return decoded === undefined ? decode(value) : Result.succeed(decoded)
      }

/** The errors of an operation. */
export type Error<O extends Any> = Extract<Errors.ContactError, { readonly _tag: CommonTag | O["failures"][number] }>

/** The input of one call of an operation. */
export interface Input {
  /** Fills `{contactId}`. */
  readonly contactId?: string
  /** Fills `{secretId}`. */
  readonly secretId?: string
  /** Query parameters, in the order they are sent. */
  readonly query?: ReadonlyArray<readonly [name: string, value: string]>
  /** The JSON body of a POST: an object of JSON values and `undefined`. */
  readonly body?: object
  /** True if the fingerprint works as an idempotency key: the server refuses a second request with it. */
  readonly hasIdempotencyKey?: boolean
  /** The fingerprint in the body, if the client generated it. */
  readonly generatedFingerprint?: string | undefined
}

/** Not those of secrets, which come only from `readError` of operations that have them. */
const specialTags: ReadonlySet<Errors.Tag> = new Set<SpecialTag>(["NotFound", "Conflict"])

/** True if an operation can fail with a tag. Any other failure becomes `UnexpectedResponse`. */
export const canFailWith = (operation: Any, tag: Errors.Tag): boolean =>
  !specialTags.has(tag) || operation.failures.includes(tag)
