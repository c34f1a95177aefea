import * as Effect from "effect/Effect"
import type { Case } from "./Case.ts"
import { cases } from "./Cases.ts"
import type { Results } from "./Coverage.ts"
import * as Run from "./Run.ts"
import * as Controlled from "./targets/Controlled.ts"
import * as Live from "./targets/Live.ts"

/** A case that takes longer, in milliseconds, waits for what will never come. */
const patience = 30_000

const inTime = (outcome: Effect.Effect<Run.Outcome>): Effect.Effect<Run.Outcome> =>
  Effect.timeoutOrElse(outcome, {
    duration: patience,
    orElse: () => Effect.succeed({ problems: [`no end after ${patience / 1000} s`], broken: [], replies: [] })
  })

/** The targets whose clock is under control. Every case runs on them, with the same replies. */
export const controlled = [
  { name: "in process", open: Controlled.inProcess },
  { name: "emulator", open: Controlled.emulator }
] as const

/** The cases that a live server can be asked. */
export const ofAnyServer: ReadonlyArray<Case> = cases.filter(({ needs = [] }) => needs.length === 0)

/** Runs every case on a target under control. */
export const runControlled = ({ name, open }: (typeof controlled)[number]): Effect.Effect<Results> =>
  Effect.map(
    Effect.forEach(cases, (self) =>
      Effect.map(inTime(Run.runControlled(self, open)), (outcome) => [self.id, outcome] as const)
    ),
    (outcomes) => ({ target: name, controlled: true, outcomes: new Map(outcomes) })
  )

/** Runs what it can be asked on a live server, one case after another. */
export const runLive = (options: Live.Options): Effect.Effect<Results> =>
  Effect.map(
    Effect.forEach(ofAnyServer, (self) =>
      Effect.map(inTime(Run.run(self, Live.live(options))), (outcome) => [self.id, outcome] as const)
    ),
    (outcomes) => ({ target: "live", controlled: false, outcomes: new Map(outcomes) })
  )
