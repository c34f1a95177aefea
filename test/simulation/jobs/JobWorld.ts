/** One simulated world of a job: workers begin, are killed or closed, and people change the job, until it is done. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import type * as Bulk from "../../../src/Bulk.ts"
import * as Client from "../../../src/Client.ts"
import * as LocalEngine from "../../../src/internal/jobs/worker/LocalEngine.ts"
import * as Worker from "../../../src/internal/jobs/worker/Worker.ts"
import * as Jobs from "../../../src/jobs/Jobs.ts"
import * as Scenario from "../bulk/BulkScenario.ts"
import { Moments } from "../bulk/Moments.ts"
import { Process } from "../bulk/Process.ts"
import * as ProcessHttp from "../bulk/ProcessHttp.ts"
import * as Surroundings from "../bulk/Surroundings.ts"
import type { History } from "../History.ts"
import * as JobScenario from "./JobScenario.ts"
import { MemoryDatabase } from "./MemoryDatabase.ts"
import * as SyncDigest from "./SyncDigest.ts"

const job = "crm 2026-11"

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
): { readonly world: Surroundings.BulkWorld | undefined; readonly history: History } => {
  const beginning = Surroundings.begin(seedText)
  const { history, random } = beginning
  const scenario = JobScenario.draw(random.fork("scenario"))
  const database = new MemoryDatabase()
  const setup = {
    ...scenario.bulk.lastRun,
    concurrency: scenario.concurrency * scenario.chunkConcurrency,
    unordered: false
  }

  const workIn = ({ idOf, token }: Surroundings.Surroundings): Surroundings.Work => {
    /** Runs a worker in a process of its own, and something beside it. Its outcomes are those at its end. */
    const work = Effect.fnUntraced(
      function* <E>(
        network: HttpClient.HttpClient,
        nth: number,
        incidents: JobScenario.WorkerSetup,
        beside: Effect.Effect<void, E, Jobs.Jobs>
      ): Effect.fn.Return<Surroundings.Run> {
        const process = yield* Process.begin
        const moments = new Moments(process, incidents)
        const caller = { caller: `worker ${nth}`, account: "a", exactlyOnce: true }
        const call = history.begin({ ...caller, operation: { kind: "fetch", id: "" } })
        const { http, mostUnderWay } = ProcessHttp.make(process, moments, network, call)
        const secret = Redacted.make(token())
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
          yield* submit(scenario, idOf)
          yield* beside
          yield* collect
        }).pipe(Effect.provide(layer), Effect.provideService(Random.Random, random.fork(`worker ${nth}`).effectRandom))
        history.log(`worker ${nth} begins: ${JSON.stringify(incidents)}`)
        const exit = yield* process.run(program)
        history.log(`worker ${nth} ends: ${exit === undefined ? "killed" : String(exit)}`)
        return { setup, outcomes, events, exit, requests: moments.requests, underWay: mostUnderWay() }
      },
      Effect.provideService(References.MinimumLogLevel, "None")
    )

    const last = { killAt: undefined, stopAt: undefined, failAt: undefined, closeAfter: 0, actions: [] }
    return {
      disturbed: Effect.fnUntraced(function* (network) {
        const runs: Array<Surroundings.Run> = []
        for (const worker of scenario.workers) {
          const controlled = Effect.forkChild(Effect.ignore(control(worker)))
          const beside = Effect.andThen(controlled, Effect.sleep(worker.closeAfter))
          runs.push(yield* work(network, runs.length + 1, worker, beside))
          yield* Effect.sleep(random.millis(10_000))
        }
        return runs
      }),
      undisturbed: (network, nth) => work(network, nth, last, finish),
      losesAnswers: () => scenario.workers.length > 0
    }
  }
  const world = Surroundings.run(beginning, scenario.bulk, workIn)
  database.close()
  return { world, history }
}
