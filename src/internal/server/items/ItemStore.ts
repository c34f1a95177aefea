import type * as Records from "./ItemRecord.ts"
import { Cuids } from "../store/Cuids.ts"
import { ItemTable } from "./ItemTable.ts"

/** The rows of a kind, as a copy that nobody changes. */
type Rows<Record> = ReadonlyArray<Record>

/** A copy of all items. */
export interface Items {
  readonly conversations: Rows<Records.ConversationRecord>
  readonly memories: Rows<Records.MemoryRecord>
  readonly ratings: Rows<Records.RatingRecord>
  readonly spaces: Rows<Records.SpaceRecord>
  readonly tasks: Rows<Records.TaskRecord>
}

/** The items of all contacts of all accounts. */
export class ItemStore {
  readonly ids = new Cuids()
  readonly conversations = new ItemTable<Records.ConversationRecord>()
  readonly memories = new ItemTable<Records.MemoryRecord>()
  readonly ratings = new ItemTable<Records.RatingRecord>()
  readonly spaces = new ItemTable<Records.SpaceRecord>()
  readonly tasks = new ItemTable<Records.TaskRecord>()

  /**
   * Does what the schema of the database says when a contact is deleted: its tasks and memories are deleted, its
   * conversations, ratings and spaces stay without a contact (wire contract 3.7).
   */
  deleteContact(contactId: string): void {
    this.tasks.deleteRowsOf(contactId)
    this.memories.deleteRowsOf(contactId)
    this.conversations.unlinkRowsOf(contactId)
    this.ratings.unlinkRowsOf(contactId)
    this.spaces.unlinkRowsOf(contactId)
  }

  /** Every item. The rows are the stored ones, which never change. */
  rows(): Items {
    return {
      conversations: this.conversations.rows(),
      memories: this.memories.rows(),
      ratings: this.ratings.rows(),
      spaces: this.spaces.rows(),
      tasks: this.tasks.rows()
    }
  }

  /** Replaces all items. */
  replaceBy(items: Items): void {
    this.conversations.replaceBy(items.conversations)
    this.memories.replaceBy(items.memories)
    this.ratings.replaceBy(items.ratings)
    this.spaces.replaceBy(items.spaces)
    this.tasks.replaceBy(items.tasks)
  }

  /** Removes everything. */
  clear(): void {
    for (const table of [this.conversations, this.memories, this.ratings, this.spaces, this.tasks]) table.clear()
  }
}
