import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric, Stream } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { Otlp } from "effect/observability"
import * as Contact from "../src/Contact.ts"
import * as InMemory from "../src/layers/InMemory.ts"

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string }
}

interface Span {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly attributes: ReadonlyArray<Attribute>
}

interface Exported {
  readonly resourceSpans?: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Span> }>
  }>
}

/** The span kind `client` of OTLP. */
const client = 3

/** The spans that Effect's exporter sends of a program, and the text of all that it sends. */
const exported = <E>(program: Effect.Effect<unknown, E, never>) =>
  Effect.gen(function* () {
    const bodies: Array<string> = []
    const collector = HttpClient.make((request) =>
      Effect.sync(() => {
        if (request.body._tag === "Uint8Array") bodies.push(new TextDecoder().decode(request.body.body))
        return HttpClientResponse.fromWeb(request, Response.json({}))
      })
    )
    const telemetry = Otlp.layerJson({
      baseUrl: "http://collector.test",
      compression: "none",
      resource: { serviceName: "test" }
    }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, collector)))
    yield* Effect.exit(program).pipe(Effect.provide(telemetry))
    const spans = bodies
      .map((body): Exported => JSON.parse(body))
      .flatMap((body) => body.resourceSpans ?? [])
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    return { spans, text: bodies.join("\n") }
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

const attributes = (span: Span | undefined) =>
  Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, String(Object.values(value)[0])]))

describe("the telemetry of the client", () => {
  const ada = { name: "Canary Lovelace", email: "canary@example.com", meta: { tier: "canary-tier" } }

  it.live("has a span for each operation, a child span for each attempt, and the duration of each attempt", () =>
    Effect.gen(function* () {
      const { spans, text } = yield* exported(
        Effect.gen(function* () {
          const { id } = yield* Contact.create(ada)
          yield* Stream.runDrain(Contact.list({ meta: { tier: "canary-tier" } }))
          yield* Contact.delete(id)
          return yield* Contact.fetch(id)
        }).pipe(Effect.provide(InMemory.layer()))
      )
      // Without the server spans of the in-memory API.
      const attempts = spans.filter(({ kind }) => kind === client)
      const parents = attempts.map(({ parentSpanId }) => spans.find(({ spanId }) => spanId === parentSpanId)?.name)
      assert.deepStrictEqual(
        attempts.map(({ name }, index) => `${parents[index]} > ${name}`),
        [
          "Contact.create > POST /contact/create",
          "Contact.list > GET /contact/list",
          // The request that confirms the end of the list.
          "Contact.list > GET /contact/list",
          "Contact.delete > POST /contact/{contactId}/delete",
          "Contact.fetch > GET /contact/{contactId}/fetch"
        ]
      )
      assert.deepInclude(attributes(attempts.at(-1)), {
        "http.request.method": "GET",
        "url.template": "/contact/{contactId}/fetch",
        "server.address": "api.chatbotkit.com",
        "server.port": "443",
        "http.response.status_code": "404",
        "error.type": "404"
      })
      assert.include(text, "http.client.request.duration")
      for (const secret of ["canary", "Canary", "sk-in-memory"]) assert.notInclude(text, secret)
    })
  )

  it.live("has a span for a lookup, and none of its values", () =>
    Effect.gen(function* () {
      const { spans, text } = yield* exported(
        Effect.gen(function* () {
          yield* Contact.create(ada)
          yield* Stream.runDrain(Contact.find({ emails: ["canary@example.com"], meta: { tier: "canary-tier" } }))
          yield* Stream.runDrain(Contact.find({ fingerprints: ["canary-fingerprint", "\ud800"] }))
        }).pipe(Effect.provide(InMemory.layer()))
      )
      const lookups = spans.filter(({ name }) => name === "Contact.find")
      assert.lengthOf(lookups, 2)
      const attempts = spans.filter(({ kind, parentSpanId }) => kind === client && parentSpanId === lookups[0]?.spanId)
      assert.deepStrictEqual(
        attempts.map(({ name }) => name),
        ["POST /graphql"]
      )
      assert.deepInclude(attributes(attempts[0]), {
        "http.request.method": "POST",
        "url.template": "/graphql",
        "http.response.status_code": "200"
      })
      for (const secret of ["canary", "Canary", "sk-in-memory"]) assert.notInclude(text, secret)
    })
  )
})
