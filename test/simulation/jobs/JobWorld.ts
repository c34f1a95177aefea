/** One simulated world of a job: workers begin, are killed or closed, and people change the job, until it is done. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import type * as Bulk from "../../../src/Bulk.ts"
import * as Client from "../../../src/Client.ts"
import type * as Contact from "../../../src/Contact.ts"
import * as LocalEngine from "../../../src/internal/jobs/worker/LocalEngine.ts"
import * as Worker from "../../../src/internal/jobs/worker/Worker.ts"
import * as Jobs from "../../../src/jobs/Jobs.ts"
import * as Scenario from "../bulk/BulkScenario.ts"
import * as BulkWorld from "../bulk/BulkWorld.ts"
import { Moments } from "../bulk/Moments.ts"
import { Process } from "../bulk/Process.ts"
import * as ProcessHttp from "../bulk/ProcessHttp.ts"
import { History } from "../History.ts"
import * as Network from "../Network.ts"
import { SeededRandom } from "../SeededRandom.ts"
import * as Server from "../Server.ts"
import { VirtualTime } from "../VirtualTime.ts"
import * as JobScenario from "./JobScenario.ts"
import { MemoryDatabase } from "./MemoryDatabase.ts"
import * as SyncDigest from "./SyncDigest.ts"

const job = "crm 2026-11"
const hour = 3_600_000

SyncDigest.install()

/** Submits the job, which is there already if an earlier process has done it. */
const submit = ({ bulk, ...options }: JobScenario.JobScenario, idOf: (key: number) => string) => {
  const { chunkConcurrency, chunkSize, concurrency } = options
  const common = { chunkConcurrency, chunkSize, concurrency }
  const changing = { ...common, beforeImages: bulk.beforeImages }
  const source = Stream.fromIterable(bulk.rows)
  const made = Stream.map(source, (row) => Scenario.toMake(row, "fingerprint"))
  switch (bulk.operation) {
    case "ensure":
      return Jobs.submit(job, made, { ...common, operation: "ensure" })
    case "create":
      return Jobs.submit(job, made, { ...common, operation: "create" })
    case "update": {
      const rows = Stream.map(source, (row) => Scenario.toUpdate(row, idOf))
      return Jobs.submit(job, rows, { ...changing, operation: "update" })
    }
    case "delete": {
      const rows = Stream.map(source, (row) => Scenario.toDelete(row, idOf))
      return Jobs.submit(job, rows, { ...changing, operation: "delete" })
    }
    case "upsert by fingerprint":
      return Jobs.submit(job, made, { ...changing, operation: "upsert" })
    case "upsert by email": {
      const rows = Stream.map(source, (row) => Scenario.toMake(row, "email"))
      return Jobs.submit(job, rows, { ...changing, operation: "upsert", by: "email" })
    }
  }
}

const changes = { pause: Jobs.pause, resume: Jobs.resume, cancel: Jobs.cancel }

/** Changes the job as the people of a worker do. */
const control = ({ actions }: JobScenario.WorkerSetup) =>
  Effect.forEach(actions, ({ action, wait }) => Effect.andThen(Effect.sleep(wait), changes[action](job)), {
    discard: true
  })

/** Resumes the job until all of its rows are settled. */
const finish = Effect.gen(function* () {
  for (let turn = 0; turn < 5; turn++) {
    yield* Jobs.resume(job)
    const { left } = yield* Jobs.wait(job)
    if (left === 0) return
  }
})

