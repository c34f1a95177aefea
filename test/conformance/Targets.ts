import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import type { Case } from "../../src/conformance/Case.ts"
import { cases } from "../../src/conformance/Cases.ts"
import type { Results } from "../../src/conformance/Coverage.ts"
import * as LiveRun from "../../src/conformance/LiveRun.ts"
import * as Run from "../../src/conformance/Run.ts"
import type { OpenTarget } from "../../src/conformance/targets/CaseTarget.ts"
import * as Controlled from "./targets/Controlled.ts"

/** The controlled targets. Every case runs against both, with the same replies. */
export const controlled = [
  { name: "in process", open: Controlled.inProcess },
  { name: "over HTTP", open: Controlled.emulator }
] as const

/** Runs a case against a new controlled target, under the test clock. */
export const runCase = (self: Case, open: OpenTarget): Effect.Effect<Run.Outcome> =>
  Effect.provide(Run.run(self, open), TestClock.layer())

/** Runs every case against a controlled target. */
export const runControlled = ({ name, open }: (typeof controlled)[number]): Effect.Effect<Results> =>
  Effect.map(
    Effect.forEach(cases, (self) =>
      Effect.map(LiveRun.withTimeout(runCase(self, open)), (outcome) => [self.id, outcome] as const)
    ),
    (outcomes) => ({ target: name, controlled: true, outcomes: new Map(outcomes) })
  )
