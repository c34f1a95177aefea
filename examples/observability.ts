/**
 * Spans, metrics and logs over OTLP with Effect's own exporter. They go to the collector at OTEL_EXPORTER_OTLP_ENDPOINT
 * (such as http://localhost:4318). Without that setting, their names are printed instead.
 */
import { Config, Console, Effect, Layer, Option, Stream } from "effect"
import { Contact } from "effect-chatbotkit"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { Otlp } from "effect/observability"

const program = Effect.gen(function* () {
  const { id } = yield* Contact.create({ name: "Ada Lovelace" })
  yield* Contact.fetch(id)
  yield* Effect.ignore(Contact.fetch("c000000000000000000000000"))
  yield* Stream.runDrain(Contact.list())
  yield* Contact.delete(id)
}).pipe(Effect.withSpan("example"))

/** A collector that prints the names of the spans and metrics it receives. */
const printingCollector = HttpClient.make((request, url) => {
  const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
  const names = new Set(Array.from(body.matchAll(/"name":"([^"]+)"/g), ([, name]) => name))
  return Effect.as(
    Console.log(url.pathname, [...names].join(", ")),
    HttpClientResponse.fromWeb(request, new Response("{}", { headers: { "content-type": "application/json" } }))
  )
})

const telemetry = Effect.gen(function* () {
  const endpoint = yield* Config.option(Config.String("OTEL_EXPORTER_OTLP_ENDPOINT"))
  const collector = Option.isSome(endpoint)
    ? FetchHttpClient.layer
    : Layer.succeed(HttpClient.HttpClient, printingCollector)
  return Otlp.layerJson({
    baseUrl: Option.getOrElse(endpoint, () => "http://localhost:4318"),
    compression: "none",
    resource: { serviceName: "effect-chatbotkit-example" }
  }).pipe(Layer.provide(collector))
}).pipe(Layer.unwrap)

await Effect.runPromise(program.pipe(Effect.provide(InMemory.layer()), Effect.provide(telemetry)))
