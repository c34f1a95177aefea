import type { AttemptState } from "../../transport/Transport.ts"
import * as Failure from "./Failure.ts"
import * as SystemError from "./SystemError.ts"

/**
 * The failure of a transport. Of `cause` only the code is kept: its message and properties may hold the URL, the headers or
 * the body. If the transport does not report whether it had sent the request, the code decides.
 */
export const make = (cause: unknown, status?: number, state: AttemptState = "unknown"): Failure.Failure => {
  const error = SystemError.find(cause)
  if (status !== undefined && error !== undefined && /^(?:Z_|ERR__ERROR_FORMAT)/.test(error.reason)) {
    return Failure.unexpected(status, "The body cannot be decompressed")
  }
  const notSent = status === undefined && (state === "not-sent" || (state === "unknown" && error?.isNotSent === true))
  const reason = error?.reason ?? (status === undefined ? "no response" : "the body ended early")
  return {
    tag: "TransportError",
    description: `${notSent ? "Could not connect" : Failure.descriptions.TransportError}: ${reason}`,
    outcome: notSent ? "not-sent" : "unknown",
    transient: !(notSent && error?.isPermanent === true),
    status,
    cause: Failure.codeOnly(reason)
  }
}
