/** A process with a worker of a cluster, which runs until it is killed. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Layer, Logger, Redacted } from "effect"
import * as ClusterJobs from "../../src/jobs/ClusterJobs.ts"
import * as Job from "./Job.ts"

const [port = "", database = "", baseUrl = "", shardLockExpiry = "", logs = ""] = process.argv.slice(2)

// A worker that is cut off its database logs hundreds of lines.
const layerLogger = logs === "true" ? Layer.empty : Logger.layer([])

ClusterJobs.layer({
  address: { host: "127.0.0.1", port: Number(port) },
  shardLockExpiry: Number(shardLockExpiry)
}).pipe(
  Layer.provide([Job.layerClient(baseUrl), PgClient.layer({ url: Redacted.make(database), maxConnections: 8 })]),
  Layer.provide(layerLogger),
  Layer.launch,
  NodeRuntime.runMain
)
