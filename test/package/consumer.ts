/**
 * A program that uses the packed package, compiled by Package.test.ts. With `declaration: true`, the compiler must name the
 * type of each export from the public modules.
 */
import { Config, Effect, Layer, Redacted, Schema, Stream } from "effect"
import {
  Client,
  Contact,
  ContactConversation,
  ContactMemory,
  ContactRating,
  ContactSecret,
  ContactSpace,
  ContactTask,
  Errors
} from "effect-chatbotkit"
import * as ClientModule from "effect-chatbotkit/Client"
import * as ContactModule from "effect-chatbotkit/Contact"
import * as ConversationModule from "effect-chatbotkit/ContactConversation"
import * as MemoryModule from "effect-chatbotkit/ContactMemory"
import * as RatingModule from "effect-chatbotkit/ContactRating"
import * as SecretModule from "effect-chatbotkit/ContactSecret"
import * as SpaceModule from "effect-chatbotkit/ContactSpace"
import * as TaskModule from "effect-chatbotkit/ContactTask"
import * as ErrorsModule from "effect-chatbotkit/Errors"
import * as Jobs from "effect-chatbotkit/jobs"
import * as Emulator from "effect-chatbotkit/layers/Emulator"
import * as Fetch from "effect-chatbotkit/layers/Fetch"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import * as Node from "effect-chatbotkit/layers/Node"
import { HttpClient, HttpClientResponse } from "effect/http"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"

const secret = Redacted.make("sk-consumer")

export const modules = [ClientModule, ContactModule, ErrorsModule] as const
export const itemModules = [
  ConversationModule,
  MemoryModule,
  RatingModule,
  SecretModule,
  SpaceModule,
  TaskModule
] as const

// Options
export const timeout = { attempt: "5 seconds", idle: "1 minute", total: "Infinity" } satisfies Client.TimeoutOptions
export const retry: Client.RetryOptions = { retries: 1, delay: "1 second", maxDelay: 5000 }
export const rateLimit: Client.RateLimitOptions = { limit: 10, window: "1 minute", key: "crm" }
export const transformClient: Client.Options["transformClient"] = HttpClient.tap(() => Effect.void)
export const circuitBreaker: Client.Options["circuitBreaker"] = undefined
export const breaker = CircuitBreaker.CircuitBreaker
export const options: Client.Options = {
  secret,
  baseUrl: new URL("https://api.chatbotkit.com"),
  runAsUserId: "user_1",
  runAsChildUserEmail: undefined,
  timezone: "Europe/Sofia",
  headers: { "x-a": "1" },
  timeout,
  retry,
  rateLimit,
  circuitBreaker,
  exactlyOnce: true,
  transformClient
}
export const rotating: Client.Options = { secret: Effect.succeed(secret) }
export const configured: Client.ConfigOptions = { secret: Config.Redacted("TOKEN"), timezone: Config.succeed("UTC") }
export const overrides: Client.Overrides = {
  secret: undefined,
  baseUrl: null,
  runAsUserId: null,
  runAsChildUserEmail: null,
  timezone: null,
  headers: { "x-a": null, "x-b": "1" },
  timeout: { attempt: null, idle: "1 minute" },
  retry: null,
  rateLimit: null,
  circuitBreaker: null,
  exactlyOnce: null,
  transformClient: null
}

// Clients and layers
export const service = Client.Client
export const client = Client.make(options)
export const settings = Effect.map(client, (service) => service.settings)
export const prefix = Effect.map(settings, ({ prefix, retry, server, timeout }) => ({ prefix, retry, server, timeout }))
export const other = Effect.flatMap(client, (service) => service.withOptions(overrides))
export const httpClient = Effect.map(client, (service) => service.httpClient)
export const bots = Effect.flatMap(httpClient, (client) => client.get("/bot/list")).pipe(
  Effect.flatMap(HttpClientResponse.schemaBodyJson(Schema.Struct({ items: Schema.Array(Schema.Json) })))
)
export const layers = [
  Client.layer(options),
  Client.layerConfig(configured),
  Fetch.layer(options),
  Fetch.layerConfig(configured),
  Node.layer(options),
  Node.layerConfig(configured)
] as const
export const fetchLayer = Fetch.layer(options)
export const nodeLayer = Node.layer(options)
export const fake = InMemory.layer({ client: { retry }, rateLimit: 5, accounts: [{ id: "a", tokens: ["sk-a"] }] })
export const fakeHttp = InMemory.layerHttpClient({ baseUrl: "http://localhost:9" })
export const emulator = Emulator.layer({ port: 0 })
export const url = Effect.map(Emulator.Emulator, ({ url }) => url)

