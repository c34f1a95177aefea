/** The shapes of what belongs to a contact. */
import type { Shape } from "../format/Shape.ts"

const times = ["createdAt", "updatedAt"]
const begin = ["id", "name", "description"]
const end = ["meta", ...times]

export const conversationShape: Shape = {
  fields: [...begin, "contactId", "taskId", "botId", "datasetId", "skillsetId", "backstory", "model", ...end],
  table: ["id", "name", "botId", "model", "createdAt"],
  times
}

export const memoryShape: Shape = {
  fields: [...begin, "botId", "text", ...end],
  table: ["id", "text", "createdAt"],
  times
}

/** A memory as a search gives it. */
export const matchShape: Shape = { fields: ["id", "text"], table: ["id", "text"] }

export const ratingShape: Shape = {
  fields: [...begin, "contactId", "botId", "conversationId", "messageId", "value", "reason", ...end],
  table: ["id", "value", "reason", "conversationId", "createdAt"],
  times
}

export const taskShape: Shape = {
  fields: [
    ...begin,
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
    ...end
  ],
  table: ["id", "name", "schedule", "status", "outcome", "lastRunAt", "nextRunAt"],
  times: ["lastRunAt", "nextRunAt", ...times]
}

export const spaceShape: Shape = {
  fields: [...begin, "blueprintId", "contactId", ...end],
  table: ["id", "name", "createdAt"],
  times
}

export const secretShape: Shape = {
  fields: ["id", "type", "name", "description", ...end],
  table: ["id", "type", "name", "createdAt"],
  times
}

/** The URL at which a contact authorizes access to a secret. */
export const authorizationShape: Shape = { fields: ["id", "url"], table: ["id", "url"] }

export const verificationShape: Shape = {
  fields: ["id", "status", "action.type", "action.url"],
  table: ["id", "status", "action.url"]
}
