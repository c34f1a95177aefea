import type { Clause } from "./Clause.ts"

/** The six lists of a contact. */
const lists = [
  { id: "3.8.query", text: "a list of a contact has cursor, order and take of section 4, and ignores all others" },
  { id: "3.8.query.meta", text: "a meta filter of a list of a contact tests the meta of the items" },
  { id: "3.8.query.contact-id", text: "contactId in the query of a list of a contact is ignored" },
  { id: "3.8.format.json", text: "a list of a contact in JSON is {items, cursor?}, as section 5" },
  { id: "3.8.format.jsonl", text: "a list of a contact in JSON Lines is as section 5" },
  { id: "3.8.format.sse", text: "a list of a contact in SSE is as section 5" },
  { id: "3.8.format.csv", text: "a list of a contact in CSV is as section 5" },
  { id: "3.8.format.csv.meta", text: "the meta cell of an item in CSV is [object Object]" },
  { id: "3.8.rows", text: "a list has the rows of its contact, and no others" },
  { id: "3.8.rows.owner", text: "a list has the rows of its contact whoever owns them" },
  { id: "3.8.order", text: "items are ordered by createdAt, then id, newest first" },
  { id: "3.8.order.tasks", text: "tasks are not ordered by modification" },
  { id: "3.8.checks.verb", text: "another verb than GET is a 405, before all other checks" },
  { id: "3.8.checks.credentials", text: "the credentials are checked before Accept: 401" },
  { id: "3.8.checks.accept", text: "Accept is checked before the poll limit, and a bad one is not counted: 400" },
  { id: "3.8.checks.limit", text: "the poll limit is checked before the id: 429" },
  { id: "3.8.checks.blank", text: "a blank contact id is a 400" },
  { id: "3.8.checks.missing", text: "an unknown contact is a 404" },
  { id: "3.8.checks.foreign", text: "a contact of another account is a 403, before rows are read" },
  { id: "3.8.errors", text: "errors from Accept on have code first, and are JSON in every format" },
  { id: "3.8.errors.failure-code", text: "errors from Accept on have no X-Failure-Code" },
  {
    id: "3.8.lookup",
    text: "the contact is looked up for every page: after its deletion a stream ends with an error event NOT_FOUND"
  },
  { id: "3.8.effects", text: "a list changes nothing" },
  { id: "3.8.conversation", text: "the fields of a conversation, in their order" },
  { id: "3.8.memory", text: "the fields of a memory, in their order, without contactId and expiresAt" },
  { id: "3.8.rating", text: "the fields of a rating, in their order" },
  { id: "3.8.space", text: "the fields of a space, in their order, without alias" },
  { id: "3.8.task", text: "the fields of a task, in their order" },
  { id: "3.8.secret", text: "the fields of a secret, in their order" },
  { id: "3.8.nulls", text: "fields without a value are sent as null, never left out" },
  { id: "3.8.default.texts", text: 'name and description are never null, and "" by default' },
  { id: "3.8.default.conversation", text: 'backstory and model are "" by default, and may be null' },
  { id: "3.8.default.task", text: "status is idle and outcome is pending by default" },
  { id: "3.8.contact-id", text: "contactId is the id of the contact, not the text of the path" },
  { id: "3.8.rating.value", text: "value is an integer of either sign; reason is text or null" },
  { id: "3.8.task.times", text: "sessionDuration and maxTime are numbers, maxIterations is an integer, or null" },
  { id: "3.8.task.schedule", text: "schedule and timezone are text or null" },
  { id: "3.8.task.status", text: "status is idle, running or canceled" },
  { id: "3.8.task.outcome", text: "outcome is pending, success or failure" },
  { id: "3.8.dates", text: "lastRunAt, nextRunAt, createdAt and updatedAt are milliseconds" },
  {
    id: "3.8.secret.type",
    text: "type is plain, basic, bearer, jwt, oauth, template or reference"
  },
  { id: "3.8.secret.rows", text: "secret/list has one item for each stored value of the contact, and none without" },
  { id: "3.8.secret.shared", text: "a shared secret is not listed" },
  { id: "3.8.secret.hidden", text: "no list shows the value of a secret" },
  { id: "3.8.secret.id", text: "id and type are those of the secret" },
  {
    id: "3.8.secret.name",
    text: "name and description are those of the value, or of the secret where those are empty"
  },
  { id: "3.8.secret.meta", text: "meta and both dates are those of the value" },
  { id: "3.8.secret.foreign", text: "a secret of another account is listed if the contact has a value of it" },
  { id: "3.8.secret.dropped", text: "values without a secret are left out after paging, so a page can be short" },
  { id: "3.8.secret.cursor", text: "the cursor of secret/list is unknown, so a second page is empty" },
  { id: "3.8.secret.stream", text: "a stream of secret/list stops after its first page" },
  { id: "3.8.secret.both", text: "100 secrets are listed from each end, so both orders together give 200" }
] as const satisfies ReadonlyArray<Clause>

/** The memory search. */
const search = [
  { id: "3.8.search.body", text: "search is optional" },
  { id: "3.8.search.not-trimmed", text: "search is not trimmed" },
  { id: "3.8.search.empty", text: 'search "" is a 400: "search" is not allowed to be empty' },
  { id: "3.8.search.type", text: 'search of another type is a 400: "search" must be a string' },
  { id: "3.8.search.keys", text: 'another key is a 400: "take" is not allowed' },
  { id: "3.8.search.object", text: 'a body that is no object is a 400: "value" must be of type object' },
  {
    id: "3.8.search.order",
    text: "a search checks verb, content type, credentials, body, blank id, unknown contact, other owner, in this order"
  },
  { id: "3.8.search.errors", text: "errors of a search have message first, and X-Failure-Code on the 403" },
  { id: "3.8.search.accept", text: "a search ignores Accept" },
  { id: "3.8.search.limit", text: "a search has no poll limit" },
  { id: "3.8.search.cursor", text: "a search has no cursor and no stream" },
  { id: "3.8.search.fifty", text: "a search looks at the 50 most recently updated memories" },
  { id: "3.8.search.owner", text: "a search looks at memories of the contact that the caller owns" },
  { id: "3.8.search.ten", text: "a search finds at most 10 memories, most relevant first" },
  { id: "3.8.search.fields", text: "an item of a search is {id, text}" },
  { id: "3.8.search.none", text: "a search without memories is an empty list, also without search" },
  {
    id: "3.8.search.without",
    text: "without search, and with memories, a search is a 500 GENERIC_ERROR",
    basis: "I",
    assumptions: ["searchWithoutQuery"]
  },
  {
    id: "3.8.search.rank",
    text: "memories rank by the number of words of search in their text, ties by the newest update; all qualify",
    basis: "U",
    assumptions: ["memoryRank"]
  }
] as const satisfies ReadonlyArray<Clause>

/** Lists of a contact's items, and the memory search. */
export const subLists = [...lists, ...search] as const
