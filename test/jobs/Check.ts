/** The check of a job that has ended: every row has its outcome, and the contacts are those of the valid rows. */
import * as Effect from "effect/Effect"
import type * as Bulk from "../../src/Bulk.ts"
import type * as Contact from "../../src/Contact.ts"
import { UnreadableRow } from "../../src/internal/format/UnreadableRow.ts"
import type { Expected, InputRow } from "./Input.ts"

const describe = (expected: Expected): string =>
  expected.outcome === "duplicate" ? `duplicate of row ${expected.of}` : expected.outcome

const isExpected = (outcome: Bulk.Outcome, expected: Expected): boolean => {
  switch (expected.outcome) {
    case "made":
      return outcome.outcome === "created" || (expected.hasOwnFingerprint && outcome.outcome === "existing")
    case "invalid":
      return outcome.outcome === "invalid"
    case "duplicate":
      return outcome.outcome === "duplicate" && outcome.of === expected.of
  }
}

const isContactOf = (contact: Contact.Contact, { value }: InputRow): boolean =>
  !(value instanceof UnreadableRow) &&
  contact.name === value.name &&
  contact.email === value.email &&
  (value.fingerprint === undefined || contact.fingerprint === value.fingerprint)

/** The problems with the outcomes of the rows. */
function* ofOutcomes(input: ReadonlyArray<InputRow>, outcomes: ReadonlyArray<Bulk.Outcome>): Generator<string> {
  if (outcomes.length !== input.length) yield `${outcomes.length} outcomes for ${input.length} rows`
  const byRow = Map.groupBy(outcomes, ({ row }) => row)
  for (const { expected, row } of input) {
    const found = byRow.get(row) ?? []
    const [outcome] = found
    if (outcome === undefined || found.length > 1) yield `Row ${row} has ${found.length} outcomes`
    else if (!isExpected(outcome, expected)) {
      yield `Row ${row} has the outcome ${JSON.stringify(outcome)}, expected ${describe(expected)}`
    }
  }
  if (outcomes.some(({ row }, index) => row !== index + 1)) yield "The outcomes are not in the order of the rows"
}

/** The problems with the contacts: each has to be that of one row, and no other row's. */
function* ofContacts(
  input: ReadonlyArray<InputRow>,
  outcomes: ReadonlyArray<Bulk.Outcome>,
  contacts: ReadonlyArray<Contact.Contact>
): Generator<string> {
  const contactsById = new Map(contacts.map((contact) => [contact.id, contact]))
  if (contactsById.size !== contacts.length) yield "Two contacts have one id"
  const rowsById = new Map<string, number>()
  for (const outcome of outcomes) {
    if (outcome.outcome !== "created" && outcome.outcome !== "existing") continue
    const { id = "none", row } = outcome
    const contact = contactsById.get(id)
    const inputRow = input[row - 1]
    const otherRow = rowsById.get(id)
    rowsById.set(id, row)
    if (otherRow !== undefined) yield `Rows ${otherRow} and ${row} have the contact ${id}`
    if (contact === undefined) yield `The contact ${id} of row ${row} does not exist`
    else if (inputRow === undefined || !isContactOf(contact, inputRow))
      yield `The contact ${id} is not that of row ${row}`
  }
  for (const { id, name } of contacts) if (!rowsById.has(id)) yield `No row has the contact ${id}, ${name}`
  const copies = Map.groupBy(contacts, ({ email }) => email)
  for (const [email, same] of copies) if (same.length > 1) yield `${same.length} contacts have the address ${email}`
}

/** The problems with the outcomes and the contacts of a job, each in one line. */
export const problems = (
  input: ReadonlyArray<InputRow>,
  outcomes: ReadonlyArray<Bulk.Outcome>,
  contacts: ReadonlyArray<Contact.Contact>
): ReadonlyArray<string> => [...ofOutcomes(input, outcomes), ...ofContacts(input, outcomes, contacts)]

/** Prints a line with the time since the start of the command. */
export const print = (text: string): Effect.Effect<void> =>
  Effect.sync(() => console.log(`${process.uptime().toFixed(1).padStart(6)} s  ${text}`))

/** The number of problems that are printed. */
const shown = 20

/** Prints the problems, or that there are none. Gives true if there are none. */
export const report = (problems: ReadonlyArray<string>): Effect.Effect<boolean> =>
  Effect.sync(() => {
    for (const problem of problems.slice(0, shown)) console.log(problem)
    console.log(
      problems.length === 0
        ? "ok: every row has its outcome, and the contacts are those of the valid rows, each once"
        : `NOT OK: ${problems.length} problems`
    )
    return problems.length === 0
  })
