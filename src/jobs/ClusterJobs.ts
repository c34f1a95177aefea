/**
 * Jobs on many machines, over PostgreSQL. It needs `@effect/sql-pg` and `@effect/platform-node`.
 */
import * as NodeClusterSocket from "@effect/platform-node/NodeClusterSocket"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import type * as Config from "effect/Config"
import type * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as SocketServer from "effect/socket/SocketServer"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as WorkflowEngine from "effect/workflow/WorkflowEngine"
import type { Client } from "../Client.ts"
import * as LocalEngine from "../internal/jobs/worker/LocalEngine.ts"
import * as Worker from "../internal/jobs/worker/Worker.ts"
import * as Jobs from "./Jobs.ts"

/** The address of a worker. */
export interface Address {
  readonly host: string
  readonly port: number
}

/**
 * The options of a worker in a cluster.
 *
 * The work is divided into shards, and each worker has a lock on some of them. After a worker was killed, or stands still, the
 * others go on with its chunks once its locks have expired: after `shardLockExpiry`, and at most `shardPollInterval` twice.
 */
export interface Options extends Worker.Options {
  /** The address that the other workers reach this one by. Each worker has its own. */
  readonly address: Address
  /**
   * The address that this worker listens on.
   *
   * @default address
   */
  readonly listenAddress?: Address | undefined
  /**
   * The time after which the locks of a worker that does not refresh them expire. A worker that stands still for longer, such as
   * for a collection of garbage, loses its chunks to the others: then some rows are sent twice, and all are recorded once. The
   * same for all workers.
   *
   * @default "10 seconds"
   */
  readonly shardLockExpiry?: Duration.Input | undefined
  /**
   * The delay between two refreshes of the locks. A third of `shardLockExpiry` if that is less.
   *
   * @default "3 seconds"
   */
  readonly shardLockRefresh?: Duration.Input | undefined
  /**
   * The delay between two looks for shards without a worker, and for messages of other workers that were not delivered directly.
   *
   * @default "1 second"
   */
  readonly shardPollInterval?: Duration.Input | undefined
}

const addressOf = ({ host, port }: Address) => RunnerAddress.make(host, port)

/**
 * The control of the jobs in a database, and a worker that runs them together with the workers of other processes. The chunks of
 * all jobs are shared out among the workers. `Jobs.layer` alone is the control without a worker.
 *
 * The workers speak to each other over TCP without encryption: their ports belong in a private network. What they exchange holds
 * no data of rows. The account's rate limit is shared by the workers if the store of the limiter is: see `SqlRateLimiterStore`.
 *
 * Other settings of Effect's cluster are read from the environment, as `ShardingConfig` describes.
 *
 * @example
 * ```ts
 * const worker = ClusterJobs.layer({ address: { host: "10.0.0.7", port: 34431 } }).pipe(
 *   Layer.provide(PgClient.layer({ url: Redacted.make(process.env.DATABASE_URL) })),
 *   Layer.provide(Node.layer({ secret }))
 * )
 * ```
 */
export const layer = ({
  address,
  listenAddress,
  shardLockExpiry = "10 seconds",
  shardLockRefresh = "3 seconds",
  shardPollInterval = "1 second",
  ...options
}: Options): Layer.Layer<
  Jobs.Jobs | WorkflowEngine.WorkflowEngine,
  Jobs.JobsError | SocketServer.SocketServerError | Config.ConfigError,
  SqlClient.SqlClient | Client
> =>
  Worker.layer(`${address.host}:${address.port}`, options).pipe(
    Layer.provide(
      NodeClusterSocket.layer({
        storage: "sql",
        shardingConfig: {
          runnerAddress: Option.some(addressOf(address)),
          runnerListenAddress: Option.map(Option.fromUndefinedOr(listenAddress), addressOf),
          shardLockExpiration: shardLockExpiry,
          shardLockRefreshInterval: shardLockRefresh,
          entityMessagePollInterval: shardPollInterval,
          refreshAssignmentsInterval: shardPollInterval,
          runnerHealthCheckInterval: shardLockRefresh,
          entityTerminationTimeout: LocalEngine.entityTerminationTimeout
        }
      })
    ),
    Layer.provideMerge(Jobs.layer)
  )
