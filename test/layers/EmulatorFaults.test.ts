import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Exit, Layer, Redacted } from "effect"
import { FetchHttpClient, type HttpClient } from "effect/http"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { post, send } from "../internal/server/Harness.ts"
import * as Fake from "../support/FakeHttp.ts"

const { Fault } = InMemory

const secret = Redacted.make("sk-test")
const token = Redacted.value(secret)
const options = { secret, retry: { retries: 0 } }

const emulated = (http: Layer.Layer<HttpClient.HttpClient>) =>
  Layer.unwrap(
    Effect.map(Emulator.Emulator, ({ url }) =>
      Client.layer({ ...options, baseUrl: url }).pipe(Layer.provideMerge(http))
    )
  ).pipe(Layer.provideMerge(Emulator.layer()))

const transports = {
  "in process": InMemory.layer({ client: options }),
  undici: emulated(NodeHttpClient.layerUndici),
  fetch: emulated(FetchHttpClient.layer)
}

const faults = {
  status: Fault.status(503),
  "a refusal": Fault.status(422, { code: "NO", message: "no" }),
  "an empty 200": Fault.status(200),
  "no content": Fault.status(204),
  HTML: Fault.status(200, { body: "<html>", headers: { "content-type": "text/html" } }),
  redirect: Fault.status(307, { headers: { location: "http://127.0.0.1:1/" } }),
  "rate limit": Fault.rateLimit({ retryAfter: "3 seconds" }),
  reset: Fault.reset,
  "reset after headers": Fault.resetAfter(0),
  "reset in the body": Fault.resetAfter(5),
  "reset after the body": Fault.resetAfter(34),
  stall: Fault.stall,
  "stall after headers": Fault.stallAfter(0),
  "stall in the body": Fault.stallAfter(5),
  delay: Fault.delay("1 hour"),
  "cut before the body": Fault.cutAfter(0),
  "cut in the body": Fault.cutAfter(5),
  garbage: Fault.garbage(),
  "endless blanks": Fault.endless(" ", { every: "1 second" }),
  "slow body": Fault.trickle(1, { every: "5 seconds" }),
  "lost to a status": Fault.afterCommit(Fault.status(500)),
  "lost to a reset": Fault.afterCommit(Fault.reset),
  "lost to a stall": Fault.afterCommit(Fault.stall),
  "lost to garbage": Fault.afterCommit(Fault.garbage())
}

/** The outcome of a create under a fault: its failure, the stored contacts and the requests. */
const outcome = (fault: InMemory.Fault.Fault) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.inject({ fault })
    const error = yield* Fake.failureOf(Contact.create({ name: "Ada" }), 1000)
    const { _tag, outcome, status } = error
    const stored = (yield* api.contacts(token)).length
    return { _tag, outcome, status, stored, sent: yield* api.requestCount() }
  })

describe("A client under faults", () => {
  for (const [name, fault] of Object.entries(faults)) {
    it.effect(`fails in process as over undici and over fetch: ${name}`, () =>
      Effect.gen(function* () {
        const local = yield* Effect.provide(outcome(fault), transports["in process"], { local: true })
        const undici = yield* Effect.provide(outcome(fault), transports.undici, { local: true })
        const fetch = yield* Effect.provide(outcome(fault), transports.fetch, { local: true })
        assert.deepStrictEqual({ undici, fetch }, { undici: local, fetch: local })
        assert.strictEqual(local.sent, 1)
      })
    )
  }
})

describe("Fetch and undici", () => {
  for (const [name, http] of Object.entries({ undici: NodeHttpClient.layerUndici, fetch: FetchHttpClient.layer })) {
    it.effect(`${name}: a reset body fails, a cut body ends early`, () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const { url } = yield* Emulator.Emulator
        const create = send(post("/v1/contact/create", {}, { authorization: `Bearer ${token}` }), url)
        for (const bytes of [0, 1, 33, 34]) {
          yield* api.inject({ fault: Fault.resetAfter(bytes) })
          assert.isTrue(Exit.isFailure(yield* Effect.exit(create)), `reset after ${bytes}`)
          yield* api.removeFaults
          yield* api.inject({ fault: Fault.cutAfter(bytes) })
          assert.lengthOf((yield* create).text, bytes)
          yield* api.removeFaults
        }
        yield* api.inject({ fault: Fault.reset })
        const refused = yield* Effect.flip(create)
        assert.strictEqual(refused.reason._tag, "TransportError")
      }).pipe(Effect.provide(Layer.merge(Emulator.layer(), http)))
    )
  }

  it.effect("the emulator closes although replies are stalled", () =>
    Effect.gen(function* () {
      const waiting = yield* Effect.gen(function* () {
        const { url } = yield* Emulator.Emulator
        const api = yield* InMemory.InMemory
        const fibers = yield* Effect.forEach(["/v1/contact/x/fetch", "/v1/contact/list"], (path) =>
          Effect.forkDetach(Effect.exit(send({ path }, url)))
        )
        for (let turn = 0; turn < 1000 && (yield* api.injectedFaults).length < 2; turn++) yield* Fake.settle
        assert.lengthOf(yield* api.injectedFaults, 2)
        return fibers
      }).pipe(
        Effect.provide(
          Emulator.layer({
            faults: [
              { operation: "Contact.fetch", fault: Fault.stall },
              { operation: "Contact.list", fault: Fault.stallAfter(3) }
            ]
          })
        )
      )
      for (const fiber of waiting) {
        for (let turn = 0; turn < 1000 && fiber.pollUnsafe() === undefined; turn++) yield* Fake.settle
        const exit = fiber.pollUnsafe()
        assert.isTrue(exit !== undefined && Exit.isSuccess(exit) && Exit.isFailure(exit.value))
      }
    }).pipe(Effect.provide(NodeHttpClient.layerUndici))
  )
})
