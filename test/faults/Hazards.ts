import { creates } from "./Creates.ts"
import { interruption } from "./Interruption.ts"
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
import { security } from "./Security.ts"
import { transportProbes } from "./Transport.ts"
import { writeSafety } from "./WriteSafety.ts"
import { writes } from "./Writes.ts"

/** A way for a client of such an API to fail, and whether the official client did. */
export interface Hazard {
  readonly id: string
  readonly text: string
  readonly official: boolean
}

const hazard = (id: string, text: string, { official = false } = {}): Hazard => ({ id, text, official })

const official = { official: true }

/** All hazards, by their numbers. */
export const hazards: ReadonlyArray<Hazard> = [
  hazard("W1", "A write is done twice because its answer was lost", official),
  hazard("W2", "It tries again although told not to"),
  hazard("W3", "It tries again what will never do, or what may have been done"),
  hazard("W4", "It comes back at the wrong time: in step, too late, or not when the server says", official),
  hazard("W5", "Many clients together keep a server down"),
  hazard("W6", "Cancelling takes time, or leaves something running", official),
  hazard("W7", "A second attempt sends something else than the first"),
  hazard("W8", "A delete that took place is reported as a failure"),
  hazard("W9", "A create that took place is reported as a conflict"),
  hazard("L1", "A character that arrives in two pieces is destroyed", official),
  hazard("L2", "A list that was cut short passes for a whole one", official),
  hazard("L3", "A line that says nothing ends the list", official),
  hazard("L4", "A failure inside a list passes for data", official),
  hazard("L5", "Contacts are missed because others are deleted meanwhile"),
  hazard("L6", "More contacts come than were asked for"),
  hazard("L7", "A list goes round in circles for ever"),
  hazard("L8", "A line without end fills the memory, or takes ever longer"),
  hazard("L9", "More is read than anyone asked for"),
  hazard("L10", "A server that only keeps the connection alive is waited for"),
  hazard("L11", "A reply in another form passes for data", official),
  hazard("L12", "An empty page in the middle ends the list"),
  hazard("R1", "A body that never comes is waited for", official),
  hazard("R2", "Failures use up sockets, or calls pile up listeners"),
  hazard("R3", "A failure does not say what happened", official),
  hazard("R4", "A reply that is not what was promised breaks the client, or is handed on"),
  hazard("R5", "A reply without end fills the memory"),
  hazard("S1", "An id leads to another resource", official),
  hazard("S2", "The token gets into an error or a log"),
  hazard("S3", "A contact's data get into an error or a log"),
  hazard("S4", "A redirect carries the caller's identity elsewhere", official),
  hazard("S5", "A header value brings another header with it"),
  hazard("S6", "Names from JavaScript's insides are lost, or do harm"),
  hazard("N1", "A request that was never sent is reported as perhaps done, and sent again"),
  hazard("N2", "A large request and a large error page stop the event loop"),
  hazard("N3", "A 429 under other options is forgotten by the next call"),
  hazard("N4", "A compressed body cannot be read, or fills the memory"),
  hazard("N5", "A proxy, a CA or a limit of connections is ignored"),
  hazard("N6", "A secret that cannot be read for now ends the call for good, and does not say why"),
  hazard("N7", "Attempts that a timeout or an interruption ends are not measured"),
  hazard("N8", "A filter that came out empty lists every contact"),
  hazard("N9", "Options that no browser may send fail without a reason"),
  hazard("N10", "A runtime that will not do fails with a riddle, and a bug as if the network had"),
  hazard("T1", "Lists leak memory"),
  hazard("T2", "HTTP/2 is spoken unasked, and lists that are left early use up its streams"),
  hazard("T3", "A connection that no longer answers is used again"),
  hazard("T4", "Calls that gave up waiting for the rate limit make the next one wait longer"),
  hazard("T5", "A wall clock that is set stops a rate-limited client"),
  hazard("T6", "A store of the rate limit that never answers hangs every call"),
  hazard("T7", "A create that took place is reported as surely refused"),
  hazard("T8", "Somebody else's contact breaks the lookup after a lost answer"),
  hazard("T9", "A token that is refused a fingerprint makes a second contact"),
  hazard("T10", "One thing is checked and another is sent"),
  hazard("T11", "A request that was not sent is reported as if it might have been"),
  hazard("T12", "An answer about another contact passes"),
  hazard("T13", "The caller's data come through in a message that quotes them in another form"),
  hazard("T14", "Odd values from the caller break the client in place of being refused"),
  hazard("T15", "A server leads a list on without end"),
  hazard(
    "T16",
    "A 200 whose body ends early is not read again, a test's fake timers hang the client, a closed one keeps the process up"
  )
]

/** The probes by kind, each kind short enough for a test file. */
export const groups = {
  writeSafety,
  writes: [...writes, ...retries, ...interruption],
  creates,
  lists: [...lists, ...lines],
  longLists: [...longLists, ...randomRuns],
  replies,
  randomReplies: [randomReplies[0]],
  moreRandomReplies: [randomReplies[1]],
  security: [...security, ...privacy],
  messages: messageProbes,
  network,
  transport: transportProbes,
  limits
}

export const probes: ReadonlyArray<Probe> = Object.values(groups).flat()

/** The probes of a hazard. */
export const probesOf = ({ id }: Hazard): ReadonlyArray<Probe> => probes.filter(({ hazard }) => hazard === id)

/** What no probe is for, and those that only this client is put to although the official one had it. */
export const gaps: ReadonlyArray<string> = [
  ...hazards.filter((hazard) => probesOf(hazard).length === 0).map(({ id }) => `${id} has no probe`),
  ...hazards
    .filter((hazard) => hazard.official && !probesOf(hazard).some(({ theirs }) => theirs !== undefined))
    .map(({ id }) => `${id} has no probe of the official client`),
  ...probes
    .filter(({ hazard }) => !hazards.some(({ id }) => id === hazard))
    .map(({ hazard, name }) => `there is no ${hazard}, which ${name} is for`)
]
