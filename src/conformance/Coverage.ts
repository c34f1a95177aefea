import { cases } from "./Cases.ts"
import { clauses, type ClauseId, sectionOf } from "./Clauses.ts"
import type { Clause } from "./clauses/Clause.ts"
import { invariants } from "./Invariants.ts"
import type { Outcome } from "./Run.ts"

/** The outcomes of the cases that ran against a target, by their ids. */
export interface Results {
  readonly target: string
  /** True if the invariants were checked. */
  readonly controlled: boolean
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** The clauses that a case or an invariant names. */
export const covered: ReadonlySet<ClauseId> = new Set([...cases, ...invariants].flatMap(({ clauses }) => clauses))

/** The clauses that no case, invariant or other test covers. */
export const uncovered: ReadonlyArray<Clause> = clauses.filter(
  ({ checkedBy, id }) => checkedBy === undefined && !covered.has(id)
)

/** The clauses that hold for a target: at least one case or invariant that names the clause was checked, and all passed. */
export const passing = (results: Results): ReadonlySet<ClauseId> => {
  const { failed, seen } = checked(results)
  return new Set([...seen].filter((clause) => !failed.has(clause)))
}

/** The clauses that do not hold for a target: a case or an invariant that names the clause failed. */
export const failing = (results: Results): ReadonlySet<ClauseId> => checked(results).failed

const checked = ({ controlled, outcomes }: Results) => {
  const seen = new Set<ClauseId>()
  const failed = new Set<ClauseId>()
  for (const { id, clauses } of cases) {
    const outcome = outcomes.get(id)
    if (outcome === undefined) continue
    for (const clause of clauses) (outcome.problems.length === 0 ? seen : failed).add(clause)
  }
  const broken = new Set([...outcomes.values()].flatMap((outcome) => outcome.brokenInvariants))
  for (const { id, clauses } of controlled ? invariants : []) {
    for (const clause of clauses) (broken.has(id) ? failed : seen).add(clause)
  }
  return { failed, seen }
}

/** The clauses of a section. */
export const ofSection = (section: number): ReadonlyArray<Clause & { readonly id: ClauseId }> =>
  clauses.filter(({ id }) => sectionOf(id) === section)
