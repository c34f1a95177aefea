/** The list of the least command line: one request, decoded and written line by line. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Ndjson from "effect/encoding/Ndjson"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { prefix } from "./data.ts"

const Item = Schema.Struct({
  type: Schema.Literal("item"),
  data: Schema.Struct({
    id: Schema.String,
    name: Schema.String,
    email: Schema.NullOr(Schema.String),
    createdAt: Schema.Number
  })
})

export const list = (take: number) =>
  Effect.gen(function* () {
    const secret = yield* Config.Redacted("CHATBOTKIT_API_SECRET")
    const baseUrl = yield* Config.String("CHATBOTKIT_BASE_URL")
    const request = HttpClientRequest.get(`${baseUrl}${prefix}/list?take=${take}`).pipe(
      HttpClientRequest.bearerToken(Redacted.value(secret)),
      HttpClientRequest.setHeader("accept", "application/jsonl")
    )
    yield* HttpClientResponse.stream(HttpClient.execute(request)).pipe(
      Stream.pipeThroughChannel(Ndjson.decodeSchema(Item)()),
      Stream.take(take),
      Stream.runForEach(({ data }) => Console.log(JSON.stringify(data)))
    )
  }).pipe(Effect.provide(NodeHttpClient.layerUndici))
