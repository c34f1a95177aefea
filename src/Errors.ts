/**
 * The typed failures of every operation.
 *
 * They are flat tagged errors, so `Effect.catchTag("NotFound", …)` works on any operation that can fail with
 * `NotFound`, and only there. No rendering of them (message, JSON, inspect, `Cause.pretty`, span, log) holds the
 * secret, a header or a contact's data.
 */
import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * The effect of a call on the server.
 *
 * - `not-sent`: nothing left this process.
 * - `rejected`: the server answered that it did not act.
 * - `unknown`: the request left and no trustworthy answer came back; a write may have happened.
 *
 * For a write that was sent more than once, this is the least certain of its attempts.
 */
export const Outcome = Schema.Literals(["not-sent", "rejected", "unknown"])
export type Outcome = typeof Outcome.Type

/**
 * The part of a call that ran out of time.
 *
 * - `connect`: no connection to send the request over within the attempt timeout; so nothing was sent. Only `layers/Node`
 *   can tell this from `headers`.
 * - `headers`: no response headers within the attempt timeout.
 * - `body`: the response body was not complete within the attempt timeout.
 * - `idle`: no item of a list, or no part of the body of a proxied answer, arrived within the idle timeout.
 * - `total`: the call was not done, retries included, within the total timeout.
 * - `server`: the server itself answered 408.
 */
export const TimeoutPhase = Schema.Literals(["connect", "headers", "body", "idle", "total", "server"])
export type TimeoutPhase = typeof TimeoutPhase.Type

/** An error, in JSON only its name and message. `Schema.Defect` would accept any value, and add 1 kB to every app. */
const ErrorCause = Schema.declare((value): value is Error => value instanceof Error, {
  expected: "Error",
  toCodecJson: () =>
    Schema.link<Error>()(
      Schema.Struct({ name: Schema.String, message: Schema.String }),
      SchemaTransformation.transform({
        decode: ({ message, name }) => Object.assign(new Error(message), { name }),
        encode: ({ message, name }) => ({ message, name })
      })
    )
})

/** A duration, in JSON its milliseconds. `Schema.Duration` has a codec for nanoseconds too, which every app would carry. */
const Wait = Schema.declare(Duration.isDuration, {
  expected: "Duration",
  toCodecJson: () =>
    Schema.link<Duration.Duration>()(
      Schema.Int,
      SchemaTransformation.transform({
        decode: Duration.millis,
        encode: (wait) => Math.min(Duration.toMillis(wait), 9e15)
      })
    )
})

/** The fields that every failure carries. */
const fields = {
  /** The public name of the operation, such as `Contact.fetch`. */
  operation: Schema.String,
  /** The HTTP method. */
  method: Schema.Literals(["GET", "POST"]),
  /** The path template, such as `/contact/{contactId}/fetch`: never a filled-in path or a query. */
  path: Schema.String,
  /** The HTTP status, if a response came. */
  status: Schema.optionalKey(Schema.Int),
  /** The `code` of the server's error body, such as `CONFLICT`. New codes pass through. */
  code: Schema.optionalKey(Schema.String),
  /** The failure in one sentence: the server's own words if they quote nothing of the caller's, else a default text. */
  description: Schema.String,
  /** The request id that the hosting answered with, if any. */
  requestId: Schema.optionalKey(Schema.String),
  /** The number of times the request was sent: 0 if it was refused before sending. */
  attempts: Schema.Int,
  /** The effect of the call on the server. */
  outcome: Outcome,
  /** True if the same call may succeed later, and repeating it cannot do anything twice. */
  isRetryable: Schema.Boolean,
  /** In a create whose outcome is unknown: the generated fingerprint, to look for the contact by. */
  fingerprint: Schema.optionalKey(Schema.String),
  /** In lists: the id of the last item delivered. As `cursor` of another list it continues from there, if the list takes a cursor. */
  lastId: Schema.optionalKey(Schema.String),
  /** In lists: how many items were delivered before the failure. */
  received: Schema.optionalKey(Schema.Int),
  /** The underlying error, reduced to its name and code. */
  cause: Schema.optionalKey(ErrorCause)
}

interface Described {
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly status?: number
  readonly code?: string
  readonly description: string
  readonly attempts: number
  readonly received?: number
}

const describe = (error: Described): string => {
  const answer = [error.status, error.code].filter((part) => part !== undefined).join(" ")
  const sent = error.attempts === 0 ? "not sent" : error.attempts === 1 ? "1 attempt" : `${error.attempts} attempts`
  const received = error.received === undefined ? [] : [`${error.received} received`]
  const facts = [...(answer === "" ? [] : [answer]), `${error.method} ${error.path}`, sent, ...received]
  return `${error.operation}: ${error.description} (${facts.join(", ")})`
}

/** The identifier of an error's schema. */
const identifier = <Tag extends string>(tag: Tag) => `effect-chatbotkit/Errors/${tag}` as const

/** Gives the class of an error its name, which would be the identifier otherwise, and a message made from its fields. */
const rendered = <Class, Fields>(Failure: Class, name: string, message: (error: Fields) => string): Class => {
  if (typeof Failure === "function") {
    Object.defineProperties(Failure.prototype, {
      name: { value: name },
      message: {
        get(this: Fields) {
          return message(this)
        }
      }
    })
  }
  return Failure
}

