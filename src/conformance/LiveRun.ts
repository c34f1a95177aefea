/** The run of the cases that hold for any server, one after another. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Case } from "./Case.ts"
import { cases } from "./Cases.ts"
import type { Results } from "./Coverage.ts"
import * as Run from "./Run.ts"
import * as LiveTarget from "./targets/LiveTarget.ts"

/** The timeout of a case in milliseconds, for replies that never come. */
const caseTimeout = 30_000

/** An outcome with the timeout of a case. */
export const withTimeout = (outcome: Effect.Effect<Run.Outcome>): Effect.Effect<Run.Outcome> =>
  Effect.timeoutOrElse(outcome, {
    duration: caseTimeout,
    orElse: () =>
      Effect.succeed({ problems: [`did not end within ${caseTimeout / 1000} s`], brokenInvariants: [], replies: [] })
  })

/** The cases without needs, which hold for a live server too. */
export const casesForAnyServer: ReadonlyArray<Case> = cases.filter(({ needs = [] }) => needs.length === 0)

/** A case with its outcome. */
export type CaseOutcome = readonly [self: Case, outcome: Run.Outcome]

/** The outcomes of cases on a live server, each as its case ends. Default: all that need no control over the server. */
export const outcomes = (
  options: LiveTarget.Options,
  selected: ReadonlyArray<Case> = casesForAnyServer
): Stream.Stream<CaseOutcome> =>
  Stream.fromIterable(selected).pipe(
    Stream.rechunk(1),
    Stream.mapEffect((self) =>
      Effect.map(withTimeout(Run.run(self, LiveTarget.live(options))), (outcome) => [self, outcome] as const)
    )
  )

/** The results of a live server. */
export const resultsOf = (outcomes: Iterable<CaseOutcome>): Results => ({
  target: "live",
  controlled: false,
  outcomes: new Map(Array.from(outcomes, ([{ id }, outcome]) => [id, outcome]))
})

/** Runs the cases without needs against a live server. */
export const run = (options: LiveTarget.Options): Effect.Effect<Results> =>
  Effect.map(Stream.runCollect(outcomes(options)), resultsOf)
