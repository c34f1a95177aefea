import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as FindBatches from "../../../src/internal/lookup/FindBatches.ts"
import type { FindRequest } from "../../../src/internal/lookup/FindRequest.ts"
import * as FindQuery from "../../../src/internal/lookup/FindQuery.ts"
import * as Lookup from "../../support/FakeLookup.ts"

const make = (request: FindRequest) => Result.getOrThrow(FindBatches.make(request))
const sizeOf = ({ variables }: FindBatches.Batch) =>
  new TextEncoder().encode(JSON.stringify(FindQuery.body(variables, "cmwsk55x8000com7dj9qcuwx6"))).length

describe("make", () => {
  it("without a list is one batch that every contact matches", () => {
    const { batches, canOverlap, isFiltered } = make({})
    assert.lengthOf(batches, 1)
    assert.isTrue(batches[0]?.matches(Lookup.contact("c1")))
    assert.deepStrictEqual({ canOverlap, isFiltered }, { canOverlap: false, isFiltered: false })
    assert.isTrue(make({ meta: { a: 1 } }).isFiltered)
  })

  it("only fingerprints and e-mail addresses can change, so that two batches can overlap", () => {
    const many = Array.from({ length: 101 }, (_, index) => `v${index}`)
    assert.deepInclude(make({ ids: many }), { canOverlap: false, isFiltered: false })
    assert.deepInclude(make({ ids: many, meta: { a: 1 } }), { canOverlap: false, isFiltered: true })
    for (const name of ["fingerprints", "emails"] as const) {
      assert.deepInclude(make({ [name]: many }), { canOverlap: true, isFiltered: true })
      assert.deepInclude(make({ [name]: many.slice(1) }), { canOverlap: false, isFiltered: true })
    }
  })

  it.each([
    ["short values", "v".repeat(10)],
    ["values that JSON escapes", "\u0001".repeat(199)],
    ["long values", "v".repeat(30_000)],
    ["long values that JSON escapes", "\u0001".repeat(5000)],
    ["long values of other letters", "王".repeat(10_000)]
  ])("%s fit into 1 MiB, with meta that takes most of it", (_name, value) => {
    const ids = Array.from({ length: 250 }, (_, index) => `${index}${value}`)
    for (const meta of [{ a: "x" }, { a: "x".repeat(1_000_000) }]) {
      const { batches } = make({ ids, meta })
      assert.deepStrictEqual(
        batches.flatMap(({ variables }) => variables.ids),
        ids
      )
      for (const batch of batches) {
        assert.isAtMost(sizeOf(batch), 1024 * 1024)
        assert.isAtMost(batch.variables.ids?.length ?? 0, 100)
      }
    }
  })

  it("makes batches of 200,000 values", () => {
    assert.lengthOf(make({ ids: Array.from({ length: 200_000 }, (_, index) => `v${index}`) }).batches, 2000)
  })

  it("names the first value that is too large for any request", () => {
    const emails = ["a", "b".repeat(1_048_576), "c".repeat(1_048_576)]
    const problem = Result.getOrThrow(Result.flip(FindBatches.make({ emails })))
    assert.strictEqual(problem.field, "emails.1")
  })

  it("matches contacts with all of the lists, exactly", () => {
    const [batch] = make({ ids: ["c1", "c2"], fingerprints: ["f1"], emails: ["a", "b"] }).batches
    const matches = (id: string, fingerprint: string, email: string | null) =>
      batch?.matches(Lookup.contact(id, { fingerprint, email }))
    assert.isTrue(matches("c1", "f1", "a"))
    assert.isTrue(matches("c2", "f1", "b"))
    assert.isFalse(matches("C1", "f1", "a"))
    assert.isFalse(matches("c1", "f1 ", "a"))
    assert.isFalse(matches("c1", "f1", "A"))
    assert.isFalse(matches("c1", "f1", null))
  })
})