/** Runs the world of a seed. Undefined if it never ends. */
export const run = (
  seedText: string
): { readonly world: BulkWorld.BulkWorld | undefined; readonly history: History } => {
  const random = new SeededRandom(seedText)
  const time = new VirtualTime(Date.UTC(2026, 0, 1), 60 * 24 * hour)
  const history = new History(() => time.elapsed)
  const scenario = JobScenario.draw(random.fork("scenario"))
  const database = new MemoryDatabase()
  const setup = {
    ...scenario.bulk.lastRun,
    concurrency: scenario.concurrency * scenario.chunkConcurrency,
    unordered: false
  }

  const program = Effect.gen(function* () {
    const expiresAt = time.now + scenario.bulk.tokenLife
    const server = yield* Server.make(
      { accounts: BulkWorld.accounts(expiresAt), rateLimit: undefined },
      time.clock,
      random.fork("server"),
      history
    )
    const ids = yield* BulkWorld.seed(server, scenario.bulk, time.now)
    const contacts = Effect.map(server.state.contacts("a"), (records) =>
      records.map((record): Contact.Contact => structuredClone(Struct.omit(record, ["account"])))
    )
    const before = yield* contacts
    yield* server.state.faults.inject(scenario.bulk.rules)
    const networkWith = (rates: Network.FaultRates, name: string) =>
      Network.make({ server, rates, random: random.fork(name), history, ensure: () => Effect.void })
    const runs: Array<BulkWorld.Run> = []

    /** Runs a worker in a process of its own, and something beside it. Its outcomes are those at its end. */
    const work = Effect.fnUntraced(function* <E>(
      network: HttpClient.HttpClient,
      incidents: JobScenario.WorkerSetup,
      beside: Effect.Effect<void, E, Jobs.Jobs>
    ) {
      const nth = runs.length + 1
      const process = yield* Process.begin
      const moments = new Moments(process, incidents)
      const caller = { caller: `worker ${nth}`, account: "a", exactlyOnce: true }
      const call = history.begin({ ...caller, operation: { kind: "fetch", id: "" } })
      const { http, mostUnderWay } = ProcessHttp.make(process, moments, network, call)
      const secret = Redacted.make(time.now < expiresAt ? "sk-canary-old" : "sk-canary-new")
      const layer = Worker.layer(`worker ${nth}`, {}).pipe(
        Layer.provide(LocalEngine.layer),
        Layer.provideMerge(Jobs.layer),
        Layer.provide(database.layer(process, moments)),
        Layer.provide(Layer.provide(Client.layer({ secret }), Layer.succeed(HttpClient.HttpClient, http)))
      )
      const outcomes: Array<Bulk.Outcome> = []
      const events: Array<number> = []
      const collect = Stream.runForEach(Jobs.outcomes(job), (outcome) =>
        Effect.sync(() => {
          history.log(`worker ${nth}: row ${outcome.row} is ${outcome.outcome}`)
          outcomes.push(outcome)
          events.push(history.nextEvent())
        })
      )
      const program = Effect.gen(function* () {
        yield* submit(scenario, (key) => ids[key] ?? `cmissing${key}`)
        yield* beside
        yield* collect
      }).pipe(Effect.provide(layer), Effect.provideService(Random.Random, random.fork(`worker ${nth}`).effectRandom))
      history.log(`worker ${nth} begins: ${JSON.stringify(incidents)}`)
      const exit = yield* process.run(program)
      history.log(`worker ${nth} ends: ${exit === undefined ? "killed" : String(exit)}`)
      runs.push({ setup, outcomes, events, exit, requests: moments.requests, underWay: mostUnderWay() })
    })

    const faulty = yield* networkWith(scenario.bulk.rates, "network")
    for (const worker of scenario.workers) {
      const beside = Effect.andThen(Effect.forkChild(Effect.ignore(control(worker))), Effect.sleep(worker.closeAfter))
      yield* work(faulty, worker, beside)
      yield* Effect.sleep(random.millis(10_000))
    }
    yield* server.state.faults.removeAll
    const quiet = yield* networkWith(Network.noFaults, "quiet network")
    yield* Effect.sleep(Number.isFinite(expiresAt) ? 120_000 : 0)
    const last = { killAt: undefined, stopAt: undefined, failAt: undefined, closeAfter: 0, actions: [] }
    yield* work(quiet, last, finish)
    yield* work(quiet, last, finish)
    yield* Effect.sleep(6 * hour)
    const losesAnswers = scenario.workers.length > 0
    const after = yield* contacts
    return { scenario: scenario.bulk, history, runs, losesAnswers, before, after } satisfies BulkWorld.BulkWorld
  })
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const exit = time.run(
    program.pipe(
      Effect.scoped,
      Effect.provideService(Random.Random, random.fork("world").effectRandom),
      Effect.provideService(References.MinimumLogLevel, "None")
    )
  )
  Error.stackTraceLimit = stackTraceLimit
  database.close()
  if (exit?._tag === "Failure") throw new Error(`The world of ${seedText} fails: ${String(exit.cause)}`)
  return { world: exit?.value, history }
}
