/**
 * The network of a simulated world, with a gateway in it. Requests are lost, held up for hours, or sent twice; answers are
 * lost, late or cut. A request that is on its way arrives even where the client has given up by then.
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
import type { Dice } from "./Dice.ts"
import type { Call, History, Sent } from "./History.ts"
import { NoAnswer, type Server } from "./Server.ts"

/** The call that a client is making. */
export const Caller = Context.Reference<Call | undefined>("simulation/Caller", { defaultValue: () => undefined })

/** How likely each kind of fault is to happen to a request, from 0 to 1. */
export interface FaultRates {
  readonly refused: number
  readonly requestLost: number
  readonly answerLost: number
  readonly slow: number
  readonly doubled: number
  readonly cut: number
  readonly undated: number
  readonly quotes: number
  /** Two first calls of `ensure` for one fingerprint, of which one loses. */
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

/** Whether something gets lost on its way, and whether the client is told. */
type Loss = "no" | "silently" | "with a reset"

/** What happens to one request. */
interface Plan {
  readonly refused: boolean
  readonly lost: Loss
  readonly answerLost: Loss
  /** Milliseconds until it arrives. */
  readonly wayIn: number
  readonly wayOut: number
  readonly gateway: Gateway
  /** Milliseconds between the two times that the gateway sends it. */
  readonly apart: number
  /** After how many bytes the answer is cut, and whether the client is told. */
  readonly cutAt: number | undefined
  readonly cutIsSilent: boolean
  /** Whether the answer has no date. */
  readonly undated: boolean
  /** Whether an error quotes the request. */
  readonly quotes: boolean
  /** Whether another program ensures the same contact at the same moment, and is first. */
  readonly loses: boolean
}

const hour = 3_600_000

const drawPlan = (dice: Dice, rates: FaultRates): Plan => {
  const isSlow = dice.chance(rates.slow)
  const isSlowIn = dice.chance(0.7)
  const isDoubled = dice.chance(rates.doubled)
  const loss = (probability: number): Loss =>
    dice.chance(probability) ? dice.pick<Loss>(["silently", "with a reset"]) : "no"
  return {
    refused: dice.chance(rates.refused),
    lost: loss(rates.requestLost),
    answerLost: loss(rates.answerLost),
    wayIn: dice.below(40) + (isSlow && isSlowIn ? dice.millis(2 * hour) : 0),
    wayOut: dice.below(40) + (isSlow && !isSlowIn ? dice.millis(hour / 30) : 0),
    gateway: isDoubled
      ? dice.pick(["answers with the first", "answers with the second", "sends again after a failure"])
      : "sends once",
    apart: dice.millis(hour),
    cutAt: dice.chance(rates.cut) ? dice.below(dice.pick([20, 400, 30_000])) : undefined,
    cutIsSilent: dice.chance(0.5),
    undated: dice.chance(rates.undated),
    quotes: dice.chance(rates.quotes),
    loses: dice.chance(rates.races)
  }
}

const described = (plan: Plan): string =>
  [
    ...(plan.refused ? ["connection refused"] : []),
    ...(plan.lost === "no" ? [] : [`request lost ${plan.lost}`]),
    ...(plan.wayIn > 40 ? [`arrives after ${plan.wayIn} ms`] : []),
    ...(plan.gateway === "sends once" ? [] : [`the gateway ${plan.gateway}, ${plan.apart} ms apart`]),
    ...(plan.answerLost === "no" ? [] : [`answer lost ${plan.answerLost}`]),
    ...(plan.wayOut > 40 ? [`answer after ${plan.wayOut} ms`] : []),
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

/** The response as the client receives it. */
const arrived = (
  request: HttpClientRequest.HttpClientRequest,
  answer: HttpServerResponse.HttpServerResponse,
  plan: Plan
) => {
  const response = plan.quotes && answer.status >= 500 ? quoting(request, answer.status) : answer
  const isList = response.headers["content-type"]?.startsWith("application/jsonl") === true
  const whole = Reply.body(response)
  // The length of what is not a list is known, so that a cut shows.
  const rest = isList && plan.cutIsSilent ? Stream.empty : Stream.fail(new NoAnswer())
  const body = plan.cutAt === undefined ? whole : FaultBody.until(whole, plan.cutAt, rest)
  const headers = plan.undated ? Headers.remove(response.headers, "date") : response.headers
  const sent = HttpServerResponse.stream(body, { status: response.status, headers })
  return HttpServerResponse.toClientResponse(sent, { request })
}

const broken = (request: HttpClientRequest.HttpClientRequest, cause: unknown) =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })

