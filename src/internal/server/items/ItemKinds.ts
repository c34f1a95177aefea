/** The kinds of items that a contact has (wire contract 3.8.1). */
import type * as Records from "./ItemRecord.ts"
import type { ItemStore } from "./ItemStore.ts"
import type { ItemTable } from "./ItemTable.ts"

/** A kind of item. */
export interface ItemKind<Row extends Records.ItemRecord, Column extends keyof Row & string> {
  readonly table: (items: ItemStore) => ItemTable<Row>
  /** The columns that its list sends, in their order. */
  readonly columns: ReadonlyArray<Column>
  /** A row with the defaults of the database for absent columns. */
  readonly toRow: (given: Records.NewItem<Row>, common: Records.ItemRecord) => Row
}

const kind = <Row extends Records.ItemRecord, Column extends keyof Row & string>(
  definition: ItemKind<Row, Column>
): ItemKind<Row, Column> => definition

export const conversation = kind({
  table: (items: ItemStore) => items.conversations,
  columns: [
    "id",
    "name",
    "description",
    "contactId",
    "taskId",
    "botId",
    "datasetId",
    "skillsetId",
    "backstory",
    "model",
    "meta",
    "createdAt",
    "updatedAt"
  ],
  toRow: (
    { backstory = "", botId = null, datasetId = null, model = "", skillsetId = null, taskId = null },
    common
  ) => ({
    ...common,
    taskId,
    botId,
    datasetId,
    skillsetId,
    backstory,
    model
  })
})

export const memory = kind({
  table: (items: ItemStore) => items.memories,
  columns: ["id", "name", "description", "botId", "text", "meta", "createdAt", "updatedAt"],
  toRow: ({ botId = null, text = "" }, common) => ({ ...common, botId, text })
})

export const rating = kind({
  table: (items: ItemStore) => items.ratings,
  columns: [
    "id",
    "name",
    "description",
    "contactId",
    "botId",
    "conversationId",
    "messageId",
    "value",
    "reason",
    "meta",
    "createdAt",
    "updatedAt"
  ],
  toRow: ({ botId = null, conversationId = null, messageId = null, reason = null, value = 0 }, common) => ({
    ...common,
    botId,
    conversationId,
    messageId,
    value,
    reason
  })
})

export const space = kind({
  table: (items: ItemStore) => items.spaces,
  columns: ["id", "name", "description", "blueprintId", "contactId", "meta", "createdAt", "updatedAt"],
  toRow: ({ blueprintId = null }, common) => ({ ...common, blueprintId })
})

export const task = kind({
  table: (items: ItemStore) => items.tasks,
  columns: [
    "id",
    "name",
    "description",
    "contactId",
    "botId",
    "schedule",
    "timezone",
    "sessionDuration",
    "maxIterations",
    "maxTime",
    "status",
    "outcome",
    "lastRunAt",
    "nextRunAt",
    "meta",
    "createdAt",
    "updatedAt"
  ],
  toRow: (given, common) => ({
    ...common,
    botId: given.botId ?? null,
    schedule: given.schedule ?? null,
    timezone: given.timezone ?? null,
    sessionDuration: given.sessionDuration ?? null,
    maxIterations: given.maxIterations ?? null,
    maxTime: given.maxTime ?? null,
    status: given.status ?? "idle",
    outcome: given.outcome ?? "pending",
    lastRunAt: given.lastRunAt ?? null,
    nextRunAt: given.nextRunAt ?? null
  })
})
