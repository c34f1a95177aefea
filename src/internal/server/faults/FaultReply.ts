import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import * as ApiFailure from "../http/ApiFailure.ts"
import * as Negotiation from "../http/Negotiation.ts"
import * as RequestBody from "../http/RequestBody.ts"
import * as Reply from "../http/ServerReply.ts"
import { isList } from "../OperationName.ts"
import type { AnswerFault, Fault, Status } from "./Fault.ts"
import * as FaultBody from "./FaultBody.ts"
import { ConnectionReset, type Intercepted } from "./Interceptor.ts"

type Replied = Effect.Effect<HttpServerResponse.HttpServerResponse, ConnectionReset, Scope>

/** Applies a fault to a reply. Random bytes come from the seed. */
export const apply = (fault: Fault, seed: string, intercepted: Intercepted, reply: Replied): Replied => {
  switch (fault._tag) {
    case "Status":
    case "Delay":
    case "Reset":
    case "Stall":
    case "Garbage":
      return answer(fault, seed, intercepted, reply)
    case "AfterCommit":
      return Effect.flatMap(reply, (response) => answer(fault.fault, seed, intercepted, Effect.succeed(response)))
    case "CutAfter":
      return changed(reply, (body) => FaultBody.until(body, fault.at, Stream.empty))
    case "ResetAfter":
      return changed(reply, (body) => FaultBody.until(body, fault.at, Stream.fail(new ConnectionReset())))
    case "StallAfter":
      return changed(reply, (body) => FaultBody.until(body, fault.at, Stream.never))
    case "Trickle":
      return changed(reply, (body) => FaultBody.inPieces(body, fault.bytes, fault.every))
    case "Endless":
      return Effect.sync(() =>
        HttpServerResponse.stream(FaultBody.endless(fault.text, fault.every), { contentType: contentType(intercepted) })
      )
    default:
      // `FaultPages` applies the faults of pages.
      return reply
  }
}

const answer = (fault: AnswerFault, seed: string, intercepted: Intercepted, reply: Replied): Replied => {
  switch (fault._tag) {
    case "Status":
      return Effect.sync(() => refusal(fault, intercepted))
    case "Delay":
      return Effect.delay(reply, fault.duration)
    case "Reset":
      return Effect.fail(new ConnectionReset())
    case "Stall":
      return Effect.never
    case "Garbage":
      return Effect.map(Random.withSeed(noise(fault.bytes), seed), (bytes) =>
        HttpServerResponse.uint8Array(bytes, { contentType: contentType(intercepted) })
      )
  }
}

const changed = (reply: Replied, change: (body: FaultBody.Body) => FaultBody.Body): Replied =>
  Effect.map(reply, (response) => Reply.withBody(response, change(Reply.body(response))))

/** True if a response with this status has no body. */
const isBodiless = (status: number): boolean => status < 200 || status === 204 || status === 205 || status === 304

const refusal = (fault: Status, intercepted: Intercepted) => {
  const { body, code, message, status } = fault
  const headers = headersOf(fault)
  const worded = code !== undefined || message !== undefined
  if (isBodiless(status) || (body === undefined && !worded && status < 400)) {
    return HttpServerResponse.empty({ status, headers })
  }
  if (body !== undefined) {
    const type = {
      status,
      headers,
      contentType: Headers.fromInput(headers)["content-type"] ?? contentType(intercepted)
    }
    return typeof body === "string" ? HttpServerResponse.text(body, type) : HttpServerResponse.uint8Array(body, type)
  }
  const failure = ApiFailure.ofStatus(status, { code, message })
  const reply =
    status === RequestBody.oversized.status && !worded
      ? Reply.plain(RequestBody.oversized)
      : isList(intercepted.operation)
        ? Reply.streamFailure(failure)
        : Reply.failure(failure)
  return HttpServerResponse.setHeaders(reply, headers)
}

const headersOf = ({ headers = {}, retryAfter }: Status): Readonly<Record<string, string>> =>
  retryAfter === undefined ? headers : { ...headers, "retry-after": String(wholeSeconds(retryAfter)) }

const wholeSeconds = (duration: Duration.Input): number =>
  Math.ceil(Duration.toSeconds(Duration.fromInputUnsafe(duration)))

/** The content type of the response without the fault. */
const contentType = ({ operation, request }: Intercepted): string => {
  const negotiated = isList(operation) ? Negotiation.negotiate(request.headers["accept"]) : undefined
  const format = negotiated !== undefined && Result.isSuccess(negotiated) ? negotiated.success : "json"
  return Negotiation.contentTypes[format]
}

/** A byte that occurs neither in UTF-8 nor in JSON. */
const notText = 0xff

const noise = (bytes: number): Effect.Effect<Uint8Array> =>
  Effect.map(Random.Random, (random) => {
    const out = Uint8Array.from({ length: bytes }, () => Math.floor(random.nextDoubleUnsafe() * 256))
    out[0] = notText
    return out
  })
