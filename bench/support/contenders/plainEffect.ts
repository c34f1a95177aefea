/** The client that a user of Effect writes by hand, in the way of the documentation of `effect/http`. */
import { Effect, flow, type Layer, ManagedRuntime, Schedule, Schema, Stream } from "effect"
import { Ndjson } from "effect/encoding"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { prefix } from "../data.ts"
import { type Contender, fromEffects } from "./contender.ts"

const Contact = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  description: Schema.String,
  fingerprint: Schema.String,
  email: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(Schema.String),
  nick: Schema.NullOr(Schema.String),
  preferences: Schema.NullOr(Schema.String),
  verifiedAt: Schema.NullOr(Schema.Number),
  meta: Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)),
  createdAt: Schema.Number,
  updatedAt: Schema.Number
})

const ContactRef = Schema.Struct({ id: Schema.String })

const Item = Schema.Struct({ type: Schema.Literal("item"), data: Contact })

const retry = { times: 3, schedule: Schedule.exponential("250 millis") }

const makeCalls = Effect.fn(function* (baseUrl: string, secret: string) {
  const client = (yield* HttpClient.HttpClient).pipe(
    HttpClient.mapRequest(
      flow(HttpClientRequest.prependUrl(`${baseUrl}${prefix}`), HttpClientRequest.bearerToken(secret))
    ),
    HttpClient.filterStatusOk
  )

  const fetch = Effect.fn("Contact.fetch")(function* (id: string) {
    return yield* HttpClientRequest.get(`/${id}/fetch`).pipe(
      HttpClientRequest.acceptJson,
      client.execute,
      Effect.flatMap(HttpClientResponse.schemaBodyJson(Contact)),
      Effect.timeout("30 seconds"),
      Effect.retry(retry)
    )
  })

  const post = (name: string) =>
    Effect.fn(name)(function* (path: string, body: object) {
      return yield* HttpClientRequest.post(path).pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.bodyJson(body),
        Effect.flatMap(client.execute),
        Effect.flatMap(HttpClientResponse.schemaBodyJson(ContactRef)),
        Effect.timeout("30 seconds"),
        Effect.retry(retry)
      )
    })
  const create = post("Contact.create")
  const ensure = post("Contact.ensure")
  const update = post("Contact.update")
  const remove = post("Contact.delete")

  const list = () =>
    HttpClientRequest.get("/list").pipe(
      HttpClientRequest.accept("application/jsonl"),
      client.execute,
      Effect.timeout("30 seconds"),
      Effect.retry(retry),
      HttpClientResponse.stream,
      Stream.pipeThroughChannel(Ndjson.decodeSchema(Item)({ ignoreEmptyLines: true })),
      Stream.map(({ data }) => data),
      Stream.withSpan("Contact.list")
    )

  return { fetch, create, ensure, update, remove, list }
})

/** Plain Effect over an `HttpClient`. */
export const make = async (
  layer: Layer.Layer<HttpClient.HttpClient>,
  baseUrl: string,
  secret: string
): Promise<Contender> => {
  const runtime = ManagedRuntime.make(layer)
  const calls = await runtime.runPromise(makeCalls(baseUrl, secret))
  return fromEffects(runtime, {
    list: calls.list,
    fetch: calls.fetch,
    write: {
      create: ({ fields }) => calls.create("/create", fields),
      ensure: ({ fields }) => calls.ensure("/ensure", fields),
      update: ({ fields, id }) => calls.update(`/${id}/update`, fields),
      delete: ({ id }) => calls.remove(`/${id}/delete`, {})
    }
  })
}
