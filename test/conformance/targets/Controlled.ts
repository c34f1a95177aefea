import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { TestClock } from "effect/testing"
import * as InProcess from "../../../src/internal/server/InProcess.ts"
import * as ServerState from "../../../src/internal/server/ServerState.ts"
import * as Emulator from "../../../src/layers/Emulator.ts"
import { epoch, type Setup } from "../Case.ts"
import type { Reply } from "../Reply.ts"
import * as Disturbances from "./Disturbances.ts"
import { exchange, type Open, type Target, type Wire } from "./Target.ts"

const token = "sk-main"

/** Where the emulator listens too, so that the cookie that names the host is the same. */
const origin = "http://127.0.0.1"

/** The API in this process: no socket, but requests and replies are encoded and decoded. */
export const inProcess: Open = (setup, name) =>
  Effect.gen(function* () {
    const state = yield* newState(setup)
    const client = yield* Effect.provideService(
      InProcess.makeHttpClient({ baseUrl: origin }),
      ServerState.ServerState,
      state
    )
    return yield* make(setup, name, state, client, origin)
  })

/** The emulator on a free loopback port, asked with Node's own client. */
export const emulator: Open = (setup, name) =>
  Effect.gen(function* () {
    const state = yield* newState(setup)
    const served = Emulator.layerServed().pipe(Layer.provide(Layer.succeed(ServerState.ServerState, state)))
    const context = yield* Layer.build(Layer.merge(served, NodeHttpClient.layerUndici))
    const { url } = Context.get(context, Emulator.Emulator)
    return yield* make(setup, name, state, Context.get(context, HttpClient.HttpClient), url)
  })

const newState = Effect.fnUntraced(function* ({ accounts, limit, seeds }: Setup) {
  yield* TestClock.setTime(epoch)
  const state = yield* ServerState.make({
    ...(accounts === undefined ? {} : { accounts }),
    ...(limit === undefined ? {} : { rateLimit: limit })
  })
  for (const { token: of = token, contacts } of seeds ?? []) {
    const account = state.accountOf(of)
    if (account === undefined) return yield* Effect.die(new Error(`No account has the token ${of}`))
    yield* state.seed(account, contacts)
  }
  return state
})

const make = Effect.fnUntraced(function* (
  { disturbance }: Setup,
  name: string,
  state: ServerState.Service,
  client: HttpClient.HttpClient,
  origin: string
) {
  const ask = (wire: Wire) => exchange(client, origin, wire)
  const target: Target = {
    prefix: "/v1",
    authorization: `Bearer ${token}`,
    run: `run-${name}`,
    controlled: true,
    send: ask,
    setClock: (millis) => TestClock.setTime(epoch + millis)
  }
  if (disturbance === undefined) return target
  const waits = yield* Queue.unbounded<number>()
  const timeline: Disturbances.Timeline = { head: 0, pieces: [] }
  state.interceptor = Disturbances.interceptor(disturbance, waits, timeline)
  /** Lets time pass whenever the server waits, and only then. */
  const passTime = Queue.take(waits).pipe(
    Effect.tap(() => Effect.yieldNow),
    Effect.flatMap((end) => TestClock.setTime(end)),
    Effect.forever
  )
  const send = Effect.fnUntraced(function* (wire: Wire) {
    timeline.head = 0
    timeline.pieces = []
    const passing = yield* Effect.forkChild(passTime)
    const reply: Reply = yield* Effect.ensuring(ask(wire), Fiber.interrupt(passing))
    return { ...reply, at: { head: timeline.head, pieces: [...timeline.pieces] } }
  })
  return { ...target, send }
})
