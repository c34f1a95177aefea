/** The rows of the jobs that are killed, and the outcome that each of them must have. */
import type * as Contact from "../../src/Contact.ts"
import { UnreadableRow } from "../../src/internal/format/UnreadableRow.ts"
import { SeededRandom } from "../simulation/SeededRandom.ts"

/**
 * The outcome that a row must have. A contact is `created` even if the answer of its create was lost. With a fingerprint of its own it
 * can also be `existing`, since another run does not know who made it.
 */
export type Expected =
  | { readonly outcome: "made"; readonly hasOwnFingerprint: boolean }
  | { readonly outcome: "invalid" }
  | { readonly outcome: "duplicate"; readonly of: number }

/** A row of the input. */
export interface InputRow {
  readonly row: number
  readonly value: Contact.CreateRequest | UnreadableRow
  readonly expected: Expected
}

/** An address that the server refuses and the client does not. */
const refusedEmail = "not an address"

/** A time that the client refuses. */
const refusedTime = Number.MAX_SAFE_INTEGER

const person = (row: number): Contact.CreateRequest => ({
  name: `Person ${row}`,
  email: `person${row}@example.com`,
  meta: { row }
})

/**
 * The rows of a seed. About 1 in 50 is unreadable, 1 in 50 is refused by the client, 1 in 20 by the server, and 1 in 25 repeats the
 * fingerprint of an earlier row, which can be one that the server refuses: then the later row is valid.
 */
export const make = (seed: string, count: number): ReadonlyArray<InputRow> => {
  const random = new SeededRandom(seed).fork("input")
  const fingerprints: Array<string> = []
  const holders = new Map<string, number>()

  const withFingerprint = (row: number, fingerprint: string, email: string): InputRow => {
    const value = { ...person(row), email, fingerprint }
    const of = holders.get(fingerprint)
    if (of !== undefined) return { row, value, expected: { outcome: "duplicate", of } }
    if (email === refusedEmail) return { row, value, expected: { outcome: "invalid" } }
    holders.set(fingerprint, row)
    return { row, value, expected: { outcome: "made", hasOwnFingerprint: true } }
  }

  return Array.from({ length: count }, (_, index) => {
    const row = index + 1
    const email = `person${row}@example.com`
    const kind = random.below(100)
    if (kind < 2) {
      const value = new UnreadableRow({ line: row, description: "Expected JSON" })
      return { row, value, expected: { outcome: "invalid" } }
    }
    if (kind < 4) return { row, value: { ...person(row), verifiedAt: refusedTime }, expected: { outcome: "invalid" } }
    if (kind < 8 && fingerprints.length > 0) {
      return withFingerprint(row, fingerprints[random.below(fingerprints.length)] ?? "", email)
    }
    if (kind < 30) {
      const fingerprint = `fingerprint of row ${row}`
      fingerprints.push(fingerprint)
      return withFingerprint(row, fingerprint, random.chance(0.25) ? refusedEmail : email)
    }
    return { row, value: person(row), expected: { outcome: "made", hasOwnFingerprint: false } }
  })
}

/** The number of contacts that the rows make. */
export const contactCount = (input: ReadonlyArray<InputRow>): number =>
  input.filter(({ expected }) => expected.outcome === "made").length
