import { assert, describe, it } from "@effect/vitest"
import { Duration, Schema } from "effect"
import { inspect } from "node:util"
import type * as Errors from "../../../../src/Errors.ts"
import { CallerValues } from "../../../../src/internal/call/failure/CallerValues.ts"
import * as Failure from "../../../../src/internal/call/failure/Failure.ts"
import * as OperationError from "../../../../src/internal/call/failure/OperationError.ts"
import * as StatusMapping from "../../../../src/internal/call/failure/StatusMapping.ts"
import * as TransportFailure from "../../../../src/internal/call/failure/TransportFailure.ts"
import * as Operation from "../../../../src/internal/call/Operation.ts"

const none = new CallerValues({})

const spec = { method: "POST", safety: "idempotent", success: Schema.Struct({ id: Schema.String }) } as const
const path = "/contact/{contactId}/x"

const operations = {
  none: Operation.make({ ...spec, path, name: "Test.none" }),
  NotFound: Operation.make({ ...spec, path, name: "Test.notFound", failures: ["NotFound"] }),
  Conflict: Operation.make({ ...spec, path, name: "Test.conflict", failures: ["Conflict"] }),
  both: Operation.make({ ...spec, path, name: "Test.both", failures: ["NotFound", "Conflict"] })
}

const known: Readonly<Record<number, Errors.Tag>> = {
  400: "InvalidRequest",
  401: "Unauthorized",
  402: "PaymentRequired",
  403: "Forbidden",
  404: "NotFound",
  405: "InvalidRequest",
  408: "Timeout",
  409: "Conflict",
  413: "InvalidRequest",
  422: "InvalidRequest",
  429: "RateLimited"
}

const transient = new Set([408, 429, 500, 502, 503, 504])

const tagOf = (operation: Operation.Any, status: number): Errors.Tag => {
  const tag = known[status] ?? (status >= 500 ? "ServerError" : "UnexpectedResponse")
  const special = tag === "NotFound" || tag === "Conflict"
  return special && !operation.failures.includes(tag) ? "UnexpectedResponse" : tag
}

const outcomeOf = (status: number): Errors.Outcome => {
  if (status < 304 && status !== 300) return "unknown"
  if (status === 408) return "unknown"
  return status >= 500 && status !== 501 ? "unknown" : "rejected"
}

const context = { safety: "idempotent", attempts: 2, outcome: "unknown", contactId: "c1" } as const

