import { assert, describe, it } from "@effect/vitest"
import * as LiveRun from "../../src/conformance/LiveRun.ts"
import * as Report from "../../src/conformance/Report.ts"

const outcomes = LiveRun.casesForAnyServer.map((self): LiveRun.CaseOutcome => [
  self,
  { problems: [], brokenInvariants: [], replies: [] }
])
const total = outcomes.length

describe("The report of a run against a live server", () => {
  it("says that all cases pass, and lists nothing else", () => {
    const text = Report.live(LiveRun.resultsOf(outcomes))
    assert.match(text, new RegExp(`\nall cases {21}.* ${total} of ${total}\n\nAll cases pass\\.$`))
    assert.notInclude(text, "Clauses that do not hold:")
    assert.notInclude(text, "Cases that fail:")
  })

  it("lists the clauses that do not hold and the problems of the cases that fail", () => {
    const [first, ...others] = outcomes
    assert.isDefined(first)
    const [self] = first
    const failing: LiveRun.CaseOutcome = [self, { problems: ["status is 500"], brokenInvariants: [], replies: [] }]
    const text = Report.live(LiveRun.resultsOf([failing, ...others]))
    for (const clause of self.clauses) assert.include(text, `\n  ${clause} `)
    assert.include(text, `\nCases that fail:\n  live: ${self.id}: status is 500\n`)
    assert.isTrue(text.endsWith(`\n1 of ${total} cases fail.`))
  })
})