// Operations
export const request: Contact.ListRequest = { take: 5 }
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
export const listUnderAlso = Client.withOptionsStream(list, overrides)
export const operations = { create, fetch, update, remove, ensure, list, listPage }
export const exported = Contact.export({ order: "asc" })
export const items = {
  conversations: ContactConversation.list("c1"),
  conversationPage: ContactConversation.listPage("c1"),
  memories: ContactMemory.list("c1", { take: 5 }),
  memoryPage: ContactMemory.listPage("c1", request),
  search: ContactMemory.search("c1", { search: "tea" }),
  ratings: ContactRating.list("c1"),
  ratingPage: ContactRating.listPage("c1"),
  secrets: ContactSecret.list("c1", { take: 5 }),
  secretPage: ContactSecret.listPage("c1"),
  authenticate: ContactSecret.authenticate("c1", "@calendar"),
  verify: ContactSecret.verify("c1", "s1"),
  revoke: ContactSecret.revoke("c1", "s1"),
  mint: ContactSecret.mint("c1", "s1"),
  proxy: ContactSecret.proxy("c1", "s1", { url: "https://service.test", headers: { "x-a": "1" } }, { retries: 1 }),
  spaces: ContactSpace.list("c1"),
  spacePage: ContactSpace.listPage("c1"),
  tasks: ContactTask.list("c1"),
  taskPage: ContactTask.listPage("c1")
}
export const status = Stream.map(items.tasks, (task) => task.status)
export const functions = {
  create: Contact.create,
  fetch: Contact.fetch,
  update: Contact.update,
  remove: Contact.delete,
  ensure: Contact.ensure,
  list: Contact.list,
  listPage: Contact.listPage,
  make: Client.make,
  withOptions: Client.withOptions
}

// Schemas
export const schemas = {
  Contact: Contact.Contact,
  ContactRef: Contact.ContactRef,
  ContactPage: Contact.ContactPage,
  ContactOptions: Contact.ContactOptions,
  CreateRequest: Contact.CreateRequest,
  UpdateRequest: Contact.UpdateRequest,
  EnsureRequest: Contact.EnsureRequest,
  ListRequest: Contact.ListRequest
}
export const itemSchemas = {
  ExportedContact: Contact.ExportedContact,
  ContactConversation: ContactConversation.ContactConversation,
  ContactConversationPage: ContactConversation.ContactConversationPage,
  ContactMemory: ContactMemory.ContactMemory,
  MemoryMatch: ContactMemory.MemoryMatch,
  SearchRequest: ContactMemory.SearchRequest,
  ContactRating: ContactRating.ContactRating,
  ContactSecret: ContactSecret.ContactSecret,
  ContactSecretPage: ContactSecret.ContactSecretPage,
  SecretVerification: ContactSecret.SecretVerification,
  SecretAuthorization: ContactSecret.SecretAuthorization,
  MintedToken: ContactSecret.MintedToken,
  ProxyRequest: ContactSecret.ProxyRequest,
  SecretListRequest: ContactSecret.ListRequest,
  ContactSpace: ContactSpace.ContactSpace,
  ContactTask: ContactTask.ContactTask,
  ContactTaskPage: ContactTask.ContactTaskPage
}
export const decode = Schema.decodeUnknownEffect(Contact.Contact)
export const emails = (page: Contact.ContactPage) => page.items.map(({ email }) => email)

// Failures
export const recovered = fetch.pipe(
  Effect.catchTags({
    NotFound: (error) => Effect.succeed(error.contactId),
    RateLimited: (error) => Effect.succeed(error.retryAfter)
  })
)
export const flipped = Effect.flip(create)
export type Failures = Contact.CreateError | Contact.DeleteError | Contact.EnsureError | Contact.FetchError
export const describe = (error: Failures | Contact.ListError | Contact.UpdateError) =>
  [error._tag, error.outcome] as const
