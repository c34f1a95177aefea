/** Runs all conformance cases and prints a report: `npm run conformance`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import { cases } from "../../src/conformance/Cases.ts"
import { clauses } from "../../src/conformance/Clauses.ts"
import type { Clause } from "../../src/conformance/clauses/Clause.ts"
import { outOfScope } from "../../src/conformance/clauses/OutOfScope.ts"
import * as Coverage from "../../src/conformance/Coverage.ts"
import * as LiveRun from "../../src/conformance/LiveRun.ts"
import { failures, table, titled, titledList, wrapped } from "../../src/conformance/Report.ts"
import * as Run from "../../src/conformance/Run.ts"
import * as Targets from "./Targets.ts"
import { fromEnvironment } from "./targets/LiveEnvironment.ts"

const print = (line = "") => Effect.sync(() => process.stdout.write(`${line}\n`))

const printAll = (title: string, lines: ReadonlyArray<string>) =>
  lines.length === 0 ? Effect.void : print(titledList(title, lines).join("\n"))

const basisOf = ({ assumptions = [], unnamed }: Clause): string => unnamed ?? assumptions.join(", ")

const testedElsewhere = clauses.flatMap(({ checkedBy, id }) =>
  checkedBy === undefined ? [] : [`  ${id.padEnd(28)} ${checkedBy}`]
)

const report = Effect.gen(function* () {
  const [inProcess, emulator] = yield* Effect.all([
    Targets.runControlled(Targets.controlled[0]),
    Targets.runControlled(Targets.controlled[1])
  ])
  const options = fromEnvironment(process.env)
  const live = typeof options === "string" ? undefined : yield* LiveRun.run(options)
  const results = [inProcess, emulator, ...(live === undefined ? [] : [live])]

  yield* print(
    [
      "The in-memory ChatBotKit, in process and over HTTP, tested against docs/wire-contract.md.",
      "A clause is one statement of the contract. It holds if all cases that name it pass.\n",
      ...table(results)
    ].join("\n")
  )
  yield* printAll("Clauses with a test outside the cases, since no case can show them:", testedElsewhere)
  yield* print(
    typeof options === "string"
      ? `\nNo live server was tested: ${options}.`
      : "\nThe live server ran the cases that need no control over the server."
  )

  const uncertain = clauses.filter(({ basis }) => basis !== undefined)
  yield* printAll(
    `${uncertain.length} clauses that the contract infers [I] or could not confirm [U], with the constant of Assumptions.ts or the reason:`,
    uncertain.map((clause) =>
      wrapped(`  [${clause.basis}] ${clause.id.padEnd(26)} ${clause.text} (${basisOf(clause)})`, " ".repeat(33))
    )
  )
  yield* printAll(
    "Parts of the contract without clauses, by section, with the reason:",
    outOfScope.map(({ section, text, reason }) => wrapped(`  ${section}  ${text} (${reason})`, "     "))
  )

  const failing = failures(results)
  const failed = clauses.filter(
    ({ id }) => Coverage.covered.has(id) && ![inProcess, emulator].every((of) => Coverage.passing(of).has(id))
  )
  const different = cases.flatMap(({ id }) => {
    const [one, other] = [inProcess.outcomes.get(id), emulator.outcomes.get(id)]
    const difference = one === undefined || other === undefined ? "did not run" : Run.difference(one, other)
    return difference === undefined ? [] : [wrapped(`  ${id}: ${difference}`, "     ")]
  })
  yield* printAll("Clauses without a test:", Coverage.uncovered.map(titled))
  yield* printAll("Clauses that do not hold:", failed.map(titled))
  yield* printAll("Cases that fail:", failing)
  yield* printAll("Cases with different replies in process and over HTTP:", different)

  const isGood =
    Coverage.uncovered.length === 0 && failing.length === 0 && failed.length === 0 && different.length === 0
  yield* print(
    isGood
      ? "\nAll clauses have a test, all cases pass, and the replies in process and over HTTP are equal."
      : "\nThe conformance tests failed: see the lists above."
  )
  return isGood
})

// `runMain` interrupts the run on Ctrl-C, so that contacts on a live server are deleted.
NodeRuntime.runMain(Effect.map(report, (isGood) => void (process.exitCode = isGood ? 0 : 1)))
