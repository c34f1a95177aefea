import { SecretClient } from "@chatbotkit/sdk/contact/secret/index.js"
import { layer } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import type * as Client from "../src/Client.ts"
import * as ContactSecret from "../src/ContactSecret.ts"
import * as Emulator from "../src/layers/Emulator.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Comparison from "./support/OfficialComparison.ts"

const ada = "c000000000000000000000ada"
const guest = "c0000000000000000000guest"

/** Replaces everything by the same contacts and secrets, so that both clients find the same server. */
const reset = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  yield* api.clear
  yield* api.seed([
    { id: ada, name: "Ada", verifiedAt: 1, createdAt: 1 },
    { id: guest, createdAt: 2 }
  ])
  yield* api.seedSecrets([
    {
      id: "calendar",
      kind: "personal",
      type: "oauth",
      name: "Calendar",
      alias: "calendar",
      createdAt: 1,
      updatedAt: 1
    },
    { id: "crm", kind: "personal", type: "bearer", name: "Ñandú", description: "d", createdAt: 2, updatedAt: 2 },
    { id: "none", kind: "personal", createdAt: 3, updatedAt: 3 },
    { id: "shared", kind: "shared", value: "v", createdAt: 4, updatedAt: 4 }
  ])
  yield* api.seedSecretValues(ada, [
    { secretId: "calendar", value: '{"accessToken":"t"}', meta: { tier: "gold" }, createdAt: 5, updatedAt: 5 },
    { secretId: "crm", value: "abc", name: "Own name", createdAt: 6, updatedAt: 6 }
  ])
})

const call = (
  name: string,
  theirs: (client: SecretClient) => Promise<unknown>,
  ours: Comparison.Call["ours"]
): Comparison.Call => ({ name, theirs: (options) => theirs(new SecretClient(options)), ours })

/** The path of a URL, which has no token. */
const pathOf = (url: string | undefined): string | undefined => (url === undefined ? undefined : new URL(url).pathname)

/** The outcome of a call that fails. */
const failure = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "no failure",
    (error: unknown) => (error instanceof Error ? "failed" : "threw something else")
  )

const failed = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<string, never, R> =>
  Effect.match(effect, { onFailure: () => "failed", onSuccess: () => "no failure" })

const requests = [
  { name: "without parameters", request: {} },
  { name: "with every parameter", request: { order: "asc", take: 2, meta: { tier: "gold" } } },
  { name: "with other parameters", request: { meta: { tier: "gold" }, take: 1, order: "desc" } }
] as const

interface Action {
  readonly name: string
  readonly theirs: (client: SecretClient, contactId: string, secretId: string) => Promise<unknown>
  readonly ours: (contactId: string, secretId: string) => Effect.Effect<unknown, unknown, Client.Client>
}

const actions: ReadonlyArray<Action> = [
  { name: "authenticate", theirs: (client, ...ids) => client.authenticate(...ids), ours: ContactSecret.authenticate },
  { name: "verify", theirs: (client, ...ids) => client.verify(...ids), ours: ContactSecret.verify },
  { name: "revoke", theirs: (client, ...ids) => client.revoke(...ids), ours: ContactSecret.revoke }
]

const secretIds = ["calendar", "crm", "none"]

const calls: ReadonlyArray<Comparison.Call> = [
  // Our pages have no cursor, since the server has no page after the first.
  ...requests.map(({ name, request }) =>
    call(
      `list ${name}`,
      async (client) => (await client.list(ada, request)).items,
      Effect.map(ContactSecret.listPage(ada, request), ({ items }) => items)
    )
  ),
  call(
    "list all",
    async (client) => (await client.list(ada, { order: "desc", take: 100 })).items,
    Stream.runCollect(ContactSecret.list(ada))
  ),
  ...secretIds.flatMap((id) => [
    call(
      `authenticate ${id}`,
      (client) => client.authenticate(ada, id).then((found) => ({ id: found.id, path: pathOf(found.url) })),
      Effect.map(ContactSecret.authenticate(ada, id), (found) => ({
        id: found.id,
        path: pathOf(Redacted.value(found.url))
      }))
    ),
    call(
      `verify ${id}`,
      (client) =>
        client.verify(ada, id).then((found) => ({
          id: found.id,
          status: found.status,
          type: found.action?.type,
          path: pathOf(found.action?.url)
        })),
      Effect.map(ContactSecret.verify(ada, id), (found) => ({
        id: found.id,
        status: found.status,
        type: found.action?.type,
        path: pathOf(found.action === undefined ? undefined : Redacted.value(found.action.url))
      }))
    )
  ]),
  ...["calendar", "crm"].map((id) =>
    call(`revoke ${id}`, (client) => client.revoke(ada, id), ContactSecret.revoke(ada, id))
  ),
  call(
    "revoke without a value",
    (client) => failure(client.revoke(ada, "none")),
    failed(ContactSecret.revoke(ada, "none"))
  ),
  ...actions.flatMap(({ name, ours, theirs }) =>
    [
      { of: "for a contact that is not verified", contactId: guest, secretId: "crm" },
      { of: "of a secret that nobody has", contactId: ada, secretId: "nobody" }
    ].map(({ contactId, of, secretId }) =>
      call(`${name} ${of}`, (client) => failure(theirs(client, contactId, secretId)), failed(ours(contactId, secretId)))
    )
  )
]

layer(Emulator.layer())("secrets, compared with the official client over HTTP", (it) => {
  it.effect.each(Comparison.transports.flatMap((transport) => calls.map((one) => ({ ...transport, ...one }))))(
    "$name over $transport: the same request and the same result",
    ({ client, ...one }) => Comparison.assertSame(one, client, reset)
  )
})
