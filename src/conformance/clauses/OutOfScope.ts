import type { OutOfScope } from "./Clause.ts"

/** The parts of the contract without clauses, each with the reason. */
export const outOfScope: ReadonlyArray<OutOfScope> = [
  { section: 1, text: "column types of the database", reason: "clients see only the limits of section 2" },
  { section: 2, text: "limits of the public SQLite build (1e9 bytes)", reason: "the emulator has the limits of MySQL" },
  { section: 3, text: "3.7 the contexts of a deleted contact", reason: "no endpoint of contacts shows them" },
  {
    section: 3,
    text: "3.8.2 the usage record of a search, and the three calls of the model",
    reason: "no client sees them; the emulator ranks without a model"
  },
  {
    section: 3,
    text: "3.9.1 a contact to which a secret key may be bound is not looked at",
    reason: "the emulator has no such keys"
  },
  {
    section: 3,
    text: "3.9.5 names that resolve to a private address; 502 redirect_blocked",
    reason: "the upstream is a function: it resolves no names, and hides no redirect"
  },
  {
    section: 4,
    text: "the plan's own limit",
    reason: "it is configuration of the server; the limit of the emulator is an option"
  },
  {
    section: 5,
    text: "5.2 the maximum duration of a request (800 s)",
    reason: "the emulator has no such limit"
  },
  {
    section: 6,
    text: "408 of an internal timeout",
    reason: "the emulator has no internal timeouts; a fault can answer 408"
  },
  { section: 6, text: "default messages of codes that no route produces", reason: "no client receives them" },
  { section: 6, text: "headers and limits of the hosting provider", reason: "they are not part of the application" },
  {
    section: 7,
    text: "a secret key bound to one contact reaches all contacts",
    reason: "the emulator has no such keys"
  },
  {
    section: 7,
    text: "cookie sessions",
    reason: "API clients have no browser session; clauses cover only its refusal"
  },
  {
    section: 7,
    text: "revoked keys stop working at once",
    reason: "the accounts of the emulator are fixed when it starts"
  },
  {
    section: 12,
    text: "12.1 the reply starts before its body is ready; 12.3 a failure after that breaks the connection",
    reason: "the emulator's database takes no time, and does not fail"
  },
  {
    section: 12,
    text: "other types than contacts and their items, and all mutations",
    reason: "they are not about contacts"
  }
]
