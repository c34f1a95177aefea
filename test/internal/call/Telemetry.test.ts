import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Metric, Tracer } from "effect"
import * as Contact from "../../../src/Contact.ts"
import { over } from "../../support/Calls.ts"
import * as Fake from "../../support/FakeHttp.ts"

const id = "cmwsk55x8000com7dj9qcuwx6"

/** The histogram's measurements under a registry of the test's own. */
const measured = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    yield* Effect.exit(effect)
    const snapshot = yield* Metric.snapshot
    return snapshot
      .filter((metric) => metric.id === "http.client.request.duration")
      .map(({ attributes, state }) => ({ attributes, count: "count" in state ? state.count : undefined }))
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

describe("http.client.request.duration", () => {
  const template = {
    unit: "s",
    "http.request.method": "GET",
    "url.template": "/contact/{contactId}/fetch",
    "server.address": "api.chatbotkit.com",
    "server.port": "443"
  }

  it.effect("has a measurement for each attempt, by how it ended", () =>
    Effect.gen(function* () {
      const reset = { failWith: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }
      const fake = Fake.script(Fake.json(503, {}), reset, Fake.json(200, Fake.contact(id)))
      assert.deepStrictEqual(yield* measured(Fake.successOf(over(fake)(Contact.fetch(id)))), [
        { attributes: { ...template, "http.response.status_code": "503", "error.type": "503" }, count: 1 },
        { attributes: { ...template, "error.type": "TransportError" }, count: 1 },
        { attributes: { ...template, "http.response.status_code": "200" }, count: 1 }
      ])
    })
  )

  it.effect("has the type of the error for a 200 that cannot be decoded", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, "<html>"))
      assert.deepStrictEqual(yield* measured(Fake.failureOf(over(fake)(Contact.fetch(id)))), [
        {
          attributes: { ...template, "http.response.status_code": "200", "error.type": "UnexpectedResponse" },
          count: 1
        }
      ])
    })
  )

  it.effect("has no measurement of a call that was not sent", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* measured(Fake.failureOf(over(Fake.script("never"))(Contact.fetch("..")))), [])
    })
  )

  it.effect("has an attempt that the total timeout ends", () =>
    Effect.gen(function* () {
      const call = over(Fake.script("never"), { timeout: { total: "1 second" } })(Contact.fetch(id))
      assert.deepStrictEqual(yield* measured(Fake.failureOf(call)), [
        { attributes: { ...template, "error.type": "Timeout" }, count: 1 }
      ])
    })
  )

  it.effect("has an attempt that is interrupted", () =>
    Effect.gen(function* () {
      const call = over(Fake.script("never"))(Contact.fetch(id))
      const interrupted = Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(call, { startImmediately: true })
        yield* Fake.settle
        yield* Fiber.interrupt(fiber)
      })
      assert.deepStrictEqual(yield* measured(interrupted), [
        { attributes: { ...template, "error.type": "interrupted" }, count: 1 }
      ])
    })
  )

  it.effect("has an attempt that a bug ends", () =>
    Effect.gen(function* () {
      const call = over(Fake.script({ dieWith: new Error("bug") }))(Contact.fetch(id))
      assert.deepStrictEqual(yield* measured(Fake.drive(call)), [
        { attributes: { ...template, "error.type": "defect" }, count: 1 }
      ])
    })
  )
})

describe("the span of an attempt", () => {
  const errorTypes = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span(options) {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      yield* Effect.exit(Effect.withTracer(effect, tracer))
      return spans.filter(({ kind }) => kind === "client").map(({ attributes }) => attributes.get("error.type"))
    })

  it.effect("has the error type of an attempt that did not end by itself", () =>
    Effect.gen(function* () {
      const total = over(Fake.script("never"), { timeout: { total: "1 second" } })(Contact.fetch(id))
      assert.deepStrictEqual(yield* errorTypes(Fake.failureOf(total)), ["Timeout"])
      const interrupted = Effect.timeoutOption(over(Fake.script("never"))(Contact.fetch(id)), "1 second")
      assert.deepStrictEqual(yield* errorTypes(Fake.successOf(interrupted)), ["interrupted"])
    })
  )
})
