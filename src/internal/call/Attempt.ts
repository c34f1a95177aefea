import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Transport from "../transport/Transport.ts"
import type { Connection } from "./Connection.ts"
import * as CallerValues from "./failure/CallerValues.ts"
import * as Failure from "./failure/Failure.ts"
import * as StatusMapping from "./failure/StatusMapping.ts"
import * as TransportFailure from "./failure/TransportFailure.ts"
import type * as Operation from "./Operation.ts"
import type { PreparedCall } from "./request/PreparedCall.ts"
import * as Reply from "./reply/Reply.ts"
import * as Telemetry from "./Telemetry.ts"

/** The failure of a request that the transport could not send, or that got no reply. */
const transportFailure = (
  { reason, response }: HttpClientError.HttpClientError,
  { state }: Transport.AttemptProgress
): Failure.Failure =>
  reason._tag === "EncodeError" || reason._tag === "InvalidUrlError"
    ? Failure.unsendable()
    : reason._tag === "StatusCodeError"
      ? Failure.unexpected(reason.response.status, "The HttpClient refused the status")
      : TransportFailure.make(reason.cause, response?.status, state)

/** The failure of an attempt that timed out. After the head of an error reply, it is the failure of that status. */
const timedOut = (operation: Operation.Any, { head, state }: Transport.AttemptProgress): Failure.Failure => {
  if (head === undefined) return Failure.timeout(state === "not-sent" ? "connect" : "headers", undefined, state)
  const { status } = head
  return status === 200
    ? Failure.timeout("body", status)
    : StatusMapping.toFailure(operation, { status, callerValues: new CallerValues.CallerValues({}) })
}

/** One attempt of a call. */
export interface Attempt {
  readonly token: string
  /** The number of times the request was sent before. */
  readonly resendCount: number
  /** The record that the transport writes the progress of the attempt to. */
  readonly progress: Transport.AttemptProgress
}

/** Sends a call once, and reads its reply. The attempt timeout covers both. */
export const send = <A>(
  { settings, transport }: Connection,
  call: PreparedCall<Operation.Any>,
  { progress, resendCount, token }: Attempt,
  exchange: Reply.Exchange<A>
): Effect.Effect<A, Failure.Failure> => {
  const callerValues = new CallerValues.CallerValues({ ...call.callerValues, token })
  const toFailure = (
    error: Failure.Failure | HttpClientError.HttpClientError | Transport.TimeLimitError
  ): Failure.Failure => {
    if (!("_tag" in error)) return error
    if (error._tag === "HttpClientError") return transportFailure(error, progress)
    return timedOut(call.operation, progress)
  }
  return exchange({
    transport,
    request: HttpClientRequest.setHeader(call.request, "authorization", `Bearer ${token}`),
    attempt: progress,
    timeout: Duration.toMillis(settings.timeout.attempt),
    callerValues
  }).pipe(
    Effect.mapError((error) => {
      const failure = toFailure(error)
      const { head } = progress
      return head === undefined ? failure : Reply.withRequestId(failure, { head, callerValues })
    }),
    Telemetry.observe({ operation: call.operation, server: settings.server, resendCount }, progress)
  )
}
