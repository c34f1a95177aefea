import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Scope, Exit, Stream } from "effect"
import { createServer } from "node:net"
import * as ClusterJobs from "../../src/jobs/ClusterJobs.ts"
import * as Jobs from "../../src/jobs/Jobs.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import * as Sockets from "../support/Sockets.ts"

if (PostgresServer.missing !== undefined) console.log(`ClusterJobs.test.ts is skipped: ${PostgresServer.missing}`)

const freePort = Effect.scoped(Effect.suspend(() => Sockets.listen(createServer())))

describe.skipIf(PostgresServer.missing !== undefined)("ClusterJobs.layer", () => {
  // The engine and the database take real time.
  it.live(
    "shares the chunks of a job out among the workers, and goes on after one has closed",
    () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.delay("20 millis") })
        const { url } = yield* PostgresServer.start
        const database = () => PgClient.layer({ url: Redacted.make(url), maxConnections: 4 })
        const worker = Effect.gen(function* () {
          const scope = yield* Scope.make()
          const layer = ClusterJobs.layer({ address: { host: "127.0.0.1", port: yield* freePort } })
          yield* Layer.buildWithScope(Layer.provide(layer, database()), scope)
          return Scope.close(scope, Exit.void)
        })
        yield* Effect.gen(function* () {
          const rows = Stream.range(1, 600).pipe(Stream.map((row) => ({ name: `Contact ${row}` })))
          yield* Jobs.submit("crm", rows, { operation: "create", chunkSize: 20 })
          const closeFirst = yield* worker
          const closeSecond = yield* worker
          yield* Effect.repeat(Effect.delay(Jobs.progress("crm"), "100 millis"), {
            until: ({ settled }) => settled >= 100
          })
          yield* closeFirst
          const progress = yield* Jobs.wait("crm", { stallAfter: "30 seconds" })
          assert.deepInclude(progress, { state: "finished", settled: 600, left: 0, run: 1 })
          yield* closeSecond
        }).pipe(Effect.provide(Layer.provide(Jobs.layer, database())))
        assert.lengthOf(yield* api.contacts(), 600)
      }).pipe(Effect.scoped, Effect.provide(InMemory.layer())),
    60_000
  )
})
