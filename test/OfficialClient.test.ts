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

/** Three contacts, always the same, so that two clients see the same server. */
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

/** The same calls in both clients' words. What is random in an answer (a new id) is not part of it. */
interface Case {
  readonly name: string
  readonly theirs: (client: ContactClient) => Promise<unknown>
  readonly ours: Effect.Effect<unknown, unknown, Client.Client>
}

const same = (name: string, theirs: Case["theirs"], ours: Case["ours"]): Case => ({ name, theirs, ours })

const created = { name: "Ñandú", email: "n@example.com", nick: "n", description: "d", preferences: "p", verifiedAt: 5 }

const cases: ReadonlyArray<Case> = [
  same(
    "create",
    (client) => client.create({ ...created, meta: { a: { b: [1] } } }).then(Object.keys),
    Effect.map(Contact.create({ ...created, meta: { a: { b: [1] } } }), Object.keys)
  ),
  same(
    "create, with nothing",
    (client) => client.create({}).then(Object.keys),
    Effect.map(Contact.create(), Object.keys)
  ),
  same("ensure", (client) => client.ensure({ fingerprint, name: "Ada" }), Contact.ensure({ fingerprint, name: "Ada" })),
  same("fetch", async (client) => client.fetch(ada), Contact.fetch(ada)),
  same(
    "update",
    (client) => client.update(ada, { nick: "ada", meta: { $update: { tier: "silver" } } }),
    Contact.update(ada, { nick: "ada", meta: { $update: { tier: "silver" } } })
  ),
  same("delete", (client) => client.delete(grace), Contact.delete(grace)),
  same("list", async (client) => client.list(), Contact.listPage()),
  same(
    "list, with everything",
    async (client) =>
      client.list({ cursor: ada, order: "asc", take: 2, meta: { tier: "gold", home_town: "London & Süd" } }),
    Contact.listPage({ cursor: ada, order: "asc", take: 2, meta: { tier: "gold", home_town: "London & Süd" } })
  ),
  same(
    "list, in another order of parameters",
    async (client) => client.list({ meta: { vip: "true" }, take: 1, order: "desc" }),
    Contact.listPage({ meta: { vip: "true" }, take: 1, order: "desc" })
  ),
  same(
    "list, streamed",
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

layer(Emulator.layer())("beside the official client, over HTTP", (it) => {
  it.effect.each(transports.flatMap((transport) => cases.map((call) => ({ ...transport, ...call }))))(
    "$name over $transport: the same request, the same answer",
    ({ client, ours, theirs }) =>
      Effect.gen(function* () {
        const { url } = yield* Emulator.Emulator
        const sent = Effect.flatMap(InMemory.InMemory, (api) =>
          Effect.map(api.requests, (requests) =>
            requests.map(({ body, headers, method, path, query }) => ({
              request: `${method} ${path}?${query}`,
              // The one field that is ours alone: what makes a create safe to send again.
              body: body?.replace(/,?"fingerprint":"[0-9a-f]{32}"/, ""),
              contentType: headers["content-type"],
              authorization: headers["authorization"]
            }))
          )
        )
        yield* reset
        const theirClient = yield* official
        const theirAnswer = yield* Effect.promise(() => theirs(theirClient))
        const theirRequests = yield* sent

        yield* reset
        const ourAnswer = yield* ours.pipe(Effect.provide(client({ secret: InMemory.secret, baseUrl: url })))
        // A streamed list of ours asks for one more page, to be sure of the end: theirs never is.
        assert.deepStrictEqual((yield* sent).slice(0, 1), theirRequests)
        assert.deepStrictEqual(withoutTimes(ourAnswer), withoutTimes(theirAnswer))
      })
  )
})

/** Both answers, less the times that differ because the second call came later. */
const withoutTimes = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer), (key, value: unknown) => (key === "updatedAt" ? undefined : value))

describe("where the official client puts its paths", () => {
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
