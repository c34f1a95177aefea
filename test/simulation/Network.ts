/**
 * The network of a simulated world, with a gateway. Requests are lost, delayed for hours, or sent twice; answers are
 * lost, late or cut. A request that was sent arrives even if the client has given up meanwhile.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Reply from "../../src/internal/server/http/ServerReply.ts"
import * as FaultBody from "../../src/internal/server/faults/FaultBody.ts"
import type { SeededRandom } from "./SeededRandom.ts"
import type { Call, History, SentRequest } from "./History.ts"
import { NoAnswer, type Server } from "./Server.ts"

/** The call that a client is making. */
export const CurrentCall = Context.Reference<Call | undefined>("simulation/CurrentCall", {
  defaultValue: () => undefined
})

/** The probability of each kind of fault for one request, from 0 to 1. */
export interface FaultRates {
  readonly refused: number
  readonly requestLost: number
  readonly answerLost: number
  readonly slow: number
  readonly doubled: number
  readonly cut: number
  readonly undated: number
  readonly quotes: number
  /** Another program ensures the same new contact first. */
  readonly races: number
}

export const noFaults: FaultRates = {
  refused: 0,
  requestLost: 0,
  answerLost: 0,
  slow: 0,
  doubled: 0,
  cut: 0,
  undated: 0,
  quotes: 0,
  races: 0
}

type Gateway = "sends once" | "answers with the first" | "answers with the second" | "sends again after a failure"

/** The loss of a message, without or with a reset of the client's connection. */
type Loss = "no" | "silently" | "with a reset"

/** The faults of one request. */
interface Plan {
  readonly refused: boolean
  readonly requestLost: Loss
  readonly answerLost: Loss
  /** Milliseconds until the request arrives. */
  readonly requestDelay: number
  readonly answerDelay: number
  readonly gateway: Gateway
  /** Milliseconds between the two requests of the gateway. */
  readonly repeatDelay: number
  /** The number of bytes after which the answer is cut. */
  readonly cutAt: number | undefined
  /** True if the cut answer ends as if complete. */
  readonly cutIsSilent: boolean
  /** True if the answer has no `Date`. */
  readonly undated: boolean
  /** True if an error quotes the request. */
  readonly quotes: boolean
  /** True if another program ensures the same contact first. */
  readonly losesRace: boolean
}

const hour = 3_600_000

const drawPlan = (random: SeededRandom, rates: FaultRates): Plan => {
  const isSlow = random.chance(rates.slow)
  const isSlowIn = random.chance(0.7)
  const isDoubled = random.chance(rates.doubled)
  const loss = (probability: number): Loss =>
    random.chance(probability) ? random.pick<Loss>(["silently", "with a reset"]) : "no"
  return {
    refused: random.chance(rates.refused),
    requestLost: loss(rates.requestLost),
    answerLost: loss(rates.answerLost),
    requestDelay: random.below(40) + (isSlow && isSlowIn ? random.millis(2 * hour) : 0),
    answerDelay: random.below(40) + (isSlow && !isSlowIn ? random.millis(hour / 30) : 0),
    gateway: isDoubled
      ? random.pick(["answers with the first", "answers with the second", "sends again after a failure"])
      : "sends once",
    repeatDelay: random.millis(hour),
    cutAt: random.chance(rates.cut) ? random.below(random.pick([20, 400, 30_000])) : undefined,
    cutIsSilent: random.chance(0.5),
    undated: random.chance(rates.undated),
    quotes: random.chance(rates.quotes),
    losesRace: random.chance(rates.races)
  }
}

const describe = (plan: Plan): string =>
  [
    ...(plan.refused ? ["connection refused"] : []),
    ...(plan.requestLost === "no" ? [] : [`request lost ${plan.requestLost}`]),
    ...(plan.requestDelay > 40 ? [`arrives after ${plan.requestDelay} ms`] : []),
    ...(plan.gateway === "sends once" ? [] : [`the gateway ${plan.gateway}, ${plan.repeatDelay} ms apart`]),
    ...(plan.answerLost === "no" ? [] : [`answer lost ${plan.answerLost}`]),
    ...(plan.answerDelay > 40 ? [`answer after ${plan.answerDelay} ms`] : []),
    ...(plan.cutAt === undefined
      ? []
      : [`answer cut after ${plan.cutAt} bytes${plan.cutIsSilent ? "" : " with a reset"}`])
  ].join("; ")

const isFailure = (answer: Result.Result<HttpServerResponse.HttpServerResponse, NoAnswer>): boolean =>
  Result.isFailure(answer) || answer.success.status >= 500

const bodyText = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

/** An error whose message quotes the request, the token included. */
const quoting = (request: HttpClientRequest.HttpClientRequest, status: number): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(
    JSON.stringify({
      code: "GENERIC_ERROR",
      message: `Failed with ${bodyText(request)} for ${request.headers["authorization"]}`
    }),
    { status, contentType: "application/json" }
  )

/** True if an answer says that a secret has no value, or that its contact is not verified. */
const saysValueMissing = ({ body, status }: HttpServerResponse.HttpServerResponse): boolean =>
  status === 401 &&
  body._tag === "Raw" &&
  typeof body.body === "string" &&
  /Missing value|Cannot obtain secret manager/.test(body.body)

