/**
 * A program that uses the packed package, compiled by Package.test.ts. With `declaration: true`, each export has a type that the
 * compiler must be able to name from the public modules.
 */
import { Effect, Layer, Redacted, Stream } from "effect"
import { Client, Contact, Errors } from "effect-chatbotkit"
import * as Emulator from "effect-chatbotkit/layers/Emulator"
import * as Fetch from "effect-chatbotkit/layers/Fetch"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import * as Node from "effect-chatbotkit/layers/Node"

const secret = Redacted.make("sk-consumer")

// Options
export const timeout = { attempt: "5 seconds", idle: "1 minute", total: "Infinity" } satisfies Client.TimeoutOptions
export const retry: Client.RetryOptions = { retries: 1, delay: "1 second", maxDelay: 5000 }
export const rateLimit: Client.RateLimitOptions = { limit: 10, window: "1 minute", key: "crm" }
export const options: Client.Options = { secret, timeout, retry, rateLimit, headers: { "x-a": "1" } }
export const overrides: Client.Overrides = { runAsUserId: null, rateLimit: null, headers: { "x-a": null } }

// Clients and layers
export const client = Client.make(options)
export const settings = Effect.map(client, (service) => service.settings)
export const httpClient = Effect.map(client, (service) => service.httpClient)
export const layers = [
  Client.layer(options),
  Client.layerConfig(),
  Fetch.layer(options),
  Fetch.layerConfig(),
  Node.layer(options),
  Node.layerConfig()
] as const
export const fake = InMemory.layer({ client: { retry }, rateLimit: 5, accounts: [{ id: "a", tokens: ["sk-a"] }] })
export const fakeHttp = InMemory.layerHttpClient()
export const emulator = Emulator.layer({ port: 0 })

// Operations
export const create = Contact.create({ name: "Ada", meta: { tier: "gold" } })
export const fetch = Contact.fetch("c1")
export const update = Contact.update("c1", { nick: null, meta: { $update: { tier: "gold" } } })
export const remove = Contact.delete("c1")
export const ensure = Contact.ensure({ fingerprint: "crm-0001-ada-lovelace" })
export const list = Contact.list({ order: "asc", meta: { tier: "gold" } })
export const listPage = Contact.listPage({ take: 10 })
export const under = Client.withOptions(fetch, overrides)
export const underAlso = fetch.pipe(Client.withOptions(overrides))
export const listUnder = list.pipe(Client.withOptionsStream({ timeout: { idle: "5 minutes" } }))
export const operations = { create, fetch, update, remove, ensure, list, listPage }

// Failures
export const recovered = fetch.pipe(
  Effect.catchTags({
    NotFound: (error) => Effect.succeed(error.contactId),
    RateLimited: (error) => Effect.succeed(error.retryAfter)
  })
)
export const isContactError = Errors.isContactError
export const schema = Errors.ContactError
export const schemas = [Contact.Contact, Contact.ContactRef, Contact.ContactPage, Contact.CreateRequest] as const

// The handle on the fake
export const inspected = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const seeded = yield* api.seed([{ name: "Ada" }])
  yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.afterCommit(InMemory.Fault.reset) })
  const requests = yield* api.requests
  const snapshot = yield* api.snapshot
  yield* api.restore(snapshot)
  return { seeded, requests, snapshot, contacts: yield* api.contacts(), struck: yield* api.struck }
})
export const seeds: ReadonlyArray<InMemory.Seed> = [{ name: "Ada" }]
export const rule: InMemory.Fault.Rule = { fault: InMemory.Fault.status(503), times: 2 }
export const program = Effect.all({ inspected, names: Stream.runCollect(Stream.map(list, ({ name }) => name)) }).pipe(
  Effect.provide(fake)
)
export const all = Layer.mergeAll(fake, emulator)
