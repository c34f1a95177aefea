/** Executes the runs that are requested. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as WorkflowEngine from "effect/workflow/WorkflowEngine"
import { JobRun } from "../../../jobs/JobRun.ts"
import * as JobStore from "../JobStore.ts"
import * as WorkerLoop from "./WorkerLoop.ts"

/**
 * Looks for runs that have not ended, and executes each of them once. The engine takes a second execution, by this process or by
 * another, as the same one. So no run is lost if a process ends, whatever it had done by then.
 */
export const layer = (
  interval: Duration.Input
): Layer.Layer<never, never, WorkflowEngine.WorkflowEngine | SqlClient.SqlClient> => {
  const executed = new Set<string>()
  const dispatch = Effect.gen(function* () {
    const runs = yield* JobStore.jobsToRun
    const current = new Set<string>()
    for (const { id, run } of runs) {
      const key = `${id}/${run}`
      if (!executed.has(key)) yield* JobRun.execute({ job: id, run }, { discard: true })
      executed.add(key)
      current.add(key)
    }
    for (const key of executed) if (!current.has(key)) executed.delete(key)
  })
  return WorkerLoop.layer("dispatcher", interval, dispatch)
}
