import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import type * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import * as Emulator from "../src/layers/Emulator.ts"
import * as Fetch from "../src/layers/Fetch.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Node from "../src/layers/Node.ts"

const official = Effect.map(
  Emulator.Emulator,
  ({ url }) => new ContactClient({ secret: Redacted.value(InMemory.secret), baseUrl: url })
)

const ada = "c000000000000000000000ada"
const grace = "c0000000000000000000grace"
const fingerprint = "crm-0001-ada-lovelace"

/** Replaces all contacts by the same three, so that both clients find the same server. */
const reset = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  yield* api.clear
  yield* api.seed([
    { id: ada, name: "Ada", createdAt: 1, verifiedAt: 1, fingerprint, meta: { tier: "gold", home_town: "London" } },
    { id: grace, name: "Grace", createdAt: 2, fingerprint: "crm-0002-grace", meta: { tier: "gold", vip: true } },
    { id: "c000000000000000000edsger", name: "Edsger", createdAt: 3, fingerprint: "crm-0003-edsger" }
  ])
  return api
})

/** The same call with both clients. A result leaves out the parts that are random, such as a new id. */
interface Case {
  readonly name: string
  readonly theirs: (client: ContactClient) => Promise<unknown>
  readonly ours: Effect.Effect<unknown, unknown, Client.Client>
}

const call = (name: string, theirs: Case["theirs"], ours: Case["ours"]): Case => ({ name, theirs, ours })

const created = { name: "Ñandú", email: "n@example.com", nick: "n", description: "d", preferences: "p", verifiedAt: 5 }

const cases: ReadonlyArray<Case> = [
  call(
    "create",
    (client) => client.create({ ...created, meta: { a: { b: [1] } } }).then(Object.keys),
    Effect.map(Contact.create({ ...created, meta: { a: { b: [1] } } }), Object.keys)
  ),
  call(
    "create without fields",
    (client) => client.create({}).then(Object.keys),
    Effect.map(Contact.create(), Object.keys)
  ),
  call("ensure", (client) => client.ensure({ fingerprint, name: "Ada" }), Contact.ensure({ fingerprint, name: "Ada" })),
  call("fetch", async (client) => client.fetch(ada), Contact.fetch(ada)),
  call(
    "update",
    (client) => client.update(ada, { nick: "ada", meta: { $update: { tier: "silver" } } }),
    Contact.update(ada, { nick: "ada", meta: { $update: { tier: "silver" } } })
  ),
  call("delete", (client) => client.delete(grace), Contact.delete(grace)),
  call("list", async (client) => client.list(), Contact.listPage()),
  call(
    "list with every parameter",
    async (client) =>
      client.list({ cursor: ada, order: "asc", take: 2, meta: { tier: "gold", home_town: "London & Süd" } }),
    Contact.listPage({ cursor: ada, order: "asc", take: 2, meta: { tier: "gold", home_town: "London & Süd" } })
  ),
  call(
    "list with its parameters in another order",
    async (client) => client.list({ meta: { vip: "true" }, take: 1, order: "desc" }),
    Contact.listPage({ meta: { vip: "true" }, take: 1, order: "desc" })
  ),
  call(
    "list as a stream",
    (client) => items(client.list({ order: "asc", take: 150, meta: { tier: "gold" } }).stream()),
    Stream.runCollect(Contact.list({ order: "asc", take: 150, meta: { tier: "gold" } }))
  )
]

const items = async (events: AsyncIterable<unknown>) => {
  const found: Array<unknown> = []
  for await (const event of events) {
    if (typeof event === "object" && event !== null && "data" in event) found.push(event.data)
  }
  return found
}

const transports = [
  { transport: "Fetch", client: Fetch.layer },
  { transport: "Node", client: Node.layer }
]

layer(Emulator.layer())("compared with the official client over HTTP", (it) => {
  it.effect.each(transports.flatMap((transport) => cases.map((one) => ({ ...transport, ...one }))))(
    "$name over $transport: the same request and the same result",
    ({ client, ours, theirs }) =>
      Effect.gen(function* () {
        const { url } = yield* Emulator.Emulator
        const sent = Effect.flatMap(InMemory.InMemory, (api) =>
          Effect.map(api.requests, (requests) =>
            requests.map(({ body, headers, method, path, query }) => ({
              request: `${method} ${path}?${query}`,
              // Only our client generates a fingerprint, which makes a create safe to send again.
              body: body?.replace(/,?"fingerprint":"[0-9a-f]{32}"/, ""),
              contentType: headers["content-type"],
              authorization: headers["authorization"]
            }))
          )
        )
        yield* reset
        const theirClient = yield* official
        const theirResult = yield* Effect.promise(() => theirs(theirClient))
        const theirRequests = yield* sent

        yield* reset
        const ourResult = yield* ours.pipe(Effect.provide(client({ secret: InMemory.secret, baseUrl: url })))
        // Only our client confirms the end of a streamed list with one more request.
        assert.deepStrictEqual((yield* sent).slice(0, 1), theirRequests)
        assert.deepStrictEqual(withoutTimes(ourResult), withoutTimes(theirResult))
      })
  )
})

/** A result without `updatedAt`, which differs since the second call comes later. */
const withoutTimes = (result: unknown): unknown =>
  JSON.parse(JSON.stringify(result), (key, value: unknown) => (key === "updatedAt" ? undefined : value))

describe("the URL of a request is that of the official client", () => {
  const hosts = [
    "https://api.chatbotkit.com",
    "https://api.chatbotkit.com/",
    "https://example.com",
    "http://[::1]:8080"
  ]
  it.effect.each(hosts.map((host) => ({ host })))("$host", ({ host }) =>
    Effect.gen(function* () {
      const urls: Array<string> = []
      const answer = () =>
        new Response(JSON.stringify({ items: [] }), { headers: { "content-type": "application/json" } })
      const record = (url: string | URL | Request) => {
        urls.push(String(url))
        return Promise.resolve(answer())
      }
      yield* Effect.promise(async () => new ContactClient({ secret: "sk-x", baseUrl: host, fetchFn: record }).list())
      yield* Contact.listPage().pipe(
        Effect.provide(Fetch.layer({ secret: InMemory.secret, baseUrl: host })),
        Effect.provideService(FetchHttpClient.Fetch, record)
      )
      assert.lengthOf(urls, 2)
      assert.strictEqual(urls[1], urls[0])
    })
  )
})
