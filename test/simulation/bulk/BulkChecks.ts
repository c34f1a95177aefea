/** The rules that every world of bulk work keeps. */
import { isDeepStrictEqual } from "node:util"
import * as Bulk from "../../../src/Bulk.ts"
import type * as Contact from "../../../src/Contact.ts"
import * as Scenario from "./BulkScenario.ts"
import type { BulkWorld, Run } from "./Surroundings.ts"
import * as Expected from "./ExpectedOutcomes.ts"

type Report = (violation: string) => void

const show = (value: unknown): string => JSON.stringify(value)

/** Each run that ends has one outcome a row, and none takes more rows at a time than it may. */
const checkRun = ({ rows, runs }: Scenario.BulkScenario, run: Run, nth: number, report: Report): void => {
  const { exit, outcomes, setup, underWay } = run
  const numbers = outcomes.map(({ row }) => row)
  const inOrder = numbers.toSorted((left, right) => left - right)
  if (!setup.unordered && !isDeepStrictEqual(numbers, inOrder)) report(`run ${nth} is not in order: ${show(numbers)}`)
  if (new Set(numbers).size !== numbers.length) report(`run ${nth} has two outcomes of a row: ${show(inOrder)}`)
  if (underWay > setup.concurrency) report(`run ${nth} has ${underWay} requests under way of ${setup.concurrency}`)
  if (exit === undefined) return
  const canLoseLock = runs.some(({ stopAt }) => stopAt !== undefined)
  if (exit._tag === "Success") {
    if (
      !isDeepStrictEqual(
        inOrder,
        rows.map(({ row }) => row)
      )
    )
      report(`run ${nth} has not one outcome a row: ${show(inOrder)}`)
  } else if (!(setup.failAt !== undefined || canLoseLock) || !String(exit.cause).includes("JournalError")) {
    report(`run ${nth} fails: ${String(exit.cause)}`)
  }
}

/** An outcome that was final once stays as it is. A duplicate is final only if the outcome of the earlier row is. */
const checkFinality = ({ runs }: BulkWorld, report: Report): void => {
  const settled = new Map<number, Bulk.Outcome>()
  const given = runs.flatMap(({ events, outcomes, setup }, index) =>
    outcomes.map((outcome, nth) => ({ run: index + 1, outcome, event: events[nth] ?? 0, setup }))
  )
  for (const { outcome, run, setup } of given.toSorted((left, right) => left.event - right.event)) {
    const earlier = settled.get(outcome.row)
    // A process that stood still does not know the outcomes of the next one. It can give no final one any more.
    const isUnaware = setup.stopAt !== undefined && !Bulk.isSettled(outcome)
    if (earlier !== undefined && show(earlier) !== show(outcome) && !isUnaware) {
      report(`run ${run} changes a final outcome from ${show(earlier)} to ${show(outcome)}`)
    }
    const isSettled = outcome.outcome === "duplicate" ? settled.has(outcome.of) : Bulk.isSettled(outcome)
    if (isSettled) settled.set(outcome.row, outcome)
  }
}

/** The run without faults settles all rows, and another one sends nothing. */
const checkEnd = ({ runs }: BulkWorld, report: Report): void => {
  const [last, again] = runs.slice(-2)
  for (const outcome of last?.outcomes ?? []) {
    if (!Bulk.isSettled(outcome)) report(`the run without faults does not settle ${show(outcome)}`)
  }
  if (again?.requests !== 0) report(`another run sends ${again?.requests} requests`)
  if (again?.outcomes.length !== last?.outcomes.length) report("another run has other outcomes")
}

/** True if an outcome is the expected one. A row whose answer was lost with the process cannot know what it did. */
const isExpected = (outcome: Bulk.Outcome, expected: Expected.ExpectedOutcome, world: BulkWorld): boolean => {
  if (outcome.outcome === expected.outcome) return outcome.outcome !== "duplicate" || outcome.of === expected.of
  const { beforeImages, operation } = world.scenario
  const wasLost = world.losesAnswers
  const hasOwnFingerprint = operation === "upsert by email" || expected.row.key === undefined
  switch (`${expected.outcome} ${outcome.outcome}`) {
    case "created existing":
      return wasLost && !hasOwnFingerprint
    case "created unchanged":
      return wasLost && !hasOwnFingerprint
    case "unchanged deleted":
      // If no answer comes, a second request tells no contact that was deleted by the first one from one that was never there.
      return operation === "delete" && !beforeImages
    case "updated unchanged":
      return wasLost && !beforeImages
    case "deleted unchanged":
      // A gateway that sends a deletion twice can answer with the 404 of the second one.
      return (wasLost && !beforeImages) || world.history.calls.some(({ incidents }) => incidents.has("doubled"))
    default:
      return false
  }
}