/** The response as the client receives it. */
const received = (
  request: HttpClientRequest.HttpClientRequest,
  answer: HttpServerResponse.HttpServerResponse,
  plan: Plan
) => {
  const response = plan.quotes && answer.status >= 500 ? quoting(request, answer.status) : answer
  const isList = response.headers["content-type"]?.startsWith("application/jsonl") === true
  const whole = Reply.body(response)
  // Other answers have a length, so that a cut is detected.
  const rest = isList && plan.cutIsSilent ? Stream.empty : Stream.fail(new NoAnswer())
  const body = plan.cutAt === undefined ? whole : FaultBody.until(whole, plan.cutAt, rest)
  const headers = plan.undated ? Headers.remove(response.headers, "date") : response.headers
  const sent = HttpServerResponse.stream(body, { status: response.status, headers })
  return HttpServerResponse.toClientResponse(sent, { request })
}

const transportError = (request: HttpClientRequest.HttpClientRequest, cause: unknown) =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })

/**
 * The request of an `ensure` that lost a race: it found no contact, and then another program created it. The server
 * refuses such a request with the same 409 as a create.
 */
const asRaceLoser = (request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.setUrl(request, request.url.replace("/contact/ensure", "/contact/create"))

/** The options of `make`. */
export interface NetworkOptions {
  readonly server: Server
  readonly rates: FaultRates
  readonly random: SeededRandom
  readonly history: History
  /** Makes another program ensure a contact. */
  readonly ensure: (account: string, fingerprint: string) => Effect.Effect<void>
}

/** Makes the network between one server and all clients. */
export const make = Effect.fnUntraced(function* ({ random, ensure, history, server, rates }: NetworkOptions) {
  const world = yield* Effect.scope

  /** Lets another program make the contact that a call is about to ensure. Returns true if there was none before. */
  const loseRace = Effect.fnUntraced(function* ({ account, operation }: Call) {
    if (operation.kind !== "ensure") return false
    if (server.state.store.findByFingerprint(account, operation.fingerprint) !== undefined) return false
    yield* ensure(account, operation.fingerprint)
    return true
  })

  /** Brings a request to the server after a delay, even if the client has given up meanwhile. */
  const deliver = Effect.fnUntraced(function* (
    request: HttpClientRequest.HttpClientRequest,
    call: Call,
    sent: SentRequest,
    plan: Plan,
    after: number
  ) {
    const answer = yield* Deferred.make<Result.Result<HttpServerResponse.HttpServerResponse, NoAnswer>>()
    const origin = { call: call.number, request: call.sent.indexOf(sent) }
    yield* Effect.gen(function* () {
      yield* Effect.sleep(after)
      sent.arrived++
      history.log(`call ${call.number}, request ${origin.request}: arrives`)
      const losesRace = plan.losesRace && (yield* loseRace(call))
      const handled = losesRace
        ? server.handleWithoutFaults(asRaceLoser(request), origin)
        : server.handle(request, origin)
      yield* Deferred.succeed(answer, yield* Effect.result(handled))
    }).pipe(Effect.forkIn(world))
    return Deferred.await(answer)
  })

  const exchange = Effect.fnUntraced(function* (
    request: HttpClientRequest.HttpClientRequest,
    call: Call,
    sent: SentRequest,
    plan: Plan
  ) {
    const first = yield* deliver(request, call, sent, plan, plan.requestDelay)
    if (plan.gateway === "sends once") return yield* first
    if (plan.gateway === "sends again after a failure") {
      const answer = yield* Effect.timeoutOption(first, 5000 + plan.requestDelay)
      if (Option.isSome(answer) && !isFailure(answer.value)) return answer.value
      call.incidents.add("doubled")
      return yield* yield* deliver(request, call, sent, plan, 0)
    }
    call.incidents.add("doubled")
    const second = yield* deliver(request, call, sent, plan, plan.requestDelay + plan.repeatDelay)
    return yield* plan.gateway === "answers with the first" ? first : second
  })

  return HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const call = yield* CurrentCall
      if (call === undefined) return yield* Effect.die(new Error("A request outside of any call"))
      const plan = drawPlan(random, rates)
      const sent: SentRequest = {
        path: url.pathname,
        query: url.search,
        isStream: request.headers["accept"] === "application/jsonl",
        at: history.nextEvent(),
        isRefused: plan.refused,
        arrived: 0
      }
      call.sent.push(sent)
      const number = call.sent.length - 1
      history.log(
        `call ${call.number}, request ${number}: ${request.method} ${url.pathname}${url.search} ${describe(plan)}`.trimEnd()
      )
      if (plan.refused) {
        yield* Effect.sleep(plan.answerDelay)
        return yield* Effect.fail(transportError(request, { code: "ECONNREFUSED", syscall: "connect" }))
      }
      if (plan.requestLost !== "no") {
        if (plan.requestLost === "silently") return yield* Effect.never
        yield* Effect.sleep(plan.answerDelay)
        return yield* Effect.fail(transportError(request, new NoAnswer()))
      }
      const answer = yield* exchange(request, call, sent, plan)
      yield* Effect.sleep(plan.answerDelay)
      if (plan.answerLost !== "no") {
        if (plan.answerLost === "silently") return yield* Effect.never
        return yield* Effect.fail(transportError(request, new NoAnswer()))
      }
      if (Result.isFailure(answer)) return yield* Effect.fail(transportError(request, answer.failure))
      if (plan.undated) call.incidents.add("undated")
      sent.isValueMissing = plan.cutAt === undefined && saysValueMissing(answer.success)
      sent.answered = history.nextEvent()
      sent.status = answer.success.status
      history.log(`call ${call.number}, request ${number}: answered ${answer.success.status}`)
      return received(request, answer.success, plan)
    })
  )
})