describe("fromAnswer", () => {
  for (const [failures, operation] of Object.entries(operations)) {
    it(`maps every status of an operation that fails with ${failures}`, () => {
      for (let status = 100; status <= 599; status++) {
        if (status === 200) continue
        const failure = StatusMapping.toFailure(operation, { status, callerValues: none })
        const error = OperationError.make(operation, failure, context)
        assert.strictEqual(failure.tag, tagOf(operation, status), `${status}`)
        assert.strictEqual(failure.transient, transient.has(status), `transient of ${status}`)
        assert.strictEqual(failure.outcome, outcomeOf(status), `outcome of ${status}`)
        assert.strictEqual(failure.phase, status === 408 ? "server" : undefined, `phase of ${status}`)
        assert.strictEqual(error._tag, failure.tag)
        assert.strictEqual(error.status, status)
        assert.strictEqual(error.attempts, 2)
        assert.notStrictEqual(error.message, "")
        assert.notStrictEqual(error.description, "")
      }
    })
  }

  it("maps a redirect that hides its status", () => {
    const failure = StatusMapping.toFailure(operations.none, { status: 0, callerValues: none })
    assert.deepInclude(failure, { tag: "UnexpectedResponse", outcome: "unknown", transient: false, status: 0 })
    assert.strictEqual(failure.description, "Redirects are not followed")
  })

  it.each([
    ["BAD_REQUEST", "InvalidRequest", "rejected", false],
    ["NOT_AUTHENTICATED", "Unauthorized", "rejected", false],
    ["NO_SUBSCRIPTION", "PaymentRequired", "rejected", false],
    ["NOT_AUTHORIZED", "Forbidden", "rejected", false],
    ["NOT_FOUND", "NotFound", "rejected", false],
    ["METHOD_NOT_ALLOWED", "InvalidRequest", "rejected", false],
    ["TIMEOUT", "Timeout", "unknown", true],
    ["CONFLICT", "Conflict", "rejected", false],
    ["UNPROCESSABLE_ENTITY", "InvalidRequest", "rejected", false],
    ["LIMITS_REACHED", "RateLimited", "rejected", true],
    ["TOO_MANY_REQUESTS", "RateLimited", "rejected", true],
    ["GENERIC_ERROR", "ServerError", "unknown", true],
    ["SERVICE_UNAVAILABLE", "ServerError", "unknown", true],
    ["NEW_AND_UNKNOWN", "ServerError", "unknown", true],
    // Names that every object inherits.
    ["constructor", "ServerError", "unknown", true],
    ["toString", "ServerError", "unknown", true]
  ] as const)("maps %s inside a 200", (code, tag, outcome, transient) => {
    const failure = StatusMapping.toFailure(operations.both, { status: 200, code, message: "x", callerValues: none })
    assert.deepInclude(failure, { tag, outcome, transient, code, status: 200 })
  })

  it("does not let an operation fail inside a 200 with what it does not promise", () => {
    assert.strictEqual(
      StatusMapping.toFailure(operations.none, { status: 200, code: "NOT_FOUND", message: "x", callerValues: none })
        .tag,
      "UnexpectedResponse"
    )
  })

  it.each(["Contact is not verified", "Contact is verified", "fingerprint is too short"])(
    "takes a 500 that says %j for a refusal",
    (message) => {
      assert.deepInclude(StatusMapping.toFailure(operations.none, { status: 500, message, callerValues: none }), {
        tag: "ServerError",
        outcome: "rejected",
        transient: false
      })
      assert.isTrue(StatusMapping.toFailure(operations.none, { status: 503, message, callerValues: none }).transient)
    }
  )

  it("takes a refusal for one also where the caller sent the same words", () => {
    const message = "Contact is verified"
    assert.isFalse(
      StatusMapping.toFailure(operations.none, {
        status: 500,
        message,
        callerValues: new CallerValues({ body: JSON.stringify({ name: message }) })
      }).transient
    )
  })

  it.each([
    ["shows what the server said", '"nick" is reserved', '"nick" is reserved'],
    ["does not show what quotes the caller", '"nick" Ada is too long', "The server refused the request"]
  ])("%s", (_, message, expected) => {
    const callerValues = new CallerValues({ body: JSON.stringify({ nick: "Ada" }) })
    assert.strictEqual(
      StatusMapping.toFailure(operations.none, { status: 400, message, callerValues }).description,
      expected
    )
  })

  it("names no field that is not one of the API's", () => {
    const fieldOf = (message: string) =>
      StatusMapping.toFailure(operations.none, { status: 400, message, callerValues: none }).field
    assert.strictEqual(fieldOf('"email" must be a valid email'), "email")
    assert.strictEqual(fieldOf("Fingerprint is too short (fingerprint)"), "fingerprint")
    assert.isUndefined(fieldOf('"canary" is not allowed'))
    assert.isUndefined(fieldOf("No such person (canary)"))
  })

  it("describes an answer that says nothing", () => {
    assert.strictEqual(
      StatusMapping.toFailure(operations.none, { status: 400, message: " \n", callerValues: none }).description,
      "The server refused the request"
    )
  })
})

const nested = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("https://host/?q=ada@example.com"), { code }) })

