/** The report of a run as text. */
import { cases } from "./Cases.ts"
import { clauses, sections } from "./Clauses.ts"
import type { Clause } from "./clauses/Clause.ts"
import * as Coverage from "./Coverage.ts"
import type { Outcome } from "./Run.ts"

const width = 100

/** A text in lines of at most the width. The first line keeps its indentation, the others get `indent`. */
export const wrapped = (text: string, indent: string): string => {
  const lines: Array<string> = []
  let line = /^ */.exec(text)?.[0] ?? ""
  for (const word of text.trim().split(" ")) {
    const longer = line.trim() === "" ? line + word : `${line} ${word}`
    if (longer.length > width && line.trim() !== "") {
      lines.push(line)
      line = indent + word
    } else line = longer
  }
  return [...lines, line].join("\n")
}

/** The line of a clause. */
export const titled = ({ id, text }: Clause): string => wrapped(`  ${id.padEnd(28)} ${text}`, " ".repeat(31))

/** Lines under a title, after an empty line. Nothing without lines. */
export const titledList = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", title, ...lines]

/** The number of clauses in each section, and how many have a case and hold for each target. */
export const table = (results: ReadonlyArray<Coverage.Results>): ReadonlyArray<string> => {
  const passing = results.map(Coverage.passing)
  const line = (title: string, counts: ReadonlyArray<number | string>) =>
    title.padEnd(30) + counts.map((count) => String(count).padStart(13)).join("")
  const counts = (of: ReadonlyArray<(typeof clauses)[number]>) => [
    of.length,
    of.filter(({ id }) => Coverage.covered.has(id)).length,
    ...passing.map((ids) => of.filter(({ id }) => ids.has(id)).length)
  ]
  return [
    line("section", ["clauses", "with a case", ...results.map(({ target }) => target)]),
    ...sections.map(([section, title]) => line(`${section} ${title}`, counts(Coverage.ofSection(section)))),
    line("all clauses", counts(clauses)),
    line("all cases", ["", cases.length, ...results.map(({ outcomes }) => passed(outcomes))])
  ]
}

const passed = (outcomes: ReadonlyMap<string, Outcome>): string =>
  `${[...outcomes.values()].filter(({ problems }) => problems.length === 0).length} of ${outcomes.size}`

/** The problems of the cases that failed, by target. */
export const failures = (results: ReadonlyArray<Coverage.Results>): ReadonlyArray<string> =>
  results.flatMap(({ target, outcomes }) =>
    [...outcomes].flatMap(([id, { problems }]) =>
      problems.map((problem) => wrapped(`  ${target}: ${id}: ${problem}`, "     "))
    )
  )

/** The report of a run against a live server. */
export const live = (results: Coverage.Results): string => {
  const failing = failures([results])
  const broken = Coverage.failing(results)
  const failedCases = [...results.outcomes.values()].filter(({ problems }) => problems.length > 0).length
  return [
    "A server, tested against docs/wire-contract.md.",
    "A clause is one statement of the contract. It holds if all cases that name it pass.",
    `Only cases that need no control over the server ran: ${results.outcomes.size} of ${cases.length}.\n`,
    ...table([results]),
    ...titledList("Clauses that do not hold:", clauses.filter(({ id }) => broken.has(id)).map(titled)),
    ...titledList("Cases that fail:", failing),
    failedCases === 0 ? "\nAll cases pass." : `\n${failedCases} of ${results.outcomes.size} cases fail.`
  ].join("\n")
}
