import { cases } from "./Cases.ts"
import { clauses, type ClauseId, sectionOf } from "./Clauses.ts"
import type { Clause } from "./clauses/Clause.ts"
import { invariants } from "./Invariants.ts"
import type { Outcome } from "./Run.ts"

/** What came of the cases that ran against a target, by their id. */
export interface Results {
  readonly target: string
  /** Whether the invariants were checked. */
  readonly controlled: boolean
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** The clauses that a case or an invariant names. */
export const covered: ReadonlySet<ClauseId> = new Set([...cases, ...invariants].flatMap(({ clauses }) => clauses))

/** The clauses that nothing names. */
export const uncovered: ReadonlyArray<Clause> = clauses.filter(
  ({ checkedBy, id }) => checkedBy === undefined && !covered.has(id)
)

/**
 * The clauses that hold in a target: every case that ran and names one passes, and so does every invariant; those that
 * no case of the run names are not among them.
 */
export const passing = ({ controlled, outcomes }: Results): ReadonlySet<ClauseId> => {
  const seen = new Set<ClauseId>()
  const failed = new Set<ClauseId>()
  for (const { id, clauses } of cases) {
    const outcome = outcomes.get(id)
    if (outcome === undefined) continue
    for (const clause of clauses) (outcome.problems.length === 0 ? seen : failed).add(clause)
  }
  const broken = new Set([...outcomes.values()].flatMap((outcome) => outcome.broken))
  for (const { id, clauses } of controlled ? invariants : []) {
    for (const clause of clauses) (broken.has(id) ? failed : seen).add(clause)
  }
  return new Set([...seen].filter((clause) => !failed.has(clause)))
}

/** The clauses of a section. */
export const ofSection = (section: number): ReadonlyArray<Clause & { readonly id: ClauseId }> =>
  clauses.filter(({ id }) => sectionOf(id) === section)