/**
 * The request of an `ensure` that has found no contact, and now finds that another was faster: the server refuses it with
 * the 409 that it has for a create.
 */
const asLoser = (request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.setUrl(request, request.url.replace("/contact/ensure", "/contact/create"))

/** What a network needs. */
export interface Parts {
  readonly server: Server
  readonly rates: FaultRates
  readonly dice: Dice
  readonly history: History
  /** Makes another program ensure a contact. */
  readonly ensure: (account: string, fingerprint: string) => Effect.Effect<void>
}

/** Makes the network between one server and all clients. */
export const make = Effect.fnUntraced(function* ({ dice, ensure, history, server, rates }: Parts) {
  const world = yield* Effect.scope

  /** Lets another program make the contact that a call is about to make. Says whether there was none before. */
  const loseRace = Effect.fnUntraced(function* ({ account, ask }: Call) {
    if (ask.kind !== "ensure") return false
    if (server.state.store.findByFingerprint(account, ask.fingerprint) !== undefined) return false
    yield* ensure(account, ask.fingerprint)
    return true
  })

  /** Brings a request to the server after a delay, also if the client has given up by then. */
  const deliver = Effect.fnUntraced(function* (
    request: HttpClientRequest.HttpClientRequest,
    call: Call,
    sent: Sent,
    plan: Plan,
    after: number
  ) {
    const answer = yield* Deferred.make<Result.Result<HttpServerResponse.HttpServerResponse, NoAnswer>>()
    const origin = { call: call.number, request: call.sent.indexOf(sent) }
    yield* Effect.gen(function* () {
      yield* Effect.sleep(after)
      sent.arrived++
      history.note(`call ${call.number}, request ${origin.request}: arrives`)
      const isLost = plan.loses && (yield* loseRace(call))
      const handled = isLost ? server.handleAtOnce(asLoser(request), origin) : server.handle(request, origin)
      yield* Deferred.succeed(answer, yield* Effect.result(handled))
    }).pipe(Effect.forkIn(world))
    return Deferred.await(answer)
  })

  const exchange = Effect.fnUntraced(function* (
    request: HttpClientRequest.HttpClientRequest,
    call: Call,
    sent: Sent,
    plan: Plan
  ) {
    const first = yield* deliver(request, call, sent, plan, plan.wayIn)
    if (plan.gateway === "sends once") return yield* first
    if (plan.gateway === "sends again after a failure") {
      const answer = yield* Effect.timeoutOption(first, 5000 + plan.wayIn)
      if (Option.isSome(answer) && !isFailure(answer.value)) return answer.value
      call.troubles.add("doubled")
      return yield* yield* deliver(request, call, sent, plan, 0)
    }
    call.troubles.add("doubled")
    const second = yield* deliver(request, call, sent, plan, plan.wayIn + plan.apart)
    return yield* plan.gateway === "answers with the first" ? first : second
  })

  return HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const call = yield* Caller
      if (call === undefined) return yield* Effect.die(new Error("A request outside of any call"))
      const plan = drawPlan(dice, rates)
      const sent: Sent = {
        path: url.pathname,
        query: url.search,
        isStream: request.headers["accept"] === "application/jsonl",
        at: history.tick(),
        isRefused: plan.refused,
        arrived: 0
      }
      call.sent.push(sent)
      const number = call.sent.length - 1
      history.note(
        `call ${call.number}, request ${number}: ${request.method} ${url.pathname}${url.search} ${described(plan)}`.trimEnd()
      )
      if (plan.refused) {
        yield* Effect.sleep(plan.wayOut)
        return yield* Effect.fail(broken(request, { code: "ECONNREFUSED", syscall: "connect" }))
      }
      if (plan.lost !== "no") {
        if (plan.lost === "silently") return yield* Effect.never
        yield* Effect.sleep(plan.wayOut)
        return yield* Effect.fail(broken(request, new NoAnswer()))
      }
      const answer = yield* exchange(request, call, sent, plan)
      yield* Effect.sleep(plan.wayOut)
      if (plan.answerLost !== "no") {
        if (plan.answerLost === "silently") return yield* Effect.never
        return yield* Effect.fail(broken(request, new NoAnswer()))
      }
      if (Result.isFailure(answer)) return yield* Effect.fail(broken(request, answer.failure))
      if (plan.undated) call.troubles.add("undated")
      sent.answered = history.tick()
      sent.status = answer.success.status
      history.note(`call ${call.number}, request ${number}: answered ${answer.success.status}`)
      return arrived(request, answer.success, plan)
    })
  )
})
