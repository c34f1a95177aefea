/** A worker: a process that executes the runs of jobs on a workflow engine. */
import * as ClusterWorkflowEngine from "effect/cluster/ClusterWorkflowEngine"
import type * as MessageStorage from "effect/cluster/MessageStorage"
import type * as Sharding from "effect/cluster/Sharding"
import type * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as WorkflowEngine from "effect/workflow/WorkflowEngine"
import type { Client } from "../../../Client.ts"
import * as Dispatcher from "./Dispatcher.ts"
import * as RunWorkflow from "./RunWorkflow.ts"
import * as Sweeper from "./Sweeper.ts"

/** The options of a worker. */
export interface Options {
  /**
   * The delay between two looks for jobs that are submitted or resumed.
   *
   * @default "1 second"
   */
  readonly pollInterval?: Duration.Input | undefined
  /**
   * The time after which finished and cancelled jobs are removed, with the outcomes of their rows. The jobs of the whole database,
   * whatever worker ran them.
   *
   * @default none: jobs stay until `Jobs.remove`
   */
  readonly retention?: Duration.Input | undefined
}

/** A worker with a name, and its engine. The tables of the jobs have to be there. */
export const layer = (
  name: string,
  { pollInterval = "1 second", retention }: Options
): Layer.Layer<
  WorkflowEngine.WorkflowEngine,
  never,
  Sharding.Sharding | MessageStorage.MessageStorage | SqlClient.SqlClient | Client
> =>
  Layer.mergeAll(Dispatcher.layer(pollInterval), Sweeper.layer(retention)).pipe(
    Layer.provideMerge(RunWorkflow.layer(name)),
    Layer.provideMerge(ClusterWorkflowEngine.layer)
  )
