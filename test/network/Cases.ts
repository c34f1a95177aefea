/** What is promised where a server, or what stands before it, answers wrongly or not at all. */
import type { CallName } from "./Run.ts"
import type { WireName } from "./Wires.ts"

/** What comes of each call, in the words of `Run.observe`. Both transports are promised the same. */
export type Outcomes = Readonly<Record<CallName, string>>

export interface Case {
  readonly wires: ReadonlyArray<WireName>
  /** For people, in one line. */
  readonly promised: string
  /** Where it happens to the first request only. */
  readonly once: Outcomes
  /** Where it happens to every request. There are two retries. */
  readonly always: Outcomes
}

const lost = "TransportError unknown"

const everyCall = (outcome: string, made: number): Outcomes => ({
  fetch: outcome,
  update: outcome,
  create: `${outcome}, ${made} made`,
  unguarded: `${outcome}, ${made} made`,
  list: outcome
})

const repeated: Outcomes = {
  fetch: "ok, 2 sent",
  update: "ok, 2 sent",
  create: "ok, 2 sent, 1 made",
  unguarded: `${lost} 1x, 1 sent, 0 made`,
  // A list takes one request more, to confirm its end.
  list: "ok, 3 sent"
}

/** The contact that the first request made is found: the second is a conflict, the third reads the newest contacts. */
const reconciled: Outcomes = {
  ...repeated,
  create: "ok, 3 sent, 1 made",
  unguarded: `${lost} 1x, 1 sent, 1 made`
}

const given: Outcomes = {
  ...everyCall(`${lost} 3x, 3 sent`, 0),
  unguarded: `${lost} 1x, 1 sent, 0 made`
}

const givenUp: Outcomes = {
  ...given,
  create: `${lost} 3x, 3 sent, 1 made`,
  unguarded: `${lost} 1x, 1 sent, 1 made`
}

const fine: Outcomes = { ...everyCall("ok, 1 sent", 1), list: "ok, 2 sent" }

export const cases: ReadonlyArray<Case> = [
  {
    wires: [
      "reset, nothing done",
      "closed, nothing done",
      "closed on its side only, nothing done",
      "garbage",
      "not HTTP, open",
      "headers too large",
      "101"
    ],
    promised:
      "Sent again where that is safe, a create too; with `exactlyOnce: false`, a create fails at once, outcome `unknown`",
    once: repeated,
    always: given
  },
  {
    wires: [
      "done, then reset",
      "done, then closed",
      "done, cut in the headers",
      "two lengths",
      "a length and chunks",
      // undici takes it for an error, although a server may send it unasked.
      "100 first"
    ],
    promised: "As above; a create gives the id of the one contact that the lost request made, or fails with `unknown`",
    once: reconciled,
    always: givenUp
  },
  {
    wires: ["done, reset after the headers", "a chunk size that is no number", "a chunk longer than it says"],
    promised: "As above",
    once: reconciled,
    // The status of the conflict came through, but no list of the newest contacts.
    always: { ...givenUp, create: `${lost} 2x, 5 sent, 1 made` }
  },
  {
    wires: ["no last chunk, closed", "no last chunk, reset"],
    promised: "A body without its end is no answer: as above. A list is taken up again where it broke off, or fails",
    once: reconciled,
    // In what came of the newest contacts, its own is the first.
    always: { ...givenUp, create: "ok, 3 sent, 1 made" }
  },
  {
    wires: ["done, reset in the body", "done, closed in the body"],
    promised: "As above",
    once: reconciled,
    always: { ...givenUp, create: "ok, 3 sent, 1 made", list: `${lost} 4x, 4 sent` }
  },
  {
    wires: ["chunks cut after the second line"],
    promised: "As above",
    once: reconciled,
    // Each request brings two contacts, so the last of the attempts are those that bring nothing new.
    always: { ...givenUp, create: "ok, 3 sent, 1 made", list: `${lost} 6x, 6 sent` }
  },
  {
    wires: ["length too small"],
    promised: "A body that ends too early for JSON is no answer: as above, but `UnexpectedResponse` in the end",
    once: { ...reconciled, unguarded: "UnexpectedResponse unknown 1x, 1 sent, 1 made" },
    always: {
      fetch: "UnexpectedResponse unknown 3x, 3 sent",
      update: "UnexpectedResponse unknown 3x, 3 sent",
      create: "ok, 3 sent, 1 made",
      unguarded: "UnexpectedResponse unknown 1x, 1 sent, 1 made",
      list: `${lost} 3x, 3 sent`
    }
  },
  {
    wires: ["done, closed after the second line"],
    promised: "A list that is cut between two contacts is taken up again",
    once: { ...fine, list: "ok, 3 sent" },
    always: { ...fine, list: "ok, 5 sent" }
  },
  {
    wires: ["no length, closed after the second line", "no length, reset after the second line"],
    promised:
      "A list that is cut between two contacts is complete all the same, though it looks whole to the transport",
    once: { ...fine, list: "ok, 4 sent" },
    always: { ...fine, list: "ok, 8 sent" }
  },
  {
    wires: [
      "whole, then closed",
      "whole, then reset",
      "whole, no length, closed",
      "whole, byte by byte",
      "whole, in chunks of one byte",
      "whole, then junk",
      "whole, then another response",
      "102 first",
      "103 first, twice"
    ],
    promised: "An answer like any other. The next request goes over a connection that is good",
    once: fine,
    always: fine
  },
  {
    wires: ["no body", "204"],
    promised: "`UnexpectedResponse`, outcome `unknown`; a create asks again, to know",
    once: { ...everyCall("UnexpectedResponse unknown 1x, 1 sent", 0), create: "ok, 2 sent, 1 made" },
    always: {
      ...everyCall("UnexpectedResponse unknown 1x, 1 sent", 0),
      create: "UnexpectedResponse unknown 3x, 3 sent, 0 made"
    }
  },
  {
    wires: ["304"],
    promised: "`UnexpectedResponse`, outcome `rejected`",
    once: everyCall("UnexpectedResponse rejected 1x, 1 sent", 0),
    always: everyCall("UnexpectedResponse rejected 1x, 1 sent", 0)
  },
  {
    wires: ["never answers"],
    promised: "`Timeout` of the attempt, outcome `unknown`; sent again where that is safe",
    once: { ...repeated, unguarded: "Timeout unknown 1x, 1 sent, 0 made" },
    always: { ...everyCall("Timeout unknown 3x, 3 sent", 0), unguarded: "Timeout unknown 1x, 1 sent, 0 made" }
  }
]
