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
import * as Reply from "../../src/internal/server/Reply.ts"
import * as FaultBody from "../../src/internal/server/FaultBody.ts"
import type { Dice } from "./Dice.ts"
import type { Call, History, Sent } from "./History.ts"
import { NoAnswer, type Server } from "./Server.ts"

/** The call that a client is making. */
export const Caller = Context.Reference<Call | undefined>("simulation/Caller", { defaultValue: () => undefined })

/** How often what goes wrong, from 0 to 1. */
export interface Weather {
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

export const fair: Weather = {
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

/** What becomes of one request. */
interface Fate {
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

const drawFate = (dice: Dice, weather: Weather): Fate => {
  const isSlow = dice.chance(weather.slow)
  const isSlowIn = dice.chance(0.7)
  const isDoubled = dice.chance(weather.doubled)
  const loss = (probability: number): Loss =>
    dice.chance(probability) ? dice.pick<Loss>(["silently", "with a reset"]) : "no"
  return {
    refused: dice.chance(weather.refused),
    lost: loss(weather.requestLost),
    answerLost: loss(weather.answerLost),
    wayIn: dice.below(40) + (isSlow && isSlowIn ? dice.millis(2 * hour) : 0),
    wayOut: dice.below(40) + (isSlow && !isSlowIn ? dice.millis(hour / 30) : 0),
    gateway: isDoubled
      ? dice.pick(["answers with the first", "answers with the second", "sends again after a failure"])
      : "sends once",
    apart: dice.millis(hour),
    cutAt: dice.chance(weather.cut) ? dice.below(dice.pick([20, 400, 30_000])) : undefined,
    cutIsSilent: dice.chance(0.5),
    undated: dice.chance(weather.undated),
    quotes: dice.chance(weather.quotes),
    loses: dice.chance(weather.races)
  }
}

const described = (fate: Fate): string =>
  [
    ...(fate.refused ? ["connection refused"] : []),
    ...(fate.lost === "no" ? [] : [`request lost ${fate.lost}`]),
    ...(fate.wayIn > 40 ? [`arrives after ${fate.wayIn} ms`] : []),
    ...(fate.gateway === "sends once" ? [] : [`the gateway ${fate.gateway}, ${fate.apart} ms apart`]),
    ...(fate.answerLost === "no" ? [] : [`answer lost ${fate.answerLost}`]),
    ...(fate.wayOut > 40 ? [`answer after ${fate.wayOut} ms`] : []),
    ...(fate.cutAt === undefined
      ? []
      : [`answer cut after ${fate.cutAt} bytes${fate.cutIsSilent ? "" : " with a reset"}`])
  ].join("; ")

const isFailure = (answer: Result.Result<HttpServerResponse.HttpServerResponse, NoAnswer>): boolean =>
  Result.isFailure(answer) || answer.success.status >= 500

const bodyText = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

/** An error that says what was wrong with what. */
const quoting = (request: HttpClientRequest.HttpClientRequest, status: number): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(
    JSON.stringify({
      code: "GENERIC_ERROR",
      message: `Failed with ${bodyText(request)} for ${request.headers["authorization"]}`
    }),
    { status, contentType: "application/json" }
  )

/** What the client gets to see of an answer. */
const arrived = (
  request: HttpClientRequest.HttpClientRequest,
  answer: HttpServerResponse.HttpServerResponse,
  fate: Fate
) => {
  const response = fate.quotes && answer.status >= 500 ? quoting(request, answer.status) : answer
  const isList = response.headers["content-type"]?.startsWith("application/jsonl") === true
  const whole = Reply.body(response)
  // The length of what is not a list is known, so that a cut shows.
  const rest = isList && fate.cutIsSilent ? Stream.empty : Stream.fail(new NoAnswer())
  const body = fate.cutAt === undefined ? whole : FaultBody.until(whole, fate.cutAt, rest)
  const headers = fate.undated ? Headers.remove(response.headers, "date") : response.headers
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

/** What there is to make a network of. */
export interface Parts {
  readonly server: Server
  readonly weather: Weather
  readonly dice: Dice
  readonly history: History
  /** Makes another program ensure a contact. */
  readonly ensure: (account: string, fingerprint: string) => Effect.Effect<void>
}

/** Makes the network between one server and all clients. */
export const make = Effect.fnUntraced(function* ({ dice, ensure, history, server, weather }: Parts) {
  const world = yield* Effect.scope

  /** Whether a call is the first to ensure a contact. If so, another program is faster. */
  const isFirst = Effect.fnUntraced(function* ({ account, ask }: Call) {
    if (ask.kind !== "ensure") return false
    if (server.state.store.findByFingerprint(account, ask.fingerprint) !== undefined) return false
    yield* ensure(account, ask.fingerprint)
    return true
  })

  /** Brings a request to the server after a time, whatever becomes of who sent it. */
  const deliver = Effect.fnUntraced(function* (
    request: HttpClientRequest.HttpClientRequest,
    call: Call,
    sent: Sent,
    fate: Fate,
    after: number
  ) {
    const answer = yield* Deferred.make<Result.Result<HttpServerResponse.HttpServerResponse, NoAnswer>>()
    const origin = { call: call.number, request: call.sent.indexOf(sent) }
    yield* Effect.gen(function* () {
      yield* Effect.sleep(after)
      sent.arrived++
      history.note(`call ${call.number}, request ${origin.request}: arrives`)
      const isLost = fate.loses && (yield* isFirst(call))
      yield* Deferred.succeed(answer, yield* Effect.result(server.handle(isLost ? asLoser(request) : request, origin)))
    }).pipe(Effect.forkIn(world))
    return Deferred.await(answer)
  })

  const exchange = Effect.fnUntraced(function* (
    request: HttpClientRequest.HttpClientRequest,
    call: Call,
    sent: Sent,
    fate: Fate
  ) {
    const first = yield* deliver(request, call, sent, fate, fate.wayIn)
    if (fate.gateway === "sends once") return yield* first
    if (fate.gateway === "sends again after a failure") {
      const answer = yield* Effect.timeoutOption(first, 5000 + fate.wayIn)
      if (Option.isSome(answer) && !isFailure(answer.value)) return answer.value
      call.troubles.add("doubled")
      return yield* yield* deliver(request, call, sent, fate, 0)
    }
    call.troubles.add("doubled")
    const second = yield* deliver(request, call, sent, fate, fate.wayIn + fate.apart)
    return yield* fate.gateway === "answers with the first" ? first : second
  })

  return HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const call = yield* Caller
      if (call === undefined) return yield* Effect.die(new Error("A request outside of any call"))
      const fate = drawFate(dice, weather)
      const sent: Sent = {
        path: url.pathname,
        query: url.search,
        isStream: request.headers["accept"] === "application/jsonl",
        at: history.tick(),
        isRefused: fate.refused,
        arrived: 0
      }
      call.sent.push(sent)
      const number = call.sent.length - 1
      history.note(
        `call ${call.number}, request ${number}: ${request.method} ${url.pathname}${url.search} ${described(fate)}`.trimEnd()
      )
      if (fate.refused) {
        yield* Effect.sleep(fate.wayOut)
        return yield* Effect.fail(broken(request, { code: "ECONNREFUSED", syscall: "connect" }))
      }
      if (fate.lost !== "no") {
        if (fate.lost === "silently") return yield* Effect.never
        yield* Effect.sleep(fate.wayOut)
        return yield* Effect.fail(broken(request, new NoAnswer()))
      }
      const answer = yield* exchange(request, call, sent, fate)
      yield* Effect.sleep(fate.wayOut)
      if (fate.answerLost !== "no") {
        if (fate.answerLost === "silently") return yield* Effect.never
        return yield* Effect.fail(broken(request, new NoAnswer()))
      }
      if (Result.isFailure(answer)) return yield* Effect.fail(broken(request, answer.failure))
      if (fate.undated) call.troubles.add("undated")
      sent.answered = history.tick()
      sent.status = answer.success.status
      history.note(`call ${call.number}, request ${number}: answered ${answer.success.status}`)
      return arrived(request, answer.success, fate)
    })
  )
})
