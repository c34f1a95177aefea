import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import * as TransportFailure from "../call/failure/TransportFailure.ts"
import * as Reply from "../call/reply/Reply.ts"
import type { StreamedReply } from "../call/reply/StreamedReply.ts"
import type * as Transport from "../transport/Transport.ts"
import { proxy as operation } from "./SecretOperations.ts"

/** The failures of a body that is being read. */
export type ProxyBodyError = Errors.Timeout | Errors.TransportError | Errors.UnexpectedResponse

/** The answer of the service that a request was sent on to. */
export interface ProxyAnswer {
  /** Any status, also one of a failure or of a redirect. */
  readonly status: number
  /** The service's headers, less those of the connection, and the headers that the API adds to every reply. */
  readonly headers: Headers.Headers
  /** The body, decompressed. It can be read once, and only before the scope closes: after that, reading it is a defect. */
  readonly body: Stream.Stream<Uint8Array, ProxyBodyError>
}

/** The headers that are about the connection to the API, and not about the body that the caller reads. */
const ofConnection = [
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
]

/** The headers of the service. The API's own cookie is there only if the service has set none. */
const headersOf = (headers: Headers.Headers): Headers.Headers => {
  const isOwnCookie = headers["set-cookie"]?.startsWith("chatbotkit.host=") === true
  return Headers.removeMany(headers, isOwnCookie ? [...ofConnection, "set-cookie"] : ofConnection)
}

const isBodyError = (error: Errors.ContactError): error is ProxyBodyError =>
  error._tag === "Timeout" || error._tag === "TransportError" || error._tag === "UnexpectedResponse"

const outOfTime = (status: number): Failure.Failure => ({
  ...Failure.timeout("idle", status),
  description: "No part of the body arrived within the idle timeout"
})

/** The answer of a reply that is no error of the server itself. */
export const make = (reply: StreamedReply): ProxyAnswer => {
  const { attempts, body, head, idle } = reply
  const fail = (failure: Failure.Failure): Pull.Pull<never, ProxyBodyError> => {
    // The service has acted.
    const error = OperationError.make(operation, Reply.withRequestId(failure, reply), {
      safety: operation.safety,
      attempts,
      outcome: "unknown"
    })
    return isBodyError(error) ? Effect.fail(error) : Effect.die(error)
  }
  const end = (error: Cause.Done | Transport.BodyError | Transport.TimeLimitError): Pull.Pull<never, ProxyBodyError> =>
    Cause.isDone(error)
      ? Effect.fail(error)
      : fail(error._tag === "BodyError" ? TransportFailure.make(error.cause, head.status) : outOfTime(head.status))
  const pull = Effect.catch(body.pull(Duration.toMillis(idle)), end)
  return {
    status: head.status,
    headers: headersOf(head.headers),
    body: Stream.ensuring(Stream.fromPull(Effect.succeed(pull)), body.cancel)
  }
}
