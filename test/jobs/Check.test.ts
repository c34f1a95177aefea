import { assert, describe, it } from "@effect/vitest"
import { Effect, Random, Stream } from "effect"
import * as Bulk from "../../src/Bulk.ts"
import type * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Check from "./Check.ts"
import * as Input from "./Input.ts"
import { loadGraphql } from "../support/LoadGraphql.ts"

const input = Input.make("check", 500)

const settled = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const rows = Stream.fromIterable(input).pipe(Stream.map(({ value }) => value))
  const outcomes = yield* Stream.runCollect(Bulk.create(rows, { job: "check" }))
  return { outcomes, contacts: yield* api.contacts() }
}).pipe(Effect.provide(InMemory.layer()), Random.withSeed("check"))

/** The first outcome of a kind. */
const first = (outcomes: ReadonlyArray<Bulk.Outcome>, kind: Bulk.Outcome["outcome"]): Bulk.Outcome => {
  const outcome = outcomes.find(({ outcome }) => outcome === kind)
  assert(outcome !== undefined)
  return outcome
}

loadGraphql()

describe("the input of the jobs that are killed", () => {
  it("has rows of every kind, the same for the same seed", () => {
    const kinds = Map.groupBy(input, ({ expected }) => expected.outcome)
    assert.deepStrictEqual([...kinds.keys()].toSorted(), ["duplicate", "invalid", "made"])
    const later = input.filter(
      ({ expected, row, value }) =>
        expected.outcome === "made" && "fingerprint" in value && value.fingerprint !== `fingerprint of row ${row}`
    )
    assert.isAbove(later.length, 0)
    assert.deepStrictEqual(Input.make("check", 500), input)
    assert.notDeepEqual(Input.make("other", 500), input)
  })
})

describe("the check of a job", () => {
  it.effect("finds nothing in the outcomes and contacts of bulk work", () =>
    Effect.gen(function* () {
      const { contacts, outcomes } = yield* settled
      assert.deepStrictEqual(Check.problems(input, outcomes, contacts), [])
      assert.strictEqual(contacts.length, Input.contactCount(input))
    })
  )

  it.effect("finds a lost, a doubled, a wrong and a misplaced outcome", () =>
    Effect.gen(function* () {
      const { contacts, outcomes } = yield* settled
      const check = (outcomes: ReadonlyArray<Bulk.Outcome>) => Check.problems(input, outcomes, contacts)
      const duplicate = first(outcomes, "duplicate")
      const rest = outcomes.filter((outcome) => outcome !== duplicate)
      const wrong: Bulk.Outcome = { row: duplicate.row, outcome: "invalid", description: "wrong" }
      assert.deepStrictEqual(check(rest), [
        "499 outcomes for 500 rows",
        `Row ${duplicate.row} has 0 outcomes`,
        "The outcomes are not in the order of the rows"
      ])
      assert.include(check([...outcomes, duplicate]), `Row ${duplicate.row} has 2 outcomes`)
      assert.deepStrictEqual(check(outcomes.toReversed()), ["The outcomes are not in the order of the rows"])
      assert.strictEqual(check(outcomes.with(duplicate.row - 1, wrong)).length, 1)
      const unsent: Bulk.Outcome = { row: duplicate.row, outcome: "not-sent" }
      assert.strictEqual(check(outcomes.with(duplicate.row - 1, unsent)).length, 1)
    })
  )

  it.effect("finds a lost, a doubled and a changed contact, and one that two rows have", () =>
    Effect.gen(function* () {
      const { contacts, outcomes } = yield* settled
      const check = (contacts: ReadonlyArray<Contact.Contact>) => Check.problems(input, outcomes, contacts)
      const [contact, other] = contacts
      assert(contact !== undefined && other !== undefined)
      assert.match(check(contacts.slice(1)).join("\n"), /^The contact \S+ of row \d+ does not exist$/)
      const copy = check([...contacts, { ...contact, id: "copy" }])
      assert.deepStrictEqual(copy, [
        `No row has the contact copy, ${contact.name}`,
        `2 contacts have the address ${contact.email}`
      ])
      assert.include(check([...contacts, contact]), "Two contacts have one id")
      assert.match(check(contacts.with(0, { ...contact, name: "Other" })).join("\n"), /is not that of row \d+$/)
      const created = first(outcomes, "created")
      const stolen: Bulk.Outcome = { row: created.row, outcome: "created", id: other.id }
      const problems = Check.problems(input, outcomes.with(created.row - 1, stolen), contacts).join("\n")
      assert.match(problems, /Rows \d+ and \d+ have the contact/)
      assert.match(problems, /No row has the contact/)
    })
  )
})
