/** The random settings of a world of jobs: those of bulk work, and the people who control the job. */
import * as Scenario from "../bulk/BulkScenario.ts"
import type { Incidents } from "../bulk/Moments.ts"
import type { SeededRandom } from "../SeededRandom.ts"

export type Action = "pause" | "resume" | "cancel"

/** A worker in a process of its own, with somebody who controls the job. */
export interface WorkerSetup extends Incidents {
  /** The milliseconds after which the worker is closed. */
  readonly closeAfter: number
  /** The changes of the job, each with the wait before it. */
  readonly actions: ReadonlyArray<{ readonly wait: number; readonly action: Action }>
}

export interface JobScenario {
  readonly bulk: Scenario.BulkScenario
  readonly concurrency: number
  readonly chunkSize: number
  readonly chunkConcurrency: number
  readonly workers: ReadonlyArray<WorkerSetup>
}

const drawWorker = (random: SeededRandom): WorkerSetup => ({
  killAt: random.chance(0.6)
    ? { step: random.pick(["request", "reply", "journal"]), nth: 1 + random.below(random.pick([10, 60, 300])) }
    : undefined,
  stopAt: undefined,
  failAt: undefined,
  closeAfter: 500 + random.millis(60_000),
  actions: Array.from({ length: random.below(5) }, () => ({
    wait: random.millis(15_000),
    action: random.pick<Action>(["pause", "resume", "resume", "cancel"])
  }))
})

/** A random scenario. */
export const draw = (random: SeededRandom): JobScenario => ({
  bulk: Scenario.draw(random.fork("bulk")),
  concurrency: 1 + random.below(8),
  chunkSize: 1 + random.below(random.pick([5, 30])),
  chunkConcurrency: 1 + random.below(4),
  workers: Array.from({ length: random.below(5) }, () => drawWorker(random))
})
