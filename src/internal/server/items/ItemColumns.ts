/** The columns of each kind of item that its list sends, in their order (wire contract 3.8.1). */
import type * as Records from "./ItemRecord.ts"

export const conversation = [
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
] as const satisfies ReadonlyArray<keyof Records.ConversationRecord>

export const memory = [
  "id",
  "name",
  "description",
  "botId",
  "text",
  "meta",
  "createdAt",
  "updatedAt"
] as const satisfies ReadonlyArray<keyof Records.MemoryRecord>

export const rating = [
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
] as const satisfies ReadonlyArray<keyof Records.RatingRecord>

export const space = [
  "id",
  "name",
  "description",
  "blueprintId",
  "contactId",
  "meta",
  "createdAt",
  "updatedAt"
] as const satisfies ReadonlyArray<keyof Records.SpaceRecord>

export const task = [
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
] as const satisfies ReadonlyArray<keyof Records.TaskRecord>
