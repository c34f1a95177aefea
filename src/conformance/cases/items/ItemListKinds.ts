import type * as Effect from "effect/Effect"
import type { Service as InMemory } from "../../../layers/InMemory.ts"

/** Columns that items of all kinds have. */
export interface CommonSeed {
  readonly id?: string
  readonly name?: string
  readonly meta?: Readonly<Record<string, string | boolean | number>>
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** A kind of item, by the name in the path of its list. */
export interface ItemKind {
  readonly name: "conversation" | "memory" | "rating" | "space" | "task"
  /** The clauses on its list and on its fields. */
  readonly clauses: readonly [
    list: "3.1.conversations" | "3.1.memories" | "3.1.ratings" | "3.1.spaces" | "3.1.tasks",
    fields: "3.8.conversation" | "3.8.memory" | "3.8.rating" | "3.8.space" | "3.8.task"
  ]
  readonly seed: (
    api: InMemory,
    contactId: string,
    seeds: ReadonlyArray<CommonSeed>,
    token?: string
  ) => Effect.Effect<unknown>
}

/** The kinds of items. Secrets are apart, since their list has rules of its own. */
export const itemKinds: ReadonlyArray<ItemKind> = [
  {
    name: "conversation",
    clauses: ["3.1.conversations", "3.8.conversation"],
    seed: (api, contactId, seeds, token) => api.seedConversations(contactId, seeds, token)
  },
  {
    name: "memory",
    clauses: ["3.1.memories", "3.8.memory"],
    seed: (api, contactId, seeds, token) => api.seedMemories(contactId, seeds, token)
  },
  {
    name: "rating",
    clauses: ["3.1.ratings", "3.8.rating"],
    seed: (api, contactId, seeds, token) => api.seedRatings(contactId, seeds, token)
  },
  {
    name: "space",
    clauses: ["3.1.spaces", "3.8.space"],
    seed: (api, contactId, seeds, token) => api.seedSpaces(contactId, seeds, token)
  },
  {
    name: "task",
    clauses: ["3.1.tasks", "3.8.task"],
    seed: (api, contactId, seeds, token) => api.seedTasks(contactId, seeds, token)
  }
]

/** The id of the item with this number. */
export const itemId = (index: number) => `item-${String(index).padStart(4, "0")}`

/** Items with the ids `item-0000` and so on, each created one millisecond after the one before. */
export const numberedItems = (count: number): ReadonlyArray<CommonSeed> =>
  Array.from({ length: count }, (_, index) => ({ id: itemId(index), createdAt: index }))

/** The ids of the items from one number to another, both included, up or down. */
export const itemIds = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => itemId(from + (to < from ? -index : index)))
