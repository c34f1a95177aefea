/** Deletes the data that nothing needs any more: what the engine stores of ended runs, and jobs after their retention. */
import * as EntityAddress from "effect/cluster/EntityAddress"
import * as EntityId from "effect/cluster/EntityId"
import * as EntityType from "effect/cluster/EntityType"
import * as MessageStorage from "effect/cluster/MessageStorage"
import * as Sharding from "effect/cluster/Sharding"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Workflow from "effect/workflow/Workflow"
import { JobRun } from "../../../jobs/JobRun.ts"
import * as JobStates from "../control/JobStates.ts"
import * as Staging from "../control/Staging.ts"
import * as JobStore from "../JobStore.ts"
import { JobChunk } from "./RunWorkflow.ts"
import * as WorkerLoop from "./WorkerLoop.ts"

/** The delay between two passes. */
const interval = "10 seconds"

const addressOf = /* @__PURE__ */ Effect.fnUntraced(function* (
  workflow: Workflow.Any,
  executionId: string
): Effect.fn.Return<EntityAddress.EntityAddress, never, Sharding.Sharding> {
  const sharding = yield* Sharding.Sharding
  const entityId = EntityId.make(executionId)
  return EntityAddress.make({
    entityType: EntityType.make(`Workflow/${workflow._tag}`),
    entityId,
    shardId: sharding.getShardId(entityId, "default")
  })
})

const isSuspended = (result: unknown): boolean => Predicate.isTagged(result, "Suspended")

/**
 * The state of a run in the engine: a run is still there for a moment after its end is recorded. Not read by `poll`, which has the
 * defect of a run as its own.
 */
const stateOf = /* @__PURE__ */ Effect.fnUntraced(function* ({ id, run }: JobStore.Run) {
  const storage = yield* MessageStorage.MessageStorage
  const address = yield* addressOf(JobRun, yield* JobRun.executionId({ job: id, run }))
  const request = yield* storage.requestIdForPrimaryKey({ address, tag: "run", id: "" })
  if (Option.isNone(request)) return "absent"
  const reply = (yield* storage.repliesForUnfiltered([request.value])).at(-1)
  if (reply?._tag !== "WithExit") return "running"
  return reply.exit._tag === "Success" && isSuspended(reply.exit.value) ? "running" : "complete"
})

/** Deletes the chunks before the run, so that a sweep that was cut off is begun again. */
const clear = /* @__PURE__ */ Effect.fnUntraced(function* ({ chunks, id, run }: JobStore.EndedRun) {
  const storage = yield* MessageStorage.MessageStorage
  for (let chunk = 0; chunk <= chunks; chunk++) {
    const executionId = yield* JobChunk.executionId({ job: id, run, chunk })
    yield* storage.clearAddress(yield* addressOf(JobChunk, executionId))
  }
  yield* storage.clearAddress(yield* addressOf(JobRun, yield* JobRun.executionId({ job: id, run })))
})

/** Deletes the jobs that ended before the retention. */
const removeOld = (retention: Duration.Input) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => JobStates.removeEnded(now - Duration.toMillis(retention)))

/** A sweeper that keeps ended jobs for the time of the retention, or for good. */
export const layer = (
  retention: Duration.Input | undefined
): Layer.Layer<never, never, Sharding.Sharding | MessageStorage.MessageStorage | SqlClient.SqlClient> => {
  const sweep = Effect.gen(function* () {
    for (const run of yield* JobStore.jobsToRun) {
      // Only a bug can end a run in the engine alone. The job would be active for ever.
      if ((yield* stateOf(run)) === "complete") {
        yield* JobStore.park(run, "Defect")
        yield* JobStore.endRun(run)
      }
    }
    for (const ended of yield* JobStore.runsToSweep) {
      const state = yield* stateOf(ended)
      if (state === "complete") yield* clear(ended)
      if (state !== "running") yield* JobStore.swept(ended)
    }
    yield* Staging.removeAbandoned
    if (retention !== undefined) yield* removeOld(retention)
  })
  return WorkerLoop.layer("sweeper", interval, sweep)
}
