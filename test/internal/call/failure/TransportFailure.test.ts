import { assert, describe, it } from "@effect/vitest"
import { inspect } from "node:util"
import * as OperationError from "../../../../src/internal/call/failure/OperationError.ts"
import * as TransportFailure from "../../../../src/internal/call/failure/TransportFailure.ts"
import { context, operations } from "../../../support/TestOperations.ts"

const nested = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("https://host/?q=ada@example.com"), { code }) })

describe("make", () => {
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
  ])("%s: nothing was sent, and a retry is useless", (code) => {
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
    "%s, if the transport says that nothing was sent: a retry is useless",
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
    "%s, if the transport says that it was sent: the outcome is unknown",
    (code) => {
      const failure = TransportFailure.make(nested(code), undefined, "sent")
      assert.deepInclude(failure, { outcome: "unknown", transient: true })
    }
  )

  it.each(["ERR_TLS_HANDSHAKE_TIMEOUT", "ConnectionRefused", "FailedToOpenSocket"])(
    "%s: nothing was sent, and a retry may succeed",
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

    it("says that nothing was sent if all of its errors do", () => {
      const [v6, v4] = [attempt("ENETUNREACH", "connect"), attempt("ETIMEDOUT", "connect")]
      assert.strictEqual(outcomeOf([v6, v4], "ETIMEDOUT"), "not-sent")
      assert.strictEqual(outcomeOf([v6, v4]), "not-sent")
    })

    it("does not say so if one of its errors does not, or if it has none", () => {
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
