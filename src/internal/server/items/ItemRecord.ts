/** The items of a contact: the rows of its sub-lists (wire contract 3.8.1). Times are milliseconds since the epoch. */
import type { Meta } from "../store/Meta.ts"

/** The columns that rows of all kinds have. */
export interface ItemRecord {
  readonly id: string
  /** The account that owns the row; never sent. */
  readonly account: string
  /** Null once the contact was deleted. */
  readonly contactId: string | null
  readonly name: string
  readonly description: string
  readonly meta: Meta | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** A stored conversation. */
export interface ConversationRecord extends ItemRecord {
  readonly taskId: string | null
  readonly botId: string | null
  readonly datasetId: string | null
  readonly skillsetId: string | null
  readonly backstory: string | null
  readonly model: string | null
}

/** A stored memory. */
export interface MemoryRecord extends ItemRecord {
  readonly botId: string | null
  readonly text: string
}

/** A stored rating. */
export interface RatingRecord extends ItemRecord {
  readonly botId: string | null
  readonly conversationId: string | null
  readonly messageId: string | null
  readonly value: number
  readonly reason: string | null
}

/** A stored space. */
export interface SpaceRecord extends ItemRecord {
  readonly blueprintId: string | null
}

/** A stored task. */
export interface TaskRecord extends ItemRecord {
  readonly botId: string | null
  readonly schedule: string | null
  readonly timezone: string | null
  readonly sessionDuration: number | null
  readonly maxIterations: number | null
  readonly maxTime: number | null
  /** `idle`, `running` or `canceled`. */
  readonly status: string
  /** `pending`, `success` or `failure`. */
  readonly outcome: string
  readonly lastRunAt: number | null
  readonly nextRunAt: number | null
}

/** A row to insert. Absent columns get defaults. */
export type NewItem<Record extends ItemRecord> = Partial<Omit<Record, "account" | "contactId">>
