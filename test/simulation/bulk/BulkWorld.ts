/** One simulated world of bulk work: a job that runs again and again, until a run without faults ends. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Bulk from "../../../src/Bulk.ts"
import * as Client from "../../../src/Client.ts"
import * as Journal from "../../../src/Journal.ts"
import * as FileJournal from "../../../src/layers/FileJournal.ts"
import type { History } from "../History.ts"
import type { SeededRandom } from "../SeededRandom.ts"
import * as Scenario from "./BulkScenario.ts"
import { Disk } from "./Disk.ts"
import { Moments } from "./Moments.ts"
import { Process } from "./Process.ts"
import * as ProcessHttp from "./ProcessHttp.ts"
import * as StoredJournal from "./StoredJournal.ts"
import * as Surroundings from "./Surroundings.ts"

const job = "crm 2026-11"
const path = "crm.journal"

const workOf = (
  { beforeImages, operation, rows }: Scenario.BulkScenario,
  { chunk, concurrency, pause, unordered }: Scenario.RunSetup,
  idOf: (key: number) => string
) => {
  const common = {
    job,
    concurrency,
    unordered,
    ...(pause === undefined ? {} : { pause: { failures: pause, wait: 1000 } })
  }
  const changing = { ...common, beforeImages }
  const source = Stream.rechunk(Stream.fromIterable(rows), chunk)
  const made = Stream.map(source, (row) => Scenario.toMake(row, "fingerprint"))
  switch (operation) {
    case "ensure":
      return Bulk.ensure(made, common)
    case "create":
      return Bulk.create(made, common)
    case "update":
      return Bulk.update(
        Stream.map(source, (row) => Scenario.toUpdate(row, idOf)),
        changing
      )
    case "delete":
      return Bulk.delete(
        Stream.map(source, (row) => Scenario.toDelete(row, idOf)),
        changing
      )
    case "upsert by fingerprint":
      return Bulk.upsert(made, changing)
    case "upsert by email":
      return Bulk.upsert(
        Stream.map(source, (row) => Scenario.toMake(row, "email")),
        { ...changing, by: "email" }
      )
  }
}

/** The parts of a world that its processes share. */
interface Shared {
  readonly scenario: Scenario.BulkScenario
  readonly history: History
  readonly random: SeededRandom
  readonly disk: Disk
  readonly entries: StoredJournal.Entries
  readonly idOf: (key: number) => string
  readonly token: () => string
}

/** Runs the job in a process of its own. Ends when the process does, or stands still; the result is the run. */
const runOnce = Effect.fnUntraced(function* (
  shared: Shared,
  setup: Scenario.RunSetup,
  network: HttpClient.HttpClient,
  nth: number
) {
  const { disk, entries, history, scenario } = shared
  const random = shared.random.fork(`run ${nth}`)
  const process = yield* Process.begin
  const moments = new Moments(process, setup)
  // The network names the call of each request in the history.
  const call = history.begin({
    caller: `run ${nth}`,
    account: "a",
    operation: { kind: "fetch", id: "" },
    exactlyOnce: true
  })
  const { http, mostUnderWay } = ProcessHttp.make(process, moments, network, call)
  const journal =
    scenario.journal === "stored"
      ? Layer.succeed(Journal.Journal, StoredJournal.make(entries, process, moments, random))
      : FileJournal.layer(path).pipe(
          Layer.provide(Layer.succeed(FileSystem.FileSystem, disk.fileSystem(process, moments)))
        )
  const outcomes: Array<Bulk.Outcome> = []
  const events: Array<number> = []
  const client = Client.layer({ ...setup.client, secret: Redacted.make(shared.token()) })
  const program = workOf(scenario, setup, shared.idOf).pipe(
    Stream.runForEach((outcome) =>
      Effect.suspend(() => {
        history.log(`run ${nth}: row ${outcome.row} is ${outcome.outcome}`)
        outcomes.push(outcome)
        events.push(history.nextEvent())
        return setup.consumer === 0 ? Effect.void : Effect.sleep(random.below(setup.consumer))
      })
    ),
    Effect.provide(Layer.merge(journal, Layer.provide(client, Layer.succeed(HttpClient.HttpClient, http)))),
    Effect.provideService(Random.Random, random.effectRandom)
  )
  history.log(`run ${nth} begins: ${JSON.stringify(setup)}`)
  const scope = yield* Effect.scope
  const ended = yield* Effect.forkIn(process.run(program), scope)
  const wake = Effect.map(Effect.sleep(setup.stopFor), () => {
    history.log(`run ${nth} goes on`)
    process.continue()
  })
  const run = Effect.map(Fiber.join(ended), (exit): Surroundings.Run => {
    history.log(`run ${nth} ends: ${exit === undefined ? "killed" : exit._tag}`)
    return { setup, outcomes, events, exit, requests: moments.requests, underWay: mostUnderWay() }
  })
  // A process that stands still goes on beside the next one.
  const stopped = Effect.flatMap(process.stopped, () => Effect.forkIn(Effect.andThen(wake, run), scope))
  return yield* Effect.raceFirst(Effect.map(run, Effect.succeed), Effect.map(stopped, Fiber.join))
})

/** Runs the world of a seed. Undefined if it never ends. The same seed always gives the same world. */
export const run = (
  seedText: string
): { readonly world: Surroundings.BulkWorld | undefined; readonly history: History } => {
  const beginning = Surroundings.begin(seedText)
  const { history, random } = beginning
  const scenario = Scenario.draw(random.fork("scenario"))
  const world = Surroundings.run(beginning, scenario, ({ idOf, token }) => {
    const shared: Shared = {
      scenario,
      history,
      random: random.fork("processes"),
      disk: new Disk(random.fork("disk")),
      entries: new Map(),
      idOf,
      token
    }
    return {
      disturbed: Effect.fnUntraced(function* (network) {
        const begun: Array<Effect.Effect<Surroundings.Run>> = []
        for (const setup of scenario.runs) {
          begun.push(yield* runOnce(shared, setup, network, begun.length + 1))
          yield* Effect.sleep(random.millis(10_000))
        }
        return yield* Effect.all(begun)
      }),
      undisturbed: (network, nth) => Effect.flatten(runOnce(shared, scenario.lastRun, network, nth)),
      losesAnswers: (runs) => runs.some(({ exit }) => exit?._tag !== "Success")
    }
  })
  return { world, history }
}
