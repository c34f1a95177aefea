/** The faults of the server of a simulated world: any that a real server could have, at random. */
import * as InMemory from "../../src/layers/InMemory.ts"
import type { Dice } from "./Dice.ts"

const { Fault } = InMemory
type AnyFault = InMemory.Fault.Fault
type AnswerFault = InMemory.Fault.AnswerFault

/** Statuses of a server or gateway that did nothing. A 404 or 409 would be a wrong answer, which no client can detect. */
const refusals = [302, 400, 401, 402, 403, 408, 413, 429, 500, 501, 502, 503, 504] as const

/** Statuses that a gateway, or a server that failed, may answer after the request had its effect. */
const ambiguous = [303, 408, 500, 502, 503, 504] as const

const instead = (dice: Dice, statuses: readonly [number, ...ReadonlyArray<number>]): AnswerFault =>
  dice.pick<() => AnswerFault>([
    () => Fault.status(dice.pick(statuses)),
    () => Fault.status(503, { body: "<html>Bad gateway</html>", headers: { "content-type": "text/html" } }),
    () => Fault.reset,
    () => Fault.stall,
    () => Fault.delay(dice.millis(120_000)),
    () => Fault.garbage(1 + dice.below(100))
  ])()

const inBody = (dice: Dice, at: () => InMemory.Fault.Place): AnyFault =>
  dice.pick<() => AnyFault>([
    () => Fault.cutAfter(at()),
    () => Fault.cutAfter(at()),
    () => Fault.resetAfter(at()),
    () => Fault.stallAfter(at()),
    () => Fault.trickle(1 + dice.below(40), { every: dice.below(300) }),
    () => Fault.endless(dice.pick(["\n", '{"type":"nop"}\n', "x"]), { every: 1000 })
  ])()

const ofWrite = (dice: Dice): AnyFault =>
  dice.pick<() => AnyFault>([
    () => instead(dice, refusals),
    () => Fault.afterCommit(instead(dice, ambiguous)),
    () => Fault.afterCommit(instead(dice, ambiguous)),
    () => inBody(dice, () => dice.below(40))
  ])()

/** A 403 to a fetch says that the contact is another account's, so it would be a wrong answer too. */
const ofFetch = (dice: Dice): AnyFault => {
  const fault = ofWrite(dice)
  return fault._tag === "Status" && fault.status === 403 ? Fault.status(503) : fault
}

const ofList = (dice: Dice): AnyFault =>
  dice.pick<() => AnyFault>([
    () => instead(dice, refusals),
    () => Fault.status(200, { body: '{"code":"GENERIC_ERROR","message":"System error occurred"}' }),
    () => Fault.rateLimit({ retryAfter: `${dice.below(30)} seconds` }),
    () =>
      inBody(dice, () => (dice.chance(0.5) ? { lines: dice.pick([0, 1, 2, 5, 100, 101, 200]) } : dice.below(30_000))),
    () => Fault.errorAfter(dice.pick([0, 1, 3, 100, 150])),
    () => Fault.dropPage(dice.below(3)),
    () => Fault.delayPage(dice.below(3), dice.millis(100_000)),
    () => Fault.ignoreCursor
  ])()

const drawn = {
  "Contact.create": ofWrite,
  "Contact.ensure": ofWrite,
  "Contact.update": ofWrite,
  "Contact.delete": ofWrite,
  "Contact.fetch": ofFetch,
  "Contact.list": ofList
} as const

const names = Object.keys(drawn) as ReadonlyArray<keyof typeof drawn>

/** Rules for that part of the first requests of each operation, each with a fault of its own. */
export const draw = (dice: Dice, probability: number): ReadonlyArray<InMemory.Fault.Rule> =>
  names.flatMap((operation) =>
    Array.from({ length: 40 }, (_, index) => index + 1).flatMap((attempt) =>
      dice.chance(probability) ? [{ operation, attempt, fault: drawn[operation](dice) }] : []
    )
  )

/** A fault in a few words, with its phase. */
export const named = (fault: AnyFault): string => {
  if (fault._tag === "AfterCommit") return `${named(fault.fault)} after the commit`
  if (fault._tag === "Status") return fault.status >= 500 || fault.status === 408 ? "Failure status" : "Refusal status"
  return fault._tag
}
