import { creates } from "./Creates.ts"
import { interruption } from "./Interruption.ts"
import { itemLists } from "./ItemLists.ts"
import { limits } from "./Limits.ts"
import { lines } from "./Lines.ts"
import { lists } from "./Lists.ts"
import { longLists } from "./LongLists.ts"
import { messageProbes } from "./Messages.ts"
import { privacy } from "./Privacy.ts"
import { network } from "./Network.ts"
import type { Probe } from "./Probe.ts"
import { randomReplies } from "./RandomReplies.ts"
import { randomRuns } from "./RandomRuns.ts"
import { replies } from "./Replies.ts"
import { retries } from "./Retries.ts"
import { secrets } from "./Secrets.ts"
import { security } from "./Security.ts"
import { transportProbes } from "./Transport.ts"
import { writeSafety } from "./WriteSafety.ts"
import { writes } from "./Writes.ts"

/** A way in which a client of such an API fails. `official` is true if the official client failed in this way. */
export interface Hazard {
  readonly id: string
  readonly text: string
  readonly official: boolean
}

const hazard = (id: string, text: string, { official = false } = {}): Hazard => ({ id, text, official })

const official = { official: true }

/** All hazards: of writes (W), lists (L), replies (R) and security (S), and those of the first version (N, T). */
export const hazards: ReadonlyArray<Hazard> = [
  hazard("W1", "A write is done twice because its answer was lost", official),
  hazard("W2", "The client retries although retries are turned off"),
  hazard("W3", "A permanent failure, or a write that may have taken place, is retried"),
  hazard("W4", "Retries come at the wrong time: all at once, too late, or against Retry-After", official),
  hazard("W5", "The retries of many clients keep a server down"),
  hazard("W6", "Cancelling a call takes time, or leaves something running", official),
  hazard("W7", "A retry sends another body than the first attempt"),
  hazard("W8", "A delete that took place is reported as a failure"),
  hazard("W9", "A create that took place is reported as a conflict"),
  hazard("L1", "A character split between two chunks is corrupted", official),
  hazard("L2", "A list that was cut short looks complete", official),
  hazard("L3", "A blank or unknown line ends the list", official),
  hazard("L4", "A failure inside a list is taken for data", official),
  hazard("L5", "Contacts are missed because others are deleted during the list"),
  hazard("L6", "A list yields more contacts than `take`"),
  hazard("L7", "A list with a repeating cursor never ends"),
  hazard("L8", "A line without end fills the memory, or takes quadratic time"),
  hazard("L9", "A list is read far ahead of its consumer"),
  hazard("L10", "Keep-alive lines defeat the idle timeout"),
  hazard("L11", "A reply in another format is taken for data", official),
  hazard("L12", "An empty page in the middle ends the list"),
  hazard("R1", "A body that never arrives does not time out", official),
  hazard("R2", "Failed calls leak sockets, or calls leak abort listeners"),
  hazard("R3", "A failure does not say what happened", official),
  hazard("R4", "A malformed reply crashes the client, or is returned as a contact"),
  hazard("R5", "A reply without end fills the memory"),
  hazard("S1", "An id in the path reaches another resource", official),
  hazard("S2", "The token appears in an error or a log"),
  hazard("S3", "Contact data appear in an error or a log"),
  hazard("S4", "A redirect sends identity headers to another origin", official),
  hazard("S5", "A header value injects another header"),
  hazard("S6", "`__proto__` or `constructor` in meta is lost, or pollutes a prototype"),
  hazard("N1", "A connection that cannot be made is reported as an unknown outcome"),
  hazard("N2", "A large request with a large error page blocks the event loop"),
  hazard("N3", "A 429 under `withOptions` does not delay the next call"),
  hazard("N4", "A compressed body cannot be read, or fills the memory"),
  hazard("N5", "A configured proxy, CA or connection limit is ignored"),
  hazard("N6", "A transient failure to read the secret is final, and loses its cause"),
  hazard("N7", "Attempts ended by a timeout or an interruption are not measured"),
  hazard("N8", "An empty filter lists every contact"),
  hazard("N9", "Options that a browser cannot send fail without a reason"),
  hazard("N10", "An unsupported runtime fails with an unclear error, and a bug looks like a network failure"),
  hazard("T1", "Lists leak memory"),
  hazard("T2", "HTTP/2 is used unasked, and lists left early use up its streams"),
  hazard("T3", "A dead connection is used again"),
  hazard("T4", "Calls cancelled while they wait for the rate limit delay the next call"),
  hazard("T5", "A change of the system clock stops a rate-limited client"),
  hazard("T6", "A rate limit store that never answers hangs every call"),
  hazard("T7", "A create that took place is reported as rejected"),
  hazard("T8", "Another contact with deeply nested meta crashes the lookup after a lost answer"),
  hazard("T9", "A token that may not use fingerprints creates a second contact"),
  hazard("T10", "The request that is sent is not the one that was checked"),
  hazard("T11", "A request that was not sent is reported as an unknown outcome"),
  hazard("T12", "An answer about another contact is accepted"),
  hazard("T13", "Caller values pass the redaction when the server quotes them in another form"),
  hazard("T14", "Invalid input crashes the client instead of being refused"),
  hazard("T15", "A server keeps a list going without end"),
  hazard(
    "T16",
    "A 200 whose body ends early is not retried, fake timers hang the client, or a closed client keeps the process alive"
  )
]

/** The probes in groups, one for each test file. */
export const groups = {
  writeSafety,
  writes: [...writes, ...retries, ...interruption],
  creates,
  lists: [...lists, ...lines],
  itemLists,
  longLists: [...longLists, ...randomRuns],
  replies,
  randomReplies: [randomReplies[0]],
  moreRandomReplies: [randomReplies[1]],
  secrets,
  security: [...security, ...privacy],
  messages: messageProbes,
  network,
  transport: transportProbes,
  limits
}

export const probes: ReadonlyArray<Probe> = Object.values(groups).flat()

/** The probes of a hazard. */
export const probesOf = ({ id }: Hazard): ReadonlyArray<Probe> => probes.filter(({ hazard }) => hazard === id)

/** Hazards without a probe, official ones without a probe of the official client, and probes of no hazard. */
export const gaps: ReadonlyArray<string> = [
  ...hazards.filter((hazard) => probesOf(hazard).length === 0).map(({ id }) => `${id} has no probe`),
  ...hazards
    .filter((hazard) => hazard.official && !probesOf(hazard).some(({ theirs }) => theirs !== undefined))
    .map(({ id }) => `${id} has no probe of the official client`),
  ...probes
    .filter(({ hazard }) => !hazards.some(({ id }) => id === hazard))
    .map(({ hazard, name }) => `${name} is a probe of ${hazard}, which is not a hazard`)
]
