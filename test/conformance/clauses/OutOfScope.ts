import type { OutOfScope } from "./Clause.ts"

const noEndpoint = "an endpoint this API does not have yet"

/** What the contract says and no case looks at, with the reason. */
export const outOfScope: ReadonlyArray<OutOfScope> = [
  { section: 1, text: "column types of the database", reason: "not on the wire, but for the limits of section 2" },
  { section: 1, text: "dates and # keys in GraphQL", reason: noEndpoint },
  { section: 2, text: "limits of the public SQLite build (1e9 bytes)", reason: "the MySQL limits were chosen instead" },
  { section: 3, text: "3.1 conversations, memories, ratings, secrets, spaces, tasks, proxy", reason: noEndpoint },
  { section: 3, text: "3.2 @alias of secrets", reason: noEndpoint },
  { section: 3, text: "3.7 what deletion does to tasks, memories, ratings and spaces", reason: noEndpoint },
  { section: 3, text: "3.8 sub-lists and memory search", reason: noEndpoint },
  { section: 3, text: "3.9 secret actions", reason: noEndpoint },
  { section: 4, text: "sub-lists under the poll limit", reason: noEndpoint },
  {
    section: 4,
    text: "the plan's own limit",
    reason: "configuration of a deployment; the in-memory limit is an option"
  },
  { section: 5, text: "5.2 404 and 403 before the first event; 5.6 sample of a task list", reason: noEndpoint },
  {
    section: 5,
    text: "5.2 how long a request may run (800 s)",
    reason: "no case waits that long; nothing here ends one"
  },
  { section: 6, text: "401, 403, 409, 502 and bodies of secret actions, mint and proxy", reason: noEndpoint },
  { section: 6, text: "408 of an internal timeout", reason: "nothing in memory times out; a fault can answer 408" },
  { section: 6, text: "defaults of codes that no route produces", reason: "they are never on the wire" },
  { section: 6, text: "headers and limits of the hosting", reason: "not part of the application" },
  { section: 7, text: "a secret key bound to one contact reaches all", reason: "keys have no such binding here" },
  { section: 7, text: "cookie sessions", reason: "only their refusal is: a browser's session is not an API client's" },
  { section: 7, text: "revoked keys stop at once", reason: "the accounts of the fake are fixed when it starts" }
]