/** Makes the class of a failure: tagged, with the common fields and those of its own. */
const failure =
  <Self>() =>
  <const Tag extends string, const Own extends Schema.Struct.Fields>(tag: Tag, own: Own) =>
    rendered(Schema.TaggedError<Self>(identifier(tag))(tag, { ...fields, ...own }), tag, describe)

/**
 * The request is not valid: answered 400, 405, 413 or 422, or refused by this client before anything
 * was sent (`outcome: "not-sent"`). `field` names the input at fault where that is known.
 */
export class InvalidRequest extends failure<InvalidRequest>()("InvalidRequest", {
  /** The input at fault, as a path such as `fingerprint` or `meta.tier`. */
  field: Schema.optionalKey(Schema.String)
}) {}

/** The token is missing, unknown, expired or not allowed on this route: 401. */
export class Unauthorized extends failure<Unauthorized>()("Unauthorized", {}) {}

/** The account has no subscription for this call: 402. */
export class PaymentRequired extends failure<PaymentRequired>()("PaymentRequired", {}) {}

/** The contact belongs to another account, or the account may not use the secret in this way: 403. */
export class Forbidden extends failure<Forbidden>()("Forbidden", {}) {}

/** There is no such contact, or no such secret: 404. */
export class NotFound extends failure<NotFound>()("NotFound", {
  /** The id of the request, or `(redacted)` if it does not have the shape of an id and so may be personal data. */
  contactId: Schema.String
}) {}

/** Another contact of the account already has this fingerprint, or a secret of this configuration cannot be used like this: 409. */
export class Conflict extends failure<Conflict>()("Conflict", {}) {}

/** The account is over its rate limit: 429. */
export class RateLimited extends failure<RateLimited>()("RateLimited", {
  /** The time that the server asked to wait, counted from the response. The vendor's own code never sets `Retry-After`. */
  retryAfter: Schema.optionalKey(Wait)
}) {}

/** The server failed: 500 to 599. */
export class ServerError extends failure<ServerError>()("ServerError", {}) {}

/** Time ran out: see {@link TimeoutPhase}. */
export class Timeout extends failure<Timeout>()("Timeout", {
  /** The part of the call that took too long. */
  phase: TimeoutPhase
}) {}

/** No complete response: the connection failed, or ended before the body did. */
export class TransportError extends failure<TransportError>()("TransportError", {}) {}

/** The response breaks the contract: a redirect, an empty body, HTML, JSON of another shape. */
export class UnexpectedResponse extends failure<UnexpectedResponse>()("UnexpectedResponse", {}) {}

/** A URL that may be absent, and that is left out of the encoded failure. */
const authorizationUrl = () =>
  Schema.optionalKey(Schema.Redacted(Schema.String)).pipe(
    Schema.encodeTo(Schema.optionalKey(Schema.Never), {
      decode: SchemaGetter.omit<never>(),
      encode: SchemaGetter.omit<Redacted.Redacted<string>>()
    })
  )

/** The contact has not authorized access to a secret, so that there is no value to use: 409; for a revoke, 401. */
export class AuthorizationRequired
  extends /* @__PURE__ */ failure<AuthorizationRequired>()("AuthorizationRequired", {
    /**
     * The URL at which the contact authorizes access, for 15 minutes. Whoever has it can authorize: do not log it. Absent if the
     * contact is not verified, from a revoke, and from a failure that was decoded: the schema does not encode it.
     */
    url: /* @__PURE__ */ authorizationUrl()
  }) {}

/** No token can be minted from a secret of this kind: 403 or 409. */
export class NotMintable extends /* @__PURE__ */ failure<NotMintable>()("NotMintable", {}) {}

/** The server does not send requests to the host of this URL: 400. */
export class DestinationRefused extends /* @__PURE__ */ failure<DestinationRefused>()("DestinationRefused", {}) {}

/** Every failure an operation can have, as a schema: to send failures to another process, and to read them there. */
export const ContactError = /* @__PURE__ */ Schema.Union([
  InvalidRequest,
  Unauthorized,
  PaymentRequired,
  Forbidden,
  NotFound,
  Conflict,
  RateLimited,
  ServerError,
  Timeout,
  TransportError,
  UnexpectedResponse,
  AuthorizationRequired,
  NotMintable,
  DestinationRefused
])
export type ContactError = typeof ContactError.Type

/** True if a value is a failure of an operation. */
export const isContactError = /* @__PURE__ */ Schema.is(ContactError)

/** The tag of a {@link ContactError}. */
export type Tag = ContactError["_tag"]

/**
 * The options of a client are not valid. `Client.make`, the layers and `Client.withOptions` fail with it, before any operation
 * runs; so it is not part of {@link ContactError}.
 */
export class InvalidOptions extends rendered(
  Schema.TaggedError<InvalidOptions>(identifier("InvalidOptions"))("InvalidOptions", {
    /** The option at fault, as a path such as `secret` or `retry.retries`. Its value is never shown. */
    option: Schema.String,
    /** The value that was expected, or what to do. */
    description: Schema.String
  }),
  "InvalidOptions",
  ({ description, option }: { readonly option: string; readonly description: string }) =>
    `Invalid option ${option}: ${description}`
) {}
