/** The states that a simulation of many seeds must reach. */

const answerFaults = ["Failure status", "Delay", "Reset", "Stall", "Garbage"] as const
const bodyFaults = ["CutAfter", "ResetAfter", "StallAfter", "Trickle", "Endless"] as const
const pageFaults = ["DropPage", "DelayPage", "ErrorAfter", "IgnoreCursor"] as const

const outcomes = (fault: string, kind: string, ends: ReadonlyArray<string>): ReadonlyArray<string> =>
  ends.map((end) => `${fault}, ${kind}: ${end}`)

/** Each fault, with each kind of call that it can be injected into, and each outcome. */
const faults: ReadonlyArray<string> = [
  ...outcomes("Refusal status", "write", ["done", "rejected", "unknown", "crashed"]),
  ...outcomes("Refusal status after the commit", "write", ["unknown"]),
  ...outcomes("Refusal status", "list", ["done", "failed"]),
  ...answerFaults.flatMap((fault) => [
    ...outcomes(fault, "write", ["done", "unknown", "crashed"]),
    ...outcomes(`${fault} after the commit`, "write", ["done", "unknown", "crashed"]),
    ...outcomes(fault, "fetch", ["failed"]),
    ...outcomes(fault, "list", ["done", "failed"])
  ]),
  ...bodyFaults.flatMap((fault) => [
    ...outcomes(fault, "write", ["done", "unknown", "crashed"]),
    ...outcomes(fault, "fetch", ["failed"]),
    ...outcomes(fault, "list", ["done", "failed"])
  ]),
  ...pageFaults.flatMap((fault) => outcomes(fault, "list", ["done", "failed"]))
]

const ends = ["done", "rejected", "unknown", "not-sent", "crashed"]

export const expectedStates: ReadonlyArray<string> = [
  ...faults,
  ...["create", "ensure", "update", "delete"].flatMap((kind) => ends.map((end) => `${kind}: ${end}`)),
  ...["fetch", "list"].flatMap((kind) => ["done", "failed", "crashed"].map((end) => `${kind}: ${end}`)),
  ...["headers", "body", "idle", "total", "server"].map((phase) => `a timeout: ${phase}`),
  "a call during which the clock changed",
  "a commit after the client crashed",
  "a commit after the client gave up",
  "a commit after the retry was answered",
  "a conflict",
  "a conflict after a lost answer: done",
  "a conflict after a lost answer: unknown",
  "a contact deleted during a list",
  "an equal contact of another program found",
  "a contact created again after the first was deleted",
  "a contact made during a list",
  "a crash before any request",
  "a crash with a request under way",
  "a cut exactly at the end of a page",
  "a delete whose retry was answered 404",
  "a fingerprint refused after an attempt without an answer",
  "a first 409 to a request that made nothing",
  "a first 409 to a request that made the contact",
  "a list restarted because all delivered contacts were deleted",
  "a list restarted from the beginning",
  "a list of several pages",
  "a list resumed after a delivered contact",
  "a list that fails after some contacts",
  "a list that fails before the first contact",
  "a list that ended at take",
  "a list with a cursor",
  "a list with a deleted cursor",
  "a list with a filter",
  "a list with a filter resumed after a contact that no longer matches",
  "a lookup answered without a date",
  "a lookup in a call during which the clock changed",
  "a lookup that is retried",
  "a lookup with a server more than ten minutes ahead",
  "a lookup with a server more than ten minutes behind",
  "a lookup: done",
  "a lookup: unknown",
  "a request that arrived twice",
  "a retry after 429",
  "a retry after a request that was not sent",
  "a secret that could not be read",
  "a token that is no longer accepted",
  "a token that may not use fingerprints",
  "a write applied twice",
  "an ensure that lost a race",
  "a create with unknown outcome that made a contact",
  "a create with unknown outcome that made none",
  "concurrent calls with one fingerprint",
  "no such contact",
  "refused before it was sent"
]