const checkOutcomes = (world: BulkWorld, report: Report): void => {
  const outcomes = new Map(world.runs.at(-1)?.outcomes.map((outcome) => [outcome.row, outcome]))
  for (const expected of Expected.of(world.scenario)) {
    const outcome = outcomes.get(expected.row.row)
    if (outcome !== undefined && !isExpected(outcome, expected, world)) {
      report(`row ${show(expected.row)} should be ${expected.outcome} ${expected.of ?? ""}, not ${show(outcome)}`)
    }
  }
}

/** The part of a contact that rows can change. */
const visible = ({ email, fingerprint, id, meta, name, phone }: Contact.Contact) => ({
  email,
  fingerprint,
  id,
  meta,
  name,
  phone
})

/** The contacts are those that the expected outcomes make of the first ones. */
const checkContacts = (world: BulkWorld, report: Report): void => {
  const { after, before, runs, scenario } = world
  const left = new Map(before.map((contact) => [contact.id, visible(contact)]))
  const made = new Map<string, number>()
  const outcomes = new Map(runs.at(-1)?.outcomes.map((outcome) => [outcome.row, outcome]))
  for (const { outcome, row } of Expected.of(scenario)) {
    const actual = outcomes.get(row.row)
    const id = actual !== undefined && "id" in actual ? (actual.id ?? "") : ""
    const contact = left.get(id)
    if (outcome === "deleted") left.delete(id)
    else if (outcome === "updated" && contact !== undefined) left.set(id, { ...contact, name: Scenario.nameOf(row) })
    else if (outcome === "created") made.set(id, row.row)
  }
  for (const contact of after) {
    const expected = left.get(contact.id)
    if (expected === undefined) {
      const row = scenario.rows.find(({ row }) => row === made.get(contact.id))
      if (row === undefined || contact.name !== Scenario.nameOf(row)) report(`there is ${show(contact)}, of no row`)
    } else if (!isDeepStrictEqual(visible(contact), expected)) {
      report(`there is ${show(visible(contact))} instead of ${show(expected)}`)
    }
    left.delete(contact.id)
    made.delete(contact.id)
  }
  for (const contact of left.values()) report(`there is no ${show(contact)}`)
  for (const row of made.values()) report(`there is no contact of row ${row}`)
}

/** The outcomes agree with the contacts, whatever refused a row. */
const checkAgreement = ({ after, runs, scenario }: BulkWorld, report: Report): void => {
  const contacts = new Map(after.map((contact) => [contact.id, contact]))
  for (const outcome of runs.at(-1)?.outcomes ?? []) {
    const row = scenario.rows.find(({ row }) => row === outcome.row)
    if (row === undefined || !("id" in outcome)) continue
    const contact = contacts.get(outcome.id ?? "")
    const isGone = outcome.outcome === "deleted" || (outcome.outcome === "unchanged" && scenario.operation === "delete")
    if (isGone !== (contact === undefined)) report(`${show(outcome)} does not agree with ${show(contact)}`)
    const isWritten = outcome.outcome === "created" || outcome.outcome === "updated"
    if (isWritten && contact?.name !== Scenario.nameOf(row)) report(`${show(outcome)} is not in ${show(contact)}`)
  }
  const names = after.map(({ name }) => name).filter((name) => name.startsWith("Row "))
  if (new Set(names).size !== names.length) report(`a row has two contacts: ${show(names)}`)
}

/** A contact before a change is the one before the first run, and each change has one if that is asked for. */
const checkImages = ({ before, runs, scenario }: BulkWorld, report: Report): void => {
  for (const { outcomes } of runs) {
    for (const outcome of outcomes) {
      const image = "before" in outcome ? outcome.before : undefined
      const isChange = outcome.outcome === "updated" || outcome.outcome === "deleted"
      if (isChange && scenario.beforeImages !== (image !== undefined)) report(`${show(outcome)} and its image`)
      if (
        image !== undefined &&
        !isDeepStrictEqual(
          image,
          before.find(({ id }) => id === image.id)
        )
      ) {
        report(`${show(image)} is not the contact before the first change`)
      }
    }
  }
}

/** The violations of the rules in a world. */
export const check = (world: BulkWorld): ReadonlyArray<string> => {
  const violations: Array<string> = []
  const report: Report = (violation) => violations.push(violation)
  for (const [index, run] of world.runs.entries()) checkRun(world.scenario, run, index + 1, report)
  checkFinality(world, report)
  checkEnd(world, report)
  checkAgreement(world, report)
  checkImages(world, report)
  if (world.scenario.hasFinalRefusals) return violations
  checkOutcomes(world, report)
  checkContacts(world, report)
  return violations
}
