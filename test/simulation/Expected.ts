/** The states that a simulation of many seeds must reach. */

const answerFaults = ["Failure status", "Delay", "Reset", "Stall", "Garbage"] as const
const bodyFaults = ["CutAfter", "ResetAfter", "StallAfter", "Trickle", "Endless"] as const
const pageFaults = ["DropPage", "DelayPage", "ErrorAfter", "IgnoreCursor"] as const

const outcomes = (fault: string, kind: string, ends: ReadonlyArray<string>): ReadonlyArray<string> =>
  ends.map((end) => `${fault}, ${kind}: ${end}`)

/** Each fault, in each phase, with each outcome that it can have. */
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

export const expected: ReadonlyArray<string> = [
  ...faults,
  ...["create", "ensure", "update", "delete"].flatMap((kind) => ends.map((end) => `${kind}: ${end}`)),
  ...["fetch", "list"].flatMap((kind) => ["done", "failed", "crashed"].map((end) => `${kind}: ${end}`)),
  ...["headers", "body", "idle", "total", "server"].map((phase) => `a timeout: ${phase}`),
  "a call during which the clock was set",
  "a commit after the client crashed",
  "a commit after the client gave up",
  "a commit after the retry was answered",
  "a conflict",
  "a conflict after a lost answer: done",
  "a conflict after a lost answer: unknown",
  "a contact deleted during a list",
  "a contact found that another program made just like it",
  "a contact made again after the first was gone",
  "a contact made during a list",
  "a crash before any request",
  "a crash with a request under way",
  "a cut just at the end of a page",
  "a delete whose retry was answered 404",
  "a fingerprint refused after an attempt without an answer",
  "a first 409 to a request that made nothing",
  "a first 409 to a request that made the contact",
  "a list begun again as all that had come was deleted",
  "a list begun again from the beginning",
  "a list of several pages",
  "a list resumed at an anchor",
  "a list that fails after some contacts",
  "a list that fails before any",
  "a list that took as many as it was to take",
  "a list with a cursor",
  "a list with a cursor that is gone",
  "a list with a filter",
  "a list with a filter resumed at a contact that has stopped matching",
  "a lookup answered without a date",
  "a lookup in a call during which the clock was set",
  "a lookup is sent again",
  "a lookup with a server more than ten minutes ahead",
  "a lookup with a server more than ten minutes behind",
  "a lookup: done",
  "a lookup: unknown",
  "a request that arrived twice",
  "a retry after 429",
  "a retry after a request that was not sent",
  "a secret that could not be had",
  "a token that is no longer accepted",
  "a token that may not use fingerprints",
  "a write done twice",
  "an ensure that lost a race",
  "an unknown create that made a contact",
  "an unknown create that made none",
  "calls on one fingerprint at the same time",
  "no such contact",
  "refused before it was sent"
]
