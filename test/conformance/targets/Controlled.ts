import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { TestClock } from "effect/testing"
import * as InProcess from "../../../src/internal/server/http/InProcess.ts"
import * as ServerState from "../../../src/internal/server/ServerState.ts"
import * as Emulator from "../../../src/layers/Emulator.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import { startTime, type Setup } from "../../../src/conformance/Case.ts"
import type { Reply } from "../../../src/conformance/WireReply.ts"
import * as Disturbances from "./Disturbances.ts"
import {
  exchange,
  type OpenTarget,
  type Target,
  type UpstreamRequest,
  upstreamHeader,
  type WireRequest
} from "../../../src/conformance/targets/CaseTarget.ts"

const token = "sk-main"

/** The host that the emulator listens on, so that both targets set the same cookie. */
const origin = "http://127.0.0.1"

/** The API in this process. Requests and replies are encoded and decoded, but there is no socket. */
export const inProcess: OpenTarget = (setup, name) =>
  Effect.gen(function* () {
    const { received, state } = yield* newServer(setup)
    const client = yield* Effect.provideService(
      InProcess.makeHttpClient({ baseUrl: origin }),
      ServerState.ServerState,
      state
    )
    return yield* make(setup, name, { client, origin, received, state })
  })

/** The emulator on a free loopback port, over undici. */
export const emulator: OpenTarget = (setup, name) =>
  Effect.gen(function* () {
    const { received, state } = yield* newServer(setup)
    const served = Emulator.layerServed().pipe(Layer.provide(Layer.succeed(ServerState.ServerState, state)))
    const context = yield* Layer.build(Layer.merge(served, NodeHttpClient.layerUndici))
    const { url } = Context.get(context, Emulator.Emulator)
    return yield* make(setup, name, {
      client: Context.get(context, HttpClient.HttpClient),
      origin: url,
      received,
      state
    })
  })

interface Server {
  readonly state: ServerState.Service
  /** The requests that the upstream has received and that have not been read. */
  readonly received: Array<UpstreamRequest>
}

const newServer = Effect.fnUntraced(function* ({ accounts, limit, rows, seeds, templates, upstream }: Setup) {
  yield* TestClock.setTime(startTime)
  const received: Array<UpstreamRequest> = []
  const state = yield* ServerState.make({
    ...(accounts === undefined ? {} : { accounts }),
    ...(limit === undefined ? {} : { rateLimit: limit }),
    ...(templates === undefined ? {} : { secretTemplates: templates }),
    upstream: answerOf(upstream ?? {}, received)
  })
  for (const { token: of = token, contacts } of seeds ?? []) {
    const account = state.accountOf(of)
    if (account === undefined) return yield* Effect.die(new Error(`No account has the token ${of}`))
    yield* state.seed(account, contacts)
  }
  if (rows !== undefined) yield* Effect.flatMap(handleOf(state), (api) => rows(api, () => ""))
  const server: Server = { received, state }
  return server
})

/** The upstream with these replies by URL. It adds its requests to `received`. */
const answerOf = (
  replies: NonNullable<Setup["upstream"]>,
  received: Array<UpstreamRequest>
): NonNullable<ServerState.Options["upstream"]> => {
  const counts = new Map<string, number>()
  return (request) =>
    Effect.suspend(() => {
      received.push(request)
      const { [request.url]: inOrder = [] } = replies
      const count = counts.get(request.url) ?? 0
      counts.set(request.url, count + 1)
      const reply = inOrder[Math.min(count, inOrder.length - 1)] ?? "fails"
      if (reply === "fails") return Effect.fail(new Error("The upstream cannot be reached"))
      const { after = 0, ...rest } = reply
      return Effect.as(after === 0 ? Effect.void : TestClock.adjust(after), {
        status: 200,
        ...rest,
        headers: { ...reply.headers, [upstreamHeader]: "1" }
      })
    })
}

/** The handle on the in-memory API with this state. */
const handleOf = (state: ServerState.Service): Effect.Effect<InMemory.Service> =>
  InMemory.InMemory.pipe(Effect.provide(InMemory.layerHandle()), Effect.provideService(ServerState.ServerState, state))

const make = Effect.fnUntraced(function* (
  { disturbance }: Setup,
  name: string,
  { client, origin, received, state }: Server & { readonly client: HttpClient.HttpClient; readonly origin: string }
) {
  const send = (request: WireRequest) => exchange(client, origin, request)
  const target: Target = {
    prefix: "/v1",
    authorization: `Bearer ${token}`,
    run: `run-${name}`,
    controlled: true,
    send,
    setClock: (millis) => TestClock.setTime(startTime + millis),
    received: Effect.sync(() => received.splice(0)),
    rows: (rows, remembered) => Effect.flatMap(handleOf(state), (api) => rows(api, remembered))
  }
  if (disturbance === undefined) return target
  const waits = yield* Queue.unbounded<number>()
  const timeline: Disturbances.Timeline = { head: 0, pieces: [] }
  state.interceptor = Disturbances.interceptor(disturbance, waits, timeline, (id) =>
    Effect.sync(() => state.deleteContact(id))
  )
  /** Advances the clock to the end of each wait of the server. */
  const advanceClock = Queue.take(waits).pipe(
    Effect.tap(() => Effect.yieldNow),
    Effect.flatMap((end) => TestClock.setTime(end)),
    Effect.forever
  )
  const sendTimed = Effect.fnUntraced(function* (request: WireRequest) {
    timeline.head = 0
    timeline.pieces = []
    const advancing = yield* Effect.forkChild(advanceClock)
    const reply: Reply = yield* Effect.ensuring(send(request), Fiber.interrupt(advancing))
    return { ...reply, at: { head: timeline.head, pieces: [...timeline.pieces] } }
  })
  return { ...target, send: sendTimed }
})
