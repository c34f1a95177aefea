/** The lists of a contact's items by kind, to test them alike. */
import type { Effect, Stream } from "effect"
import type * as Client from "../../src/Client.ts"
import * as ContactConversation from "../../src/ContactConversation.ts"
import * as ContactMemory from "../../src/ContactMemory.ts"
import * as ContactRating from "../../src/ContactRating.ts"
import * as ContactSpace from "../../src/ContactSpace.ts"
import * as ContactTask from "../../src/ContactTask.ts"
import type * as ServerState from "../../src/internal/server/ServerState.ts"
import type * as InMemory from "../../src/layers/InMemory.ts"

type Item = Pick<ContactMemory.ContactMemory, "id" | "name" | "description" | "meta" | "createdAt" | "updatedAt">
type Request = ContactMemory.ListRequest
type ListError = ContactMemory.ListError

/** The list of one kind of item. */
export interface Kind {
  /** The public module. */
  readonly module: string
  /** The list, as the rules of faults name it. */
  readonly operation:
    | "ContactConversation.list"
    | "ContactMemory.list"
    | "ContactRating.list"
    | "ContactSpace.list"
    | "ContactTask.list"
  /** The kind in paths and messages. */
  readonly kind: string
  readonly list: (contactId: string, request?: Request) => Stream.Stream<Item, ListError, Client.Client>
  readonly listPage: (
    contactId: string,
    request?: Request
  ) => Effect.Effect<{ readonly items: ReadonlyArray<Item>; readonly cursor?: string }, ListError, Client.Client>
  readonly seed: (
    api: InMemory.Service,
    contactId: string,
    seeds: ReadonlyArray<Partial<Item>>
  ) => Effect.Effect<ReadonlyArray<Item>>
  /** The fields of an item as the API sends it, beyond those that all kinds have. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The names of the fields that may be null. */
  readonly nullable: ReadonlyArray<string>
}

/** The rows of a kind that a server has, in which a test can delete what the API cannot. */
export const tableOf = ({ kind }: Kind, { items }: ServerState.Service): { readonly delete: (id: string) => void } => {
  switch (kind) {
    case "conversation":
      return items.conversations
    case "memory":
      return items.memories
    case "rating":
      return items.ratings
    case "space":
      return items.spaces
    default:
      return items.tasks
  }
}

const contactId = "cmwsk55x8000com7dj9qcuwx6"

export const kinds: ReadonlyArray<Kind> = [
  {
    module: "ContactConversation",
    operation: "ContactConversation.list",
    kind: "conversation",
    list: ContactConversation.list,
    listPage: ContactConversation.listPage,
    seed: (api, id, seeds) => api.seedConversations(id, seeds),
    fields: { contactId, taskId: "t", botId: "b", datasetId: "d", skillsetId: "s", backstory: "", model: "" },
    nullable: ["taskId", "botId", "datasetId", "skillsetId", "backstory", "model", "meta"]
  },
  {
    module: "ContactMemory",
    operation: "ContactMemory.list",
    kind: "memory",
    list: ContactMemory.list,
    listPage: ContactMemory.listPage,
    seed: (api, id, seeds) => api.seedMemories(id, seeds),
    fields: { botId: "b", text: "likes tea" },
    nullable: ["botId", "meta"]
  },
  {
    module: "ContactRating",
    operation: "ContactRating.list",
    kind: "rating",
    list: ContactRating.list,
    listPage: ContactRating.listPage,
    seed: (api, id, seeds) => api.seedRatings(id, seeds),
    fields: { contactId, botId: "b", conversationId: "c", messageId: "m", value: -1, reason: "slow" },
    nullable: ["botId", "conversationId", "messageId", "reason", "meta"]
  },
  {
    module: "ContactSpace",
    operation: "ContactSpace.list",
    kind: "space",
    list: ContactSpace.list,
    listPage: ContactSpace.listPage,
    seed: (api, id, seeds) => api.seedSpaces(id, seeds),
    fields: { blueprintId: "b", contactId },
    nullable: ["blueprintId", "meta"]
  },
  {
    module: "ContactTask",
    operation: "ContactTask.list",
    kind: "task",
    list: ContactTask.list,
    listPage: ContactTask.listPage,
    seed: (api, id, seeds) => api.seedTasks(id, seeds),
    fields: {
      contactId,
      botId: "b",
      schedule: "0 9 * * *",
      timezone: "Europe/London",
      sessionDuration: 0.5,
      maxIterations: 3,
      maxTime: 60_000,
      status: "idle",
      outcome: "pending",
      lastRunAt: 1_700_000_000_000,
      nextRunAt: 1_700_000_000_000
    },
    nullable: [
      "botId",
      "schedule",
      "timezone",
      "sessionDuration",
      "maxIterations",
      "maxTime",
      "lastRunAt",
      "nextRunAt",
      "meta"
    ]
  }
]

/** An item as the API sends it. The higher the number in an id such as `i7`, the older the item. */
export const row = ({ fields }: Kind, id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  id,
  name: "",
  description: "",
  ...fields,
  meta: { tier: "gold" },
  createdAt: 1_700_000_000_000 - Number(id.slice(1)),
  updatedAt: 1_700_000_000_000,
  ...more
})

/** An item as a line of JSON Lines. */
export const line = (kind: Kind, id: string, more?: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ type: "item", data: row(kind, id, more) })}\n`
