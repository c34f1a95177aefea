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

/** The faults of answers but for garbage, which is seldom followed by a success. */
const lostAnswers = answerFaults.filter((fault) => fault !== "Garbage")

/** The same for the operations on items and secrets, for exports and for lookups of contacts. */
const moreFaults: ReadonlyArray<string> = [
  ...[...answerFaults, ...bodyFaults, ...pageFaults].flatMap((fault) => outcomes(fault, "items", ["done", "failed"])),
  ...[...lostAnswers, "CutAfter", "ResetAfter", "StallAfter", ...pageFaults].flatMap((fault) =>
    outcomes(fault, "secrets", ["done", "failed"])
  ),
  ...["CutAfter", "StallAfter", ...pageFaults].flatMap((fault) => outcomes(fault, "export", ["done", "failed"])),
  ...[...lostAnswers, ...bodyFaults].flatMap((fault) => outcomes(fault, "find", ["done", "failed"])),
  ...lostAnswers.flatMap((fault) => [
    ...outcomes(fault, "action", ["done", "unknown"]),
    ...outcomes(`${fault} after the commit`, "action", ["done", "unknown"])
  ])
]

const ends = ["done", "rejected", "unknown", "not-sent", "crashed"]

export const expectedStates: ReadonlyArray<string> = [
  ...faults,
  ...moreFaults,
  ...["create", "ensure", "update", "delete"].flatMap((kind) => ends.map((end) => `${kind}: ${end}`)),
  ...["fetch", "list"].flatMap((kind) => ["done", "failed", "crashed"].map((end) => `${kind}: ${end}`)),
  ...["items", "export", "find", "secrets", "verify"].flatMap((kind) =>
    ["done", "failed", "crashed"].map((end) => `${kind}: ${end}`)
  ),
  ...["authenticate", "revoke", "mint", "proxy"].flatMap((kind) =>
    ["done", "rejected", "unknown", "crashed"].map((end) => `${kind}: ${end}`)
  ),
  ...["authenticate", "revoke", "mint", "proxy"].map((kind) => `${kind}: its answer is lost`),
  ...["conversation", "memory", "rating", "space", "task"].map((kind) => `a list of items, complete: ${kind}`),
  ...["a list of items", "an export", "a find"].flatMap((name) => [
    `${name} of several pages`,
    `${name} with further requests after a delivered row`,
    `${name} that fails after some rows`,
    `${name} whose last delivered row is deleted meanwhile`
  ]),
  ...["ids", "fingerprints", "emails", "nothing"].map((by) => `a find by ${by}: done`),
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
  "a find of several batches",
  "a find of several batches during which a found contact moves to another one",
  "a list of exactly 100 secrets",
  "a list of items of a contact that is deleted meanwhile, after some rows",
  "a list of more than 200 secrets",
  "a list of secrets from both ends",
  "a list of secrets of more than two pages",
  "a list of secrets that cannot be completed",
  "a list of secrets that change meanwhile",
  "a mint of a secret that cannot be minted",
  "a mint without authorization",
  "a proxied request that was served, and whose outcome is unknown",
  "a revoke of a value that is not there",
  "a revoke whose retry finds no value: done",
  "a verification: authenticated",
  "a verification: unauthenticated",
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