export const isContactError = Errors.isContactError
export const schema = Errors.ContactError
export const errors = Errors
export const invalid = new Errors.InvalidOptions({ option: "secret", description: "Expected a token" })

// Jobs
export const jobs = Jobs.layer
export const submitted = Jobs.submit("crm", Stream.make({ name: "Ada" }), { operation: "upsert", by: "email" })
export const deleted = Jobs.submit("old", Stream.make("c1"), { operation: "delete", beforeImages: true })
export const jobControl = [Jobs.pause, Jobs.resume, Jobs.cancel, Jobs.remove, Jobs.undo, Jobs.progress] as const
export const waited = Jobs.wait("crm", { stallAfter: "5 minutes" })
export const jobOutcomes = Jobs.outcomes("crm")
export const jobService = Jobs.Jobs
export const jobProgress = Jobs.JobProgress

// The handle on the fake
export const handle = InMemory.InMemory
export const requests = Effect.flatMap(handle, (api) => api.requests)
export const snapshot = Effect.flatMap(handle, (api) => api.snapshot)
export const inspected = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const seeded = yield* api.seed([{ name: "Ada" }])
  yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.afterCommit(InMemory.Fault.reset) })
  const requests = yield* api.requests
  const snapshot = yield* api.snapshot
  yield* api.restore(snapshot)
  return { seeded, requests, snapshot, contacts: yield* api.contacts(), injected: yield* api.injectedFaults }
})
export const arbitrary = InMemory.seedArbitrary(3)
export const secrets = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const seeded = yield* api.seedSecrets([{ id: "crm", kind: "personal" }])
  const values = yield* api.seedSecretValues("id", [{ secretId: "crm", value: "token" }])
  const random = yield* InMemory.seedArbitrarySecrets(3)
  return { seeded, values, random, all: yield* api.secrets(), stored: yield* api.secretValues("id") }
})
export const arbitraryValues = InMemory.seedArbitrarySecretValues("id")
export const secretSeeds: ReadonlyArray<InMemory.SecretSeed> = [{ type: "oauth" }]
export const upstream: InMemory.Upstream = ({ url }) => Effect.succeed({ status: 200, body: url })
export const outside: InMemory.ServerOptions = { upstream, secretTemplates: { crm: { type: "bearer", config: null } } }
export const seeds: ReadonlyArray<InMemory.Seed> = [{ name: "Ada" }]
export const server: InMemory.ServerOptions = { rateLimit: 5, compression: true }
export const account: InMemory.AccountOptions = { id: "a", tokens: ["sk-a"] }
export const path = (request: InMemory.SeenRequest) => request.path
export const kept = (snapshot: InMemory.Snapshot) => snapshot
export const fault: InMemory.Fault.Fault = InMemory.Fault.resetAfter({ lines: 2 })
export const rule: InMemory.Fault.Rule = { fault: InMemory.Fault.status(503), times: 2 }
export const faults = InMemory.Fault
export const narrowed = Effect.map(inspected, ({ injected }) =>
  injected.map(({ fault }) => ({
    status: fault._tag === "Status" ? fault : undefined,
    delay: fault._tag === "Delay" ? fault : undefined,
    plain: fault._tag === "Reset" ? fault : undefined,
    cut: fault._tag === "CutAfter" ? fault : undefined,
    garbage: fault._tag === "Garbage" ? fault : undefined,
    trickle: fault._tag === "Trickle" ? fault : undefined,
    endless: fault._tag === "Endless" ? fault : undefined,
    error: fault._tag === "ErrorAfter" ? fault : undefined,
    dropped: fault._tag === "DropPage" ? fault : undefined,
    delayed: fault._tag === "DelayPage" ? fault : undefined,
    cursor: fault._tag === "IgnoreCursor" ? fault : undefined,
    committed: fault._tag === "AfterCommit" ? fault.fault : undefined
  }))
)
export const program = Effect.all({ inspected, names: Stream.runCollect(Stream.map(list, ({ name }) => name)) }).pipe(
  Effect.provide(fake)
)
export const all = Layer.mergeAll(fake, emulator)
