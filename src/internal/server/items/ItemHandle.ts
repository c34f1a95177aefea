import * as Effect from "effect/Effect"
import type { Service } from "../ServerState.ts"
import * as Kinds from "./ItemKinds.ts"
import type * as Records from "./ItemRecord.ts"
import * as ItemSeeds from "./ItemSeeds.ts"

/** A conversation as its list sends it, but with `contactId` null once the contact was deleted. */
export interface Conversation extends Omit<Records.ConversationRecord, "account"> {}

/** A memory as its list sends it. */
export interface Memory extends Omit<Records.MemoryRecord, "account" | "contactId"> {}

/** A rating as its list sends it, but with `contactId` null once the contact was deleted. */
export interface Rating extends Omit<Records.RatingRecord, "account"> {}

/** A space as its list sends it, but with `contactId` null once the contact was deleted. */
export interface Space extends Omit<Records.SpaceRecord, "account"> {}

/** A task as its list sends it. Its `contactId` is never null, as it is deleted with the contact. */
export interface Task extends Omit<Records.TaskRecord, "account"> {}

/**
 * An item to seed. Absent fields get the defaults of the API: a new id, the time now, and empty or no values. Times are
 * milliseconds since the epoch.
 */
export type ItemSeed<Item> = Partial<Omit<Item, "contactId">>

/**
 * Adds items to a contact, unchecked, and returns them as stored. They belong to the account of the contact, or to that
 * of the token. A contact that does not exist, or a taken id, is a defect.
 */
export type SeedItems<Item> = (
  contactId: string,
  seeds: Iterable<ItemSeed<Item>>,
  token?: string
) => Effect.Effect<ReadonlyArray<Item>>

/** The part of the handle on an in-memory API that seeds and reads items. */
export interface ItemHandle {
  /** Adds conversations to a contact. */
  readonly seedConversations: SeedItems<Conversation>
  /** The conversations of a contact, oldest first; of null, those whose contact was deleted. */
  readonly conversations: (contactId: string | null) => Effect.Effect<ReadonlyArray<Conversation>>
  /**
   * Adds memories to a contact.
   *
   * @example
   * ```ts
   * const [ada] = yield* api.seed([{ name: "Ada" }])
   * yield* api.seedMemories(ada.id, [{ text: "likes tea" }])
   * ```
   */
  readonly seedMemories: SeedItems<Memory>
  /** The memories of a contact, oldest first. */
  readonly memories: (contactId: string) => Effect.Effect<ReadonlyArray<Memory>>
  /** Adds ratings to a contact. */
  readonly seedRatings: SeedItems<Rating>
  /** The ratings of a contact, oldest first; of null, those whose contact was deleted. */
  readonly ratings: (contactId: string | null) => Effect.Effect<ReadonlyArray<Rating>>
  /** Adds spaces to a contact. */
  readonly seedSpaces: SeedItems<Space>
  /** The spaces of a contact, oldest first; of null, those whose contact was deleted. */
  readonly spaces: (contactId: string | null) => Effect.Effect<ReadonlyArray<Space>>
  /** Adds tasks to a contact. */
  readonly seedTasks: SeedItems<Task>
  /** The tasks of a contact, oldest first. */
  readonly tasks: (contactId: string) => Effect.Effect<ReadonlyArray<Task>>
}

/** The handle on the items of an API. `account` finds the id of the account of a token. */
export const make = (state: Service, account: (token: string) => Effect.Effect<string>): ItemHandle => {
  const seed =
    <Row extends Records.ItemRecord, Column extends keyof Row & string>(kind: Kinds.ItemKind<Row, Column>) =>
    (contactId: string, seeds: Iterable<Records.NewItem<Row>>, token?: string) =>
      Effect.flatMap(token === undefined ? Effect.undefined : account(token), (id) =>
        ItemSeeds.seed(state, kind, contactId, seeds, id)
      )
  const read =
    <Row extends Records.ItemRecord, Column extends keyof Row & string>(kind: Kinds.ItemKind<Row, Column>) =>
    (contactId: string | null) =>
      ItemSeeds.read(state, kind, contactId)
  return {
    seedConversations: seed(Kinds.conversation),
    conversations: read(Kinds.conversation),
    seedMemories: seed(Kinds.memory),
    memories: read(Kinds.memory),
    seedRatings: seed(Kinds.rating),
    ratings: read(Kinds.rating),
    seedSpaces: seed(Kinds.space),
    spaces: read(Kinds.space),
    seedTasks: seed(Kinds.task),
    tasks: read(Kinds.task)
  }
}
