/**
 * Runs one job on three processes over a PostgreSQL of its own, kills one, stops another one for a while and cuts the third one off the
 * database, then checks the outcomes and the contacts: `npm run jobs:cluster`. Options as in `crash.ts`.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { Effect, Fiber, Layer, Redacted, Stream } from "effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Jobs from "../../src/jobs/Jobs.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import * as Sockets from "../support/Sockets.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import * as Arguments from "./Arguments.ts"
import * as Check from "./Check.ts"
import * as FaultyApi from "./FaultyApi.ts"
import * as Input from "./Input.ts"
import * as Job from "./Job.ts"
import * as Processes from "./Processes.ts"

const { logs, rows, seed } = Arguments.read({ rows: 20_000 })

/** The time after which another runner takes over the work of one that does not refresh its locks. */
const lockExpiry = 5000

/** Longer than the locks of a runner last. */
const outage = Effect.sleep(lockExpiry + 3000)

/** The time of each create, so that the job goes on for longer than all that happens to its runners. */
const delay = 60

/** The number of chunks that each runner ended last. */
const chunksByWorker = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ worker: string | null; chunks: string }>`
    SELECT worker, count(*) AS chunks FROM chatbotkit_chunk GROUP BY worker ORDER BY worker
  `
)

/** The longest time without an outcome between two moments, in milliseconds. */
const longestStall = Effect.fnUntraced(function* (from: number, to: number) {
  const sql = yield* SqlClient.SqlClient
  const times = yield* sql<{ at: string }>`
    SELECT DISTINCT recorded_at AS at FROM chatbotkit_outcome WHERE recorded_at BETWEEN ${from} AND ${to} ORDER BY at
  `
  const moments = [from, ...times.map(({ at }) => Number(at))]
  return Math.max(0, ...moments.slice(1).map((at, index) => at - (moments[index] ?? at)))
})

/** Something that happens to a runner once a share of the creates was sent. */
interface Incident {
  readonly text: string
  readonly share: number
  readonly happen: Effect.Effect<void>
}

const cluster = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const { url } = yield* Emulator.Emulator
  const postgres = yield* PostgresServer.start
  const proxy = yield* TcpProxy.start(postgres.port)
  const cutUrl = postgres.url.replace(String(postgres.port), String(proxy.port))
  const input = Input.make(seed, rows)
  const contactCount = Input.contactCount(input)
  yield* FaultyApi.inject(seed, delay)
  yield* Check.print(`${rows} rows for ${contactCount} contacts, 3 runners, locks last ${lockExpiry} ms, seed ${seed}`)

  const start = Effect.fnUntraced(function* (database: string) {
    const port = yield* Sockets.freePort
    const runner = yield* Processes.start("runner.ts", [String(port), database, url, String(lockExpiry), String(logs)])
    return { ...runner, port }
  })
  const killed = yield* start(postgres.url)
  const stopped = yield* start(postgres.url)
  const cut = yield* start(cutUrl)

  const incidents: ReadonlyArray<Incident> = [
    { text: `runner ${killed.port} is killed`, share: 0.1, happen: killed.signal("SIGKILL") },
    {
      text: `runner ${stopped.port} is stopped for ${lockExpiry + 3000} ms`,
      share: 0.35,
      happen: Effect.andThen(Effect.andThen(stopped.signal("SIGSTOP"), outage), stopped.signal("SIGCONT"))
    },
    {
      text: `runner ${cut.port} is cut off PostgreSQL for ${lockExpiry + 3000} ms`,
      share: 0.65,
      happen: Effect.andThen(Effect.andThen(proxy.cut, outage), proxy.mend)
    }
  ]

  const run = Effect.gen(function* () {
    yield* Job.submit(input)
    const settling = yield* Effect.forkChild(Job.settle)
    const times: Array<number> = []
    for (const { happen, share, text } of incidents) {
      yield* FaultyApi.untilCreates(Math.floor(contactCount * share))
      times.push(Date.now())
      yield* Check.print(text)
      yield* happen
    }
    yield* Fiber.join(settling)
    const ended = Date.now()
    yield* Check.print("the job has ended")
    for (const [index, { text }] of incidents.entries()) {
      const stall = yield* longestStall(times[index] ?? ended, times[index + 1] ?? ended)
      yield* Check.print(`${text}: at most ${(stall / 1000).toFixed(1)} s without an outcome`)
    }
    for (const { chunks, worker } of yield* chunksByWorker) yield* Check.print(`runner ${worker}: ${chunks} chunks`)
    return yield* Stream.runCollect(Jobs.outcomes(Job.name))
  })
  const control = Jobs.layer.pipe(Layer.provideMerge(PgClient.layer({ url: Redacted.make(postgres.url) })))
  const outcomes = yield* Effect.provide(run, control)

  const contacts = yield* api.contacts(FaultyApi.token)
  const faults = yield* api.injectedFaults
  yield* Check.print(`${outcomes.length} outcomes, ${contacts.length} contacts, ${yield* FaultyApi.creates} creates`)
  yield* Check.print(`${faults.filter(({ fault }) => fault._tag !== "Delay").length} faults`)
  const problems: Array<string> = []
  for (const { hasEnded, port } of [stopped, cut]) if (yield* hasEnded) problems.push(`Runner ${port} has ended`)
  return yield* Check.report([...problems, ...Check.problems(input, outcomes, contacts)])
})

const run =
  PostgresServer.missing === undefined
    ? cluster.pipe(Effect.scoped, Effect.provide(Emulator.layer({ requestLogLimit: 0 })))
    : Effect.as(Check.print(PostgresServer.missing), false)
const isGood = await Effect.runPromise(run)
process.exitCode = isGood ? 0 : 1
