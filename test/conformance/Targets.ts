import * as Effect from "effect/Effect"
import type { Case } from "./Case.ts"
import { cases } from "./Cases.ts"
import type { Results } from "./Coverage.ts"
import * as Run from "./Run.ts"
import * as Controlled from "./targets/Controlled.ts"
import * as Live from "./targets/Live.ts"

/** The timeout of a case in milliseconds, for replies that never come. */
const caseTimeout = 30_000

const withTimeout = (outcome: Effect.Effect<Run.Outcome>): Effect.Effect<Run.Outcome> =>
  Effect.timeoutOrElse(outcome, {
    duration: caseTimeout,
    orElse: () =>
      Effect.succeed({ problems: [`did not end within ${caseTimeout / 1000} s`], brokenInvariants: [], replies: [] })
  })

/** The controlled targets. Every case runs against both, with the same replies. */
export const controlled = [
  { name: "in process", open: Controlled.inProcess },
  { name: "over HTTP", open: Controlled.emulator }
] as const

/** The cases that hold for a live server too. */
export const casesForAnyServer: ReadonlyArray<Case> = cases.filter(({ needs = [] }) => needs.length === 0)

/** Runs every case against a controlled target. */
export const runControlled = ({ name, open }: (typeof controlled)[number]): Effect.Effect<Results> =>
  Effect.map(
    Effect.forEach(cases, (self) =>
      Effect.map(withTimeout(Run.runControlled(self, open)), (outcome) => [self.id, outcome] as const)
    ),
    (outcomes) => ({ target: name, controlled: true, outcomes: new Map(outcomes) })
  )

/** Runs the cases without needs against a live server, one after another. */
export const runLive = (options: Live.Options): Effect.Effect<Results> =>
  Effect.map(
    Effect.forEach(casesForAnyServer, (self) =>
      Effect.map(withTimeout(Run.run(self, Live.live(options))), (outcome) => [self.id, outcome] as const)
    ),
    (outcomes) => ({ target: "live", controlled: false, outcomes: new Map(outcomes) })
  )
