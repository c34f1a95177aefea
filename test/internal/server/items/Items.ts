import * as Effect from "effect/Effect"
import type * as Fault from "../../../../src/internal/server/faults/Fault.ts"
import * as Kinds from "../../../../src/internal/server/items/ItemKinds.ts"
import type { ItemRecord, NewItem } from "../../../../src/internal/server/items/ItemRecord.ts"
import * as ItemSeeds from "../../../../src/internal/server/items/ItemSeeds.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { parse, send } from "../Harness.ts"

/** Adds items to a contact. */
export const seedItems =
  <Row extends ItemRecord, Column extends keyof Row & string>(kind: Kinds.ItemKind<Row, Column>) =>
  (contactId: string, seeds: Iterable<NewItem<Row>>, account?: string) =>
    Effect.flatMap(ServerState.ServerState, (state) => ItemSeeds.seed(state, kind, contactId, seeds, account))

export const seedMemories = seedItems(Kinds.memory)

/** A list of items. `seed` adds items of its kind with columns that all kinds have. */
export interface ItemList {
  readonly operation: Fault.OperationName
  readonly seed: (
    contactId: string,
    seeds: Iterable<NewItem<ItemRecord>>,
    account?: string
  ) => Effect.Effect<unknown, never, ServerState.ServerState>
  readonly columns: ReadonlyArray<string>
  readonly rows: (state: ServerState.Service) => ReadonlyArray<ItemRecord>
  readonly delete: (state: ServerState.Service, id: string) => void
}

/** The lists, by their segment of the path. */
export const lists: Readonly<Record<string, ItemList>> = {
  conversation: {
    operation: "ContactConversation.list",
    seed: seedItems(Kinds.conversation),
    columns: Kinds.conversation.columns,
    rows: ({ items }) => items.conversations.rows(),
    delete: ({ items }, id) => items.conversations.delete(id)
  },
  memory: {
    operation: "ContactMemory.list",
    seed: seedMemories,
    columns: Kinds.memory.columns,
    rows: ({ items }) => items.memories.rows(),
    delete: ({ items }, id) => items.memories.delete(id)
  },
  rating: {
    operation: "ContactRating.list",
    seed: seedItems(Kinds.rating),
    columns: Kinds.rating.columns,
    rows: ({ items }) => items.ratings.rows(),
    delete: ({ items }, id) => items.ratings.delete(id)
  },
  space: {
    operation: "ContactSpace.list",
    seed: seedItems(Kinds.space),
    columns: Kinds.space.columns,
    rows: ({ items }) => items.spaces.rows(),
    delete: ({ items }, id) => items.spaces.delete(id)
  },
  task: {
    operation: "ContactTask.list",
    seed: seedItems(Kinds.task),
    columns: Kinds.task.columns,
    rows: ({ items }) => items.tasks.rows(),
    delete: ({ items }, id) => items.tasks.delete(id)
  }
}

/** Items with ids in the order of their creation. */
export const numberedItems = (count: number): ReadonlyArray<NewItem<ItemRecord>> =>
  Array.from({ length: count }, (_, index) => ({ id: `row-${String(index).padStart(4, "0")}`, createdAt: index }))

/** The ids in one page of a list. */
export const pageIds = (path: string) =>
  Effect.map(send({ path }), (got): ReadonlyArray<string> =>
    got.status === 200 ? parse(got.text).items.map(({ id }: { readonly id: string }) => id) : [String(got.status)]
  )
