/** The promises of docs/networks.md for wrong replies and for no reply. */
import type { CallName } from "./Run.ts"
import type { BehaviourName } from "./Behaviours.ts"

/** The result of each call, as `Run.observe` gives it. It is the same over both transports. */
export type Outcomes = Readonly<Record<CallName, string>>

export interface Case {
  readonly behaviours: ReadonlyArray<BehaviourName>
  /** The promise in one line, for the title of the test. */
  readonly promised: string
  /** The results if only the first request meets the behaviour. */
  readonly once: Outcomes
  /** The results if every request does. There are two retries. */
  readonly always: Outcomes
}

const lost = "TransportError unknown"

const everyCall = (outcome: string, created: number): Outcomes => ({
  fetch: outcome,
  update: outcome,
  create: `${outcome}, ${created} created`,
  plainCreate: `${outcome}, ${created} created`,
  list: outcome
})

const retriedNotActed: Outcomes = {
  fetch: "ok, 2 sent",
  update: "ok, 2 sent",
  create: "ok, 2 sent, 1 created",
  plainCreate: `${lost}, 1 attempt, 1 sent, 0 created`,
  // A list sends one more request to confirm its end.
  list: "ok, 3 sent"
}

/** The first request created the contact. The second is a conflict, and the third finds the contact among the newest. */
const retriedActed: Outcomes = {
  ...retriedNotActed,
  create: "ok, 3 sent, 1 created",
  plainCreate: `${lost}, 1 attempt, 1 sent, 1 created`
}

const failedNotActed: Outcomes = {
  ...everyCall(`${lost}, 3 attempts, 3 sent`, 0),
  plainCreate: `${lost}, 1 attempt, 1 sent, 0 created`
}

const failedActed: Outcomes = {
  ...failedNotActed,
  create: `${lost}, 3 attempts, 3 sent, 1 created`,
  plainCreate: `${lost}, 1 attempt, 1 sent, 1 created`
}

const success: Outcomes = { ...everyCall("ok, 1 sent", 1), list: "ok, 2 sent" }

export const cases: ReadonlyArray<Case> = [
  {
    behaviours: [
      "reset without acting",
      "closed without acting",
      "half-closed without acting",
      "garbage instead of HTTP",
      "another protocol, left open",
      "headers too large",
      "101"
    ],
    promised: "retried where safe, also a create; with `exactlyOnce: false`, a create fails at once with `unknown`",
    once: retriedNotActed,
    always: failedNotActed
  },
  {
    behaviours: [
      "reset after acting",
      "closed after acting",
      "closed in the headers",
      "two Content-Length headers",
      "Content-Length and chunks",
      // undici treats it as an error, although servers may send it.
      "an unrequested 100 before the reply"
    ],
    promised: "retried where safe; a create returns the id of its one contact, or fails with `unknown`",
    once: retriedActed,
    always: failedActed
  },
  {
    behaviours: ["reset after the headers", "a malformed chunk size", "a chunk longer than its size"],
    promised: "retried where safe; a create returns the id of its one contact, or fails with `unknown`",
    once: retriedActed,
    // The status of the conflict arrives, but the list of the newest contacts does not.
    always: { ...failedActed, create: `${lost}, 2 attempts, 5 sent, 1 created` }
  },
  {
    behaviours: ["no last chunk, closed", "no last chunk, reset"],
    promised: "retried where safe, since the body has no end; a list resumes where it was cut, or fails",
    once: retriedActed,
    // The cut list of the newest contacts begins with the created one.
    always: { ...failedActed, create: "ok, 3 sent, 1 created" }
  },
  {
    behaviours: ["reset in the body", "closed in the body"],
    promised: "retried where safe; a create returns the id of its one contact, or fails with `unknown`",
    once: retriedActed,
    always: { ...failedActed, create: "ok, 3 sent, 1 created", list: `${lost}, 4 attempts, 4 sent` }
  },
  {
    behaviours: ["chunks cut after the second line"],
    promised: "retried where safe; a create returns the id of its one contact, or fails with `unknown`",
    once: retriedActed,
    // Each request brings two contacts, so the retries end only when two requests bring no new one.
    always: { ...failedActed, create: "ok, 3 sent, 1 created", list: `${lost}, 6 attempts, 6 sent` }
  },
  {
    behaviours: ["Content-Length too small"],
    promised: "retried where safe, since the JSON ends early; after the retries `UnexpectedResponse`",
    once: { ...retriedActed, plainCreate: "UnexpectedResponse unknown, 1 attempt, 1 sent, 1 created" },
    always: {
      fetch: "UnexpectedResponse unknown, 3 attempts, 3 sent",
      update: "UnexpectedResponse unknown, 3 attempts, 3 sent",
      create: "ok, 3 sent, 1 created",
      plainCreate: "UnexpectedResponse unknown, 1 attempt, 1 sent, 1 created",
      list: `${lost}, 3 attempts, 3 sent`
    }
  },
  {
    behaviours: ["closed after the second line"],
    promised: "a list that is cut between two contacts resumes",
    once: { ...success, list: "ok, 3 sent" },
    always: { ...success, list: "ok, 5 sent" }
  },
  {
    behaviours: ["no Content-Length, closed after the second line", "no Content-Length, reset after the second line"],
    promised: "a list that is cut between two contacts resumes, although the transport sees no error",
    once: { ...success, list: "ok, 4 sent" },
    always: { ...success, list: "ok, 8 sent" }
  },
  {
    behaviours: [
      "complete, then closed",
      "complete, then reset",
      "complete, no Content-Length, closed",
      "complete, byte by byte",
      "complete, in chunks of one byte",
      "complete, then junk",
      "complete, then another response",
      "102 before the reply",
      "103 twice before the reply"
    ],
    promised: "a reply like any other, and the next request uses a working connection",
    once: success,
    always: success
  },
  {
    behaviours: ["200 without a body", "204"],
    promised: "`UnexpectedResponse` with `unknown`; a create is sent again",
    once: { ...everyCall("UnexpectedResponse unknown, 1 attempt, 1 sent", 0), create: "ok, 2 sent, 1 created" },
    always: {
      ...everyCall("UnexpectedResponse unknown, 1 attempt, 1 sent", 0),
      create: "UnexpectedResponse unknown, 3 attempts, 3 sent, 0 created"
    }
  },
  {
    behaviours: ["304"],
    promised: "`UnexpectedResponse` with `rejected`",
    once: everyCall("UnexpectedResponse rejected, 1 attempt, 1 sent", 0),
    always: everyCall("UnexpectedResponse rejected, 1 attempt, 1 sent", 0)
  },
  {
    behaviours: ["never answers"],
    promised: "`Timeout` with `unknown`, retried where safe",
    once: { ...retriedNotActed, plainCreate: "Timeout unknown, 1 attempt, 1 sent, 0 created" },
    always: {
      ...everyCall("Timeout unknown, 3 attempts, 3 sent", 0),
      plainCreate: "Timeout unknown, 1 attempt, 1 sent, 0 created"
    }
  }
]