describe("transport", () => {
  it.each(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"])("%s: nothing was sent", (code) => {
    assert.deepInclude(TransportFailure.make(nested(code)), {
      tag: "TransportError",
      outcome: "not-sent",
      transient: true
    })
    assert.strictEqual(TransportFailure.make(nested(code), 200).outcome, "unknown")
  })

  it.each(["ECONNRESET", "EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT"])("%s: unknown", (code) => {
    assert.deepInclude(TransportFailure.make(nested(code)), { outcome: "unknown", transient: true })
  })

  it.each([
    "CERT_HAS_EXPIRED",
    "CERTIFICATE_VERIFY_FAILED",
    "CERT_NOT_YET_VALID",
    "CERT_REVOKED",
    "CERT_UNTRUSTED",
    "CERT_SIGNATURE_FAILURE",
    "CRL_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERROR_IN_CERT_NOT_AFTER_FIELD",
    "ERR_OSSL_PEM_NO_START_LINE",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_TLS_DH_PARAM_SIZE",
    "HOSTNAME_MISMATCH",
    "INVALID_CA",
    "INVALID_PURPOSE",
    "PATH_LENGTH_EXCEEDED",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "EPROTO",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_SSL_PACKET_LENGTH_TOO_LONG",
    "ERR_SSL_HTTP_REQUEST",
    "ERR_SSL_UNSUPPORTED_PROTOCOL",
    "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
    "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE",
    "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
    "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
    "ERR_SSL_TLSV1_UNRECOGNIZED_NAME",
    "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
    "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "ERR_SSL_NO_CIPHERS_AVAILABLE",
    "ERR_SSL_DH_KEY_TOO_SMALL",
    "UND_ERR_CLOSED",
    "UND_ERR_INVALID_ARG",
    "UND_ERR_NOT_SUPPORTED",
    "UND_ERR_PRX_TLS"
  ])("%s: nothing was sent, and it is no use to try again", (code) => {
    const failure = TransportFailure.make(nested(code))
    assert.deepInclude(failure, { tag: "TransportError", outcome: "not-sent", transient: false })
    assert.include(failure.description, code)
    assert.deepInclude(TransportFailure.make(nested(code), 200), { outcome: "unknown", transient: true })
  })

  // These come in the middle of a connection as well.
  it.each([
    "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
    "ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC",
    "ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR",
    "ERR_SSL_UNEXPECTED_EOF_WHILE_READING",
    "ERR_SSL_PROTOCOL_IS_SHUTDOWN",
    "ERR_TLS_RENEGOTIATION_DISABLED",
    "UND_ERR_ABORTED",
    "UND_ERR_DESTROYED"
  ])("%s does not say whether anything was sent", (code) => {
    assert.deepInclude(TransportFailure.make(nested(code)), { outcome: "unknown", transient: true })
  })

  it.each(["UND_ERR_CLOSED", "UND_ERR_DESTROYED", "UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "UND_ERR_PRX_TLS"])(
    "%s, where the transport says that nothing was sent: it is no use to try again",
    (code) => {
      const failure = TransportFailure.make(nested(code), undefined, "not-sent")
      assert.deepInclude(failure, { outcome: "not-sent", transient: false })
      assert.deepInclude(TransportFailure.make(nested(code), undefined, "sent"), {
        outcome: "unknown",
        transient: true
      })
    }
  )

  it.each(["ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "ENOTFOUND"])(
    "%s, where the transport says that it was sent: the outcome is unknown",
    (code) => {
      const failure = TransportFailure.make(nested(code), undefined, "sent")
      assert.deepInclude(failure, { outcome: "unknown", transient: true })
    }
  )

  it.each(["ERR_TLS_HANDSHAKE_TIMEOUT", "ConnectionRefused", "FailedToOpenSocket"])(
    "%s: nothing was sent, and it may be another time",
    (code) => {
      assert.deepInclude(TransportFailure.make(nested(code)), { outcome: "not-sent", transient: true })
    }
  )

  describe("an AggregateError, of the addresses of one host", () => {
    const attempt = (code: string, syscall: string) => Object.assign(new Error("x"), { code, syscall })
    const outcomeOf = (errors: ReadonlyArray<Error>, code?: string) => {
      const cause = Object.assign(new AggregateError(errors), code === undefined ? {} : { code })
      return TransportFailure.make(new TypeError("fetch failed", { cause })).outcome
    }

    it("says that nothing was sent where all of its errors do", () => {
      const [v6, v4] = [attempt("ENETUNREACH", "connect"), attempt("ETIMEDOUT", "connect")]
      assert.strictEqual(outcomeOf([v6, v4], "ETIMEDOUT"), "not-sent")
      assert.strictEqual(outcomeOf([v6, v4]), "not-sent")
    })

    it("does not say so where one of its errors does not, or where it has none", () => {
      assert.strictEqual(outcomeOf([attempt("ECONNREFUSED", "connect"), attempt("ECONNRESET", "read")]), "unknown")
      assert.strictEqual(outcomeOf([attempt("ECONNREFUSED", "connect"), new Error("x")]), "unknown")
      assert.strictEqual(outcomeOf([]), "unknown")
    })

    it("shows the code of the aggregate, or else the first", () => {
      const [v6, v4] = [attempt("ENETUNREACH", "connect"), attempt("ETIMEDOUT", "connect")]
      assert.include(TransportFailure.make(new AggregateError([v6, v4])).description, "ENETUNREACH")
    })
  })

  it.each([
    ["Proxy response (407) !== 200 when HTTP Tunneling", "UND_ERR_ABORTED", "proxy response 407", false],
    ["Proxy response (403) !== 200 when HTTP Tunneling", "UND_ERR_ABORTED", "proxy response 403", false],
    ["Proxy response (502) !== 200 when HTTP Tunneling", "UND_ERR_ABORTED", "proxy response 502", true],
    [
      "Client network socket disconnected before secure TLS connection was established",
      "ECONNRESET",
      "ECONNRESET",
      true
    ],
    ["bad port", undefined, "bad port", false],
    [
      "error sending request for url (https://h/?q=ada): client error (Connect): dns error",
      undefined,
      "no connection",
      true
    ],
    [
      "error sending request for url (https://h/?q=ada): client error (Connect): invalid peer certificate: UnknownIssuer",
      undefined,
      "no connection",
      false
    ]
  ])("%s: nothing was sent", (message, code, reason, transient) => {
    const cause = Object.assign(new Error(message), code === undefined ? {} : { code })
    const failure = TransportFailure.make(new TypeError("fetch failed", { cause }))
    assert.deepInclude(failure, { outcome: "not-sent", transient, description: `Could not connect: ${reason}` })
  })

  it("says that a response is not HTTP", () => {
    const cause = new Error("Response does not match the HTTP/1.1 protocol (Expected HTTP/)")
    assert.deepInclude(TransportFailure.make(new TypeError("fetch failed", { cause })), {
      outcome: "unknown",
      transient: true,
      description: "No complete answer came: the response is not HTTP"
    })
  })

  it.each(["EHOSTUNREACH", "ENETUNREACH"])("%s says nothing was sent only while connecting", (code) => {
    const connecting = Object.assign(new Error("x"), { code, syscall: "connect" })
    const reading = Object.assign(new Error("x"), { code, syscall: "read" })
    assert.strictEqual(TransportFailure.make(connecting).outcome, "not-sent")
    assert.strictEqual(TransportFailure.make(reading).outcome, "unknown")
  })

  const cyclic = new Error("cyclic")
  cyclic.cause = cyclic
  const holdsItself = new AggregateError([])
  holdsItself.errors = Array.from({ length: 100 }, () => holdsItself)
  it.each([
    holdsItself,
    { message: { toString: null } },
    undefined,
    null,
    "text",
    1,
    cyclic,
    { code: 5 },
    { code: "lower case" },
    Object.create(null)
  ])("takes any cause: %s", (cause) => {
    const failure = TransportFailure.make(cause)
    assert.deepInclude(failure, { tag: "TransportError", outcome: "unknown", transient: true })
    assert.notStrictEqual(failure.description, "")
  })

  it("keeps nothing of the cause but its code", () => {
    const failure = TransportFailure.make(nested("ECONNRESET"))
    const error = OperationError.make(operations.none, failure, context)
    for (const text of [inspect(failure, { depth: 9 }), inspect(error, { depth: 9 }), JSON.stringify(error)]) {
      assert.include(text, "ECONNRESET")
      assert.notInclude(text, "ada")
      assert.notInclude(text, "fetch failed")
    }
  })
})

describe("toError", () => {
  const notFound = StatusMapping.toFailure(operations.both, { status: 404, callerValues: none })

  it.each([
    ["cmwsk55x8000com7dj9qcuwx6", "cmwsk55x8000com7dj9qcuwx6"],
    [" c1 ", "c1"],
    ["(Ada Lovelace)", "(redacted)"],
    ["@ada", "(redacted)"],
    ["ada@example.com", "(redacted)"],
    ["+12025550123", "(redacted)"],
    ["12025550123", "(redacted)"],
    [undefined, "(redacted)"]
  ])("NotFound.contactId of %j is %j", (contactId, expected) => {
    const error = OperationError.make(operations.both, notFound, { ...context, contactId })
    assert.strictEqual(error._tag === "NotFound" ? error.contactId : undefined, expected)
  })

  it.each([
    ["read", "unknown", true],
    ["idempotent", "unknown", true],
    ["unsafe", "unknown", false],
    ["unsafe", "rejected", true],
    ["unsafe", "not-sent", true]
  ] as const)("a transient failure of a %s call with outcome %s: isRetryable %s", (safety, outcome, expected) => {
    const failure = StatusMapping.toFailure(operations.none, { status: 503, callerValues: none })
    const error = OperationError.make(operations.none, failure, { ...context, safety, outcome })
    assert.strictEqual(error.isRetryable, expected)
    assert.strictEqual(error.outcome, outcome)
  })

  it("carries every fact", () => {
    const failure = StatusMapping.toFailure(operations.none, {
      status: 429,
      code: "LIMITS_REACHED",
      message: "Slow down",
      retryAfter: Duration.millis(5),
      callerValues: none
    })
    const error = OperationError.make(
      operations.none,
      { ...failure, requestId: "req" },
      { ...context, lastId: "c9", received: 7 }
    )
    assert.deepInclude(error, {
      _tag: "RateLimited",
      operation: "Test.none",
      method: "POST",
      path,
      status: 429,
      code: "LIMITS_REACHED",
      description: "Slow down",
      requestId: "req",
      retryAfter: Duration.millis(5),
      attempts: 2,
      outcome: "unknown",
      isRetryable: true,
      lastId: "c9",
      received: 7
    })
  })

  it("names the field of what was refused", () => {
    const error = OperationError.make(operations.none, Failure.refused("meta.a", "expected b"), context)
    assert.deepInclude(error, { _tag: "InvalidRequest", field: "meta.a", description: "meta.a: expected b" })
  })

  it("turns what an operation does not promise into an UnexpectedResponse", () => {
    assert.strictEqual(OperationError.make(operations.none, notFound, context)._tag, "UnexpectedResponse")
  })
})
