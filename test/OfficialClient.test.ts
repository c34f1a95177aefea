import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import * as Contact from "../src/Contact.ts"
import * as Emulator from "../src/layers/Emulator.ts"
import * as Fetch from "../src/layers/Fetch.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Comparison from "./support/OfficialComparison.ts"

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

const call = (
  name: string,
  theirs: (client: ContactClient) => Promise<unknown>,
  ours: Comparison.Call["ours"]
): Comparison.Call => ({ name, theirs: (options) => theirs(new ContactClient(options)), ours })

const created = { name: "Ñandú", email: "n@example.com", nick: "n", description: "d", preferences: "p", verifiedAt: 5 }

const calls: ReadonlyArray<Comparison.Call> = [
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
    (client) => Comparison.items(client.list({ order: "asc", take: 150, meta: { tier: "gold" } }).stream()),
    Stream.runCollect(Contact.list({ order: "asc", take: 150, meta: { tier: "gold" } }))
  )
]

layer(Emulator.layer())("compared with the official client over HTTP", (it) => {
  it.effect.each(Comparison.transports.flatMap((transport) => calls.map((one) => ({ ...transport, ...one }))))(
    "$name over $transport: the same request and the same result",
    ({ client, ...one }) => Comparison.assertSame(one, client, reset)
  )
})

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
