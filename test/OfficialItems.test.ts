import { ConversationClient } from "@chatbotkit/sdk/contact/conversation/index.js"
import { SpaceClient } from "@chatbotkit/sdk/contact/space/index.js"
import { TaskClient } from "@chatbotkit/sdk/contact/task/index.js"
import { layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type * as Client from "../src/Client.ts"
import * as ContactConversation from "../src/ContactConversation.ts"
import * as ContactSpace from "../src/ContactSpace.ts"
import * as ContactTask from "../src/ContactTask.ts"
import * as Emulator from "../src/layers/Emulator.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Comparison from "./support/OfficialComparison.ts"

const ada = "c000000000000000000000ada"

/** Replaces everything by the same contact and items, so that both clients find the same server. */
const reset = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  yield* api.clear
  yield* api.seed([{ id: ada, name: "Ada", verifiedAt: 1, createdAt: 1 }])
  const common = (index: number) => ({
    id: `c00000000000000000000${String(index).padStart(4, "0")}`,
    name: `Ñandú ${index}`,
    description: 'one "line"\nand another',
    meta: index % 2 === 0 ? { tier: "gold", home_town: "London & Süd" } : null,
    createdAt: index,
    updatedAt: index
  })
  const indices = Array.from({ length: 7 }, (_, index) => index)
  yield* api.seedConversations(ada, [...indices.map(common), { createdAt: 9, updatedAt: 9, id: "last", botId: "b" }])
  yield* api.seedSpaces(ada, [...indices.map(common), { createdAt: 9, updatedAt: 9, id: "last", blueprintId: "p" }])
  yield* api.seedTasks(ada, [
    ...indices.map(common),
    {
      createdAt: 9,
      updatedAt: 9,
      id: "last",
      schedule: "0 9 * * 1",
      timezone: "Europe/Zurich",
      sessionDuration: 1.5,
      maxIterations: 3,
      status: "running",
      outcome: "failure",
      lastRunAt: 5
    }
  ])
})

const requests = [
  { name: "without parameters", request: {} },
  {
    name: "with every parameter",
    request: { cursor: "c000000000000000000000001", order: "asc", take: 2, meta: { tier: "gold" } }
  },
  { name: "with other parameters", request: { meta: { home_town: "London & Süd" }, take: 1, order: "desc" } },
  { name: "with a large take", request: { take: 500 } }
] as const

type ListRequest = ContactConversation.ListRequest

/** A module for the items of a contact, in both clients. */
interface Module {
  readonly name: string
  readonly theirs: (options: Comparison.OfficialOptions) => Pick<ConversationClient | SpaceClient | TaskClient, "list">
  readonly ours: {
    readonly list: (contactId: string, request?: ListRequest) => Stream.Stream<unknown, unknown, Client.Client>
    readonly listPage: (contactId: string, request?: ListRequest) => Effect.Effect<unknown, unknown, Client.Client>
  }
}

const modules: ReadonlyArray<Module> = [
  { name: "conversations", theirs: (options) => new ConversationClient(options), ours: ContactConversation },
  { name: "spaces", theirs: (options) => new SpaceClient(options), ours: ContactSpace },
  { name: "tasks", theirs: (options) => new TaskClient(options), ours: ContactTask }
]

const calls: ReadonlyArray<Comparison.Call> = modules.flatMap(({ name, ours, theirs }) => [
  ...requests.flatMap((one): ReadonlyArray<Comparison.Call> => [
    {
      name: `list ${name} ${one.name}`,
      theirs: async (options) => theirs(options).list(ada, one.request),
      ours: ours.listPage(ada, one.request)
    },
    {
      name: `stream ${name} ${one.name}`,
      theirs: (options) => Comparison.items(theirs(options).list(ada, one.request).stream()),
      ours: Stream.runCollect(ours.list(ada, one.request))
    }
  ]),
  {
    name: `list ${name} under run-as and in a time zone`,
    theirs: async (options) =>
      theirs(options)
        .list("nobody")
        .then(
          () => "found",
          () => "failed"
        ),
    ours: ours.listPage("nobody").pipe(Effect.match({ onFailure: () => "failed", onSuccess: () => "found" })),
    options: { runAsUserId: "child", timezone: "Pacific/Auckland" }
  }
])

layer(Emulator.layer())("items, compared with the official client over HTTP", (it) => {
  it.effect.each(Comparison.transports.flatMap((transport) => calls.map((one) => ({ ...transport, ...one }))))(
    "$name over $transport: the same request and the same result",
    ({ client, ...one }) => Comparison.assertSame(one, client, reset)
  )
})
