import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Transport from "../transport/Transport.ts"
import type { Connection } from "./Connection.ts"
import * as CallerValues from "./failure/CallerValues.ts"
import * as Failure from "./failure/Failure.ts"
import * as StatusMapping from "./failure/StatusMapping.ts"
import * as TransportFailure from "./failure/TransportFailure.ts"
import type * as Operation from "./Operation.ts"
import type { PreparedCall } from "./request/PreparedCall.ts"
import * as Reply from "./reply/Reply.ts"
import * as Telemetry from "./Telemetry.ts"
import { timeoutOrElse } from "./Timeout.ts"

/** The failure of a request that the transport could not send, or that got no reply. */
const transportFailure = Effect.fnUntraced(function* (
  call: PreparedCall<Operation.Any>,
  error: HttpClientError.HttpClientError,
  callerValues: CallerValues.CallerValues,
  state: Transport.AttemptState
): Effect.fn.Return<never, Failure.Failure> {
  const { reason } = error
  // Only a `transformClient` that filters by status fails like this. The response says more than the error.
  if (reason._tag === "StatusCodeError") {
    return yield* Effect.fail(yield* Reply.failure(call.operation, { response: reason.response, callerValues }))
  }
  if (reason._tag === "EncodeError" || reason._tag === "InvalidUrlError") {
    return yield* Effect.fail(Failure.unsendable())
  }
  return yield* Effect.fail(TransportFailure.make(reason.cause, error.response?.status, state))
})

/** The failure of an attempt that timed out. If a status had come, it decides: only the error body is missing. */
const timedOut = (
  operation: Operation.Any,
  status: number | undefined,
  state: Transport.AttemptState
): Failure.Failure => {
  if (status === undefined) return Failure.timeout(state === "not-sent" ? "connect" : "headers", status, state)
  return status === 200
    ? Failure.timeout("body", status)
    : StatusMapping.toFailure(operation, { status, callerValues: new CallerValues.CallerValues({}) })
}

/** The parts of an attempt that its call does not have. */
export interface Attempt {
  readonly token: string
  /** The number of times the request was sent before. */
  readonly resendCount: number
  /** The record in which the transport reports how far the attempt has come. */
  readonly reported: Transport.Attempt
}

/** Reads the reply of a call, once it is known to be a 200. */
export type Read<A> = (reply: Reply.ReceivedReply) => Effect.Effect<A, Failure.Failure>

/** Sends a call once, and reads its reply. The attempt timeout covers both. */
export const send = <A>(
  { client, settings }: Connection,
  call: PreparedCall<Operation.Any>,
  { reported, resendCount, token }: Attempt,
  read: Read<A>
): Effect.Effect<A, Failure.Failure> => {
  const callerValues = new CallerValues.CallerValues({ ...call.callerValues, token })
  let response: HttpClientResponse.HttpClientResponse | undefined
  return client.execute(HttpClientRequest.setHeader(call.request, "authorization", `Bearer ${token}`)).pipe(
    Effect.provideService(Transport.Attempt, reported),
    Effect.catch((error) => transportFailure(call, error, callerValues, reported.state)),
    Effect.flatMap((received) => {
      response = received
      const reply = { response: received, callerValues }
      return received.status === 200 ? read(reply) : Effect.flatMap(Reply.failure(call.operation, reply), Effect.fail)
    }),
    (replied) =>
      timeoutOrElse(replied, settings.timeout.attempt, () =>
        Effect.fail(timedOut(call.operation, response?.status, reported.state))
      ),
    Effect.mapError((failure) =>
      response === undefined ? failure : Reply.withRequestId(failure, { response, callerValues })
    ),
    Telemetry.observe(
      { operation: call.operation, server: settings.server, resendCount },
      () => response?.status,
      () => reported.isOutOfTime === true
    )
  )
}
