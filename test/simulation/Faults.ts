/** Random faults of the server of a simulated world, of every kind that a real server can have. */
import * as InMemory from "../../src/layers/InMemory.ts"
import type { SeededRandom } from "./SeededRandom.ts"

const { Fault } = InMemory
type AnyFault = InMemory.Fault.Fault
type AnswerFault = InMemory.Fault.AnswerFault

/** Statuses of a server or gateway that had no effect. No client could detect a false 404 or 409. */
const refusals = [302, 400, 401, 402, 403, 408, 413, 429, 500, 501, 502, 503, 504] as const

/** Statuses that a gateway or a failed server may answer after the request had its effect. */
const ambiguous = [303, 408, 500, 502, 503, 504] as const

const instead = (random: SeededRandom, statuses: readonly [number, ...ReadonlyArray<number>]): AnswerFault =>
  random.pick<() => AnswerFault>([
    () => Fault.status(random.pick(statuses)),
    () => Fault.status(503, { body: "<html>Bad gateway</html>", headers: { "content-type": "text/html" } }),
    () => Fault.reset,
    () => Fault.stall,
    () => Fault.delay(random.millis(120_000)),
    () => Fault.garbage(1 + random.below(100))
  ])()

const inBody = (random: SeededRandom, at: () => InMemory.Fault.Place): AnyFault =>
  random.pick<() => AnyFault>([
    () => Fault.cutAfter(at()),
    () => Fault.cutAfter(at()),
    () => Fault.resetAfter(at()),
    () => Fault.stallAfter(at()),
    () => Fault.trickle(1 + random.below(40), { every: random.below(300) }),
    () => Fault.endless(random.pick(["\n", '{"type":"nop"}\n', "x"]), { every: 1000 })
  ])()

const ofWrite = (random: SeededRandom): AnyFault =>
  random.pick<() => AnyFault>([
    () => instead(random, refusals),
    () => Fault.afterCommit(instead(random, ambiguous)),
    () => Fault.afterCommit(instead(random, ambiguous)),
    () => inBody(random, () => random.below(40))
  ])()

/** A 403 to a fetch says that the contact belongs to another account, so it would be a false answer too. */
const ofFetch = (random: SeededRandom): AnyFault => {
  const fault = ofWrite(random)
  return fault._tag === "Status" && fault.status === 403 ? Fault.status(503) : fault
}

/** A body without end is an answer that the service may give, and a caller may read for ever. */
const ofProxy = (random: SeededRandom): AnyFault => {
  const fault = ofWrite(random)
  return fault._tag === "Endless" ? Fault.stallAfter(random.below(7)) : fault
}

const ofList = (random: SeededRandom): AnyFault =>
  random.pick<() => AnyFault>([
    () => instead(random, refusals),
    () => Fault.status(200, { body: '{"code":"GENERIC_ERROR","message":"System error occurred"}' }),
    () => Fault.rateLimit({ retryAfter: `${random.below(30)} seconds` }),
    () =>
      inBody(random, () =>
        random.chance(0.5) ? { lines: random.pick([0, 1, 2, 5, 100, 101, 200]) } : random.below(30_000)
      ),
    () => Fault.errorAfter(random.pick([0, 1, 3, 100, 150])),
    () => Fault.dropPage(random.below(3)),
    () => Fault.delayPage(random.below(3), random.millis(100_000)),
    () => Fault.ignoreCursor
  ])()

const drawFault = {
  "Contact.create": ofWrite,
  "Contact.ensure": ofWrite,
  "Contact.update": ofWrite,
  "Contact.delete": ofWrite,
  "Contact.fetch": ofFetch,
  "Contact.list": ofList,
  "Contact.export": ofList,
  "Contact.find": ofWrite,
  "ContactConversation.list": ofList,
  "ContactMemory.list": ofList,
  "ContactRating.list": ofList,
  "ContactSpace.list": ofList,
  "ContactTask.list": ofList,
  "ContactSecret.list": ofList,
  "ContactSecret.authenticate": ofWrite,
  "ContactSecret.verify": ofWrite,
  "ContactSecret.revoke": ofWrite,
  "ContactSecret.mint": ofWrite,
  "ContactSecret.proxy": ofProxy
} as const

type Name = keyof typeof drawFault

const ofContacts = [
  "Contact.create",
  "Contact.ensure",
  "Contact.update",
  "Contact.delete",
  "Contact.fetch",
  "Contact.list"
] as const

/** The operations of a theme, beside those on contacts, that are given faults. */
const ofTheme: Readonly<Record<string, ReadonlyArray<Name>>> = {
  items: [
    "ContactConversation.list",
    "ContactMemory.list",
    "ContactRating.list",
    "ContactSpace.list",
    "ContactTask.list"
  ],
  lookups: ["Contact.export", "Contact.find"],
  secrets: [
    "ContactSecret.list",
    "ContactSecret.authenticate",
    "ContactSecret.verify",
    "ContactSecret.revoke",
    "ContactSecret.mint",
    "ContactSecret.proxy"
  ]
}

/** Rules for the first 40 requests of each operation: each is given a fault of its own with this probability. */
export const draw = (random: SeededRandom, theme: string, probability: number): ReadonlyArray<InMemory.Fault.Rule> =>
  [...ofContacts, ...(ofTheme[theme] ?? [])].flatMap((operation) =>
    Array.from({ length: 40 }, (_, index) => index + 1).flatMap((attempt) =>
      random.chance(probability) ? [{ operation, attempt, fault: drawFault[operation](random) }] : []
    )
  )

/** The name of a fault in the names of states. */
export const nameOf = (fault: AnyFault): string => {
  if (fault._tag === "AfterCommit") return `${nameOf(fault.fault)} after the commit`
  if (fault._tag === "Status") return fault.status >= 500 || fault.status === 408 ? "Failure status" : "Refusal status"
  return fault._tag
}
