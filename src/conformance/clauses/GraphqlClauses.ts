import type { Clause } from "./Clause.ts"

const request = [
  { id: "12.path", text: "POST /v1/graphql and /api/v1/graphql answer queries" },
  { id: "12.body", text: "the body is {query, variables?, operationName?}, or has extensions" },
  { id: "12.body.keys", text: "another key of the body is an error" },
  {
    id: "12.credentials",
    text: "missing or bad credentials are a 403 or 401, message first, before anything of GraphQL"
  },
  { id: "12.credentials.scoped", text: "a scoped JWT needs the route graphql" },
  { id: "12.credentials.run-as", text: "run-as is as section 7" },
  { id: "12.status", text: "with good credentials the status is always 200 and the type application/json" },
  { id: "12.get", text: "GET with ?query=… answers queries" },
  { id: "12.get.mutation", text: "a mutation by GET is an error at status 200" },
  { id: "12.verbs", text: "other verbs are an error at status 200, not a 405" },
  { id: "12.head", text: "HEAD and OPTIONS are as section 6" },
  { id: "12.content-type", text: "a JSON body of another type is an error at status 200" },
  { id: "12.accept", text: "JSON types, */* and no Accept are answered" },
  { id: "12.accept.streams", text: "text/event-stream and multipart/mixed change the body, but not the content type" },
  { id: "12.accept.html", text: "text/html with GET gives an HTML page" },
  { id: "12.accept.csv", text: "Accept: text/csv is an error at status 200" },
  { id: "12.limits", text: "the body limit and JSON errors are those of section 6, before credentials" },
  { id: "12.no-rate-limit", text: "no rate limit is checked" },
  { id: "12.introspection", text: "introspection is on" },
  { id: "12.no-batching", text: "a batch is an error" }
] as const satisfies ReadonlyArray<Clause>

const query = [
  { id: "12.schema", text: "contacts has nine arguments, of these types" },
  { id: "12.schema.connection", text: "the connection has edges and pageInfo, no nodes and no totalCount" },
  { id: "12.schema.contact", text: "a contact has eleven nullable fields and five connections, and no preferences" },
  { id: "12.contact.fields", text: "fields of a contact are as stored, null if null" },
  { id: "12.contact.dates", text: "dates are ISO texts in UTC with milliseconds" },
  { id: "12.contact.meta", text: "meta is as stored, with # keys" },
  { id: "12.contact.items", text: "tasks, conversations, ratings, memories and spaces are connections, newest first" },
  { id: "12.scope", text: "only the caller's contacts are found; ids of other accounts are missing" },
  { id: "12.and", text: "all given filters must hold" },
  { id: "12.equals", text: "contactIds, fingerprints and emails are compared exactly, not trimmed" },
  { id: "12.missing", text: "values that nobody has are silently missing" },
  { id: "12.list-order", text: "the result is in list order, not in that of the argument" },
  { id: "12.empty", text: "[] finds nothing; null and absence are no filter" },
  { id: "12.single", text: "a single value is taken as a list of one" },
  { id: "12.integers", text: "integers are accepted in contactIds only" },
  { id: "12.null-inside", text: "null in a list is an error" },
  { id: "12.emails", text: "several contacts can have one e-mail" },
  { id: "12.meta", text: "texts, numbers and booleans in meta must be equal, the JSON type included" },
  { id: "12.meta.nested", text: "nested objects and arrays in meta go by path" },
  { id: "12.meta.no-condition", text: "null, {} and [] in meta are no condition" },
  { id: "12.meta.keys", text: "keys of meta are pasted into the path: a dot needs quotes, an empty key is an error" },
  { id: "12.meta.none", text: "meta {} and null are no filter" },
  { id: "12.order", text: "order is desc by default and for null, or asc; anything else is a validation error" },
  { id: "12.first", text: "first is 20 by default and at most 100; more is cut silently" },
  { id: "12.first.zero", text: "first 0 gives no edges" },
  { id: "12.first.negative", text: "a negative first is an error" },
  { id: "12.first.invalid", text: "a first over 32 bits, a text or a fraction is a validation error" },
  { id: "12.after", text: "after starts after its cursor, with 20 if alone" },
  { id: "12.last", text: "last gives the last n of the list, in list order, at most 100" },
  { id: "12.before", text: "before with last gives the n before the cursor, alone 20" },
  { id: "12.first-and-last", text: "of first and last, last counts" },
  { id: "12.combinations", text: "before and first, after and last, before and after are errors" },
  { id: "12.cursor", text: "a cursor is the base64 of GPC:S: and the id" },
  { id: "12.cursor.invalid", text: 'another cursor, "" too, is an error; null is none' },
  { id: "12.cursor.unknown", text: "the cursor of an unknown or deleted contact gives no edges and no error" },
  {
    id: "12.cursor.foreign",
    text: "the cursor of another account's contact is a position; the first own after it is lost"
  },
  { id: "12.page-info", text: "forward, hasNextPage is exact and hasPreviousPage says that after was given" },
  { id: "12.page-info.backward", text: "backward, it is the other way round" },
  { id: "12.page-info.cursors", text: "startCursor and endCursor are those of the edges, null without" }
] as const satisfies ReadonlyArray<Clause>

const errors = [
  { id: "12.errors", text: "errors come first: {errors: [{message, locations?, path?, extensions?}], data?}" },
  { id: "12.errors.parse", text: "a syntax error has code GRAPHQL_PARSE_FAILED, without data" },
  { id: "12.errors.suggestion", text: "the text of a wrong query may end in a suggestion" },
  { id: "12.errors.validation", text: "a validation error has code GRAPHQL_VALIDATION_FAILED, without data" },
  { id: "12.errors.request", text: "a wrong request has code BAD_REQUEST, without data" },
  { id: "12.errors.operation", text: "no operation to execute has code OPERATION_RESOLUTION_FAILURE" },
  { id: "12.errors.variable", text: "a bad variable has no code and no data" },
  { id: "12.errors.argument", text: "a bad argument found when run has no code, and contacts null" },
  {
    id: "12.errors.database",
    text: "a failure of the database is Unexpected error., INTERNAL_SERVER_ERROR, contacts null"
  },
  { id: "12.errors.meta", text: "a meta variable that is no object is the same, without data" },
  { id: "12.errors.none", text: "no answer of GraphQL at all: Failed to get reader from response body" },
  { id: "12.errors.partial", text: "several fields fail one by one: data can have good parts beside errors" }
] as const satisfies ReadonlyArray<Clause>

/** The GraphQL lookup. */
export const graphQL = [...request, ...query, ...errors] as const
