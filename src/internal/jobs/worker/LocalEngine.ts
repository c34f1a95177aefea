import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import type * as MessageStorage from "effect/cluster/MessageStorage"
import * as RunnerHealth from "effect/cluster/RunnerHealth"
import * as Runners from "effect/cluster/Runners"
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import * as Sharding from "effect/cluster/Sharding"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as SqlMessageStorage from "effect/cluster/SqlMessageStorage"
import * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"

/**
 * The time that runs and chunks have to end when their worker closes, or when their shard moves to another worker. They go on
 * elsewhere, or later, so there is nothing to wait for. The default of Effect, 15 seconds, would stop a run for as long.
 */
export const entityTerminationTimeout = "1 second"

/** The engine of one process: `SingleRunner` of Effect without its options from the environment. */
export const layer: Layer.Layer<Sharding.Sharding | MessageStorage.MessageStorage, never, SqlClient.SqlClient> =
  /* @__PURE__ */ (() =>
    Sharding.layer.pipe(
      Layer.provide(Runners.layerNoop),
      Layer.provideMerge(SqlMessageStorage.layer),
      Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
      Layer.provide(ShardingConfig.layer({ simulateRemoteSerialization: false, entityTerminationTimeout })),
      Layer.provide(NodeCrypto.layerDigest)
    ))()
