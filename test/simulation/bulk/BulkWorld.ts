/** One simulated world of bulk work: a job that runs again and again, until a run without faults ends. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import * as Bulk from "../../../src/Bulk.ts"
import * as Client from "../../../src/Client.ts"
import type * as Contact from "../../../src/Contact.ts"
import * as Journal from "../../../src/Journal.ts"
import * as FileJournal from "../../../src/layers/FileJournal.ts"
import { History } from "../History.ts"
import * as Network from "../Network.ts"
import { SeededRandom } from "../SeededRandom.ts"
import * as Server from "../Server.ts"
import { VirtualTime } from "../VirtualTime.ts"
import * as Scenario from "./BulkScenario.ts"
import { Disk } from "./Disk.ts"
import { Moments } from "./Moments.ts"
import { Process } from "./Process.ts"
import * as ProcessHttp from "./ProcessHttp.ts"
import * as StoredJournal from "./StoredJournal.ts"

/** A run of the job, as it was. */
export interface Run {
  readonly setup: Scenario.RunSetup
  /** The outcomes that the consumer got, in order, and the numbers of the events with which it got them. */
  readonly outcomes: ReadonlyArray<Bulk.Outcome>
  readonly events: ReadonlyArray<number>
  /** Undefined if the process was killed. */
  readonly exit: Exit.Exit<void, unknown> | undefined
  readonly requests: number
  /** The largest number of requests under way. */
  readonly underWay: number
}

export interface BulkWorld {
  readonly scenario: Scenario.BulkScenario
  readonly history: History
  /** The runs with faults, the one without, and another one. */
  readonly runs: ReadonlyArray<Run>
  /** True if a process can have ended with a row under way, so that nobody knows its answer. */
  readonly losesAnswers: boolean
  /** The contacts of the account before the first run. */
  readonly before: ReadonlyArray<Contact.Contact>
  /** The contacts of the account after the last request has arrived. */
  readonly after: ReadonlyArray<Contact.Contact>
}

const job = "crm 2026-11"
const path = "crm.journal"
const hour = 3_600_000

/** The accounts of a world, and the tokens of the first one. */
export const accounts = (expiresAt: number) => [
  {
    id: "a",
    tokens: ["sk-canary-new", Number.isFinite(expiresAt) ? { token: "sk-canary-old", expiresAt } : "sk-canary-old"]
  },
  { id: "b", tokens: ["sk-canary-b"] }
]

/** The contacts before the first run. */
export const seed = Effect.fnUntraced(function* (
  { state }: Server.Server,
  { verified }: Scenario.BulkScenario,
  now: number
) {
  const contactOf = (key: number) => ({
    name: `Contact ${key}`,
    fingerprint: Scenario.fingerprintOf(key),
    email: Scenario.emailOf(key),
    verifiedAt: verified[key] === true ? now - hour : null,
    meta: { tier: "gold" },
    createdAt: now - hour + key
  })
  const keys = Array.from({ length: Scenario.allContacts }, (_, key) => key)
  const own = yield* state.seed("a", keys.slice(0, Scenario.ownContacts).map(contactOf))
  const others = yield* state.seed("b", keys.slice(Scenario.ownContacts).map(contactOf))
  return [...own, ...others].map(({ id }) => id)
})

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
  const run = Effect.map(Fiber.join(ended), (exit): Run => {
    history.log(`run ${nth} ends: ${exit === undefined ? "killed" : exit._tag}`)
    return { setup, outcomes, events, exit, requests: moments.requests, underWay: mostUnderWay() }
  })
  // A process that stands still goes on beside the next one.
  const stopped = Effect.flatMap(process.stopped, () => Effect.forkIn(Effect.andThen(wake, run), scope))
  return yield* Effect.raceFirst(Effect.map(run, Effect.succeed), Effect.map(stopped, Fiber.join))
})

/** Runs the world of a seed. Undefined if it never ends. The same seed always gives the same world. */
export const run = (seedText: string): { readonly world: BulkWorld | undefined; readonly history: History } => {
  const random = new SeededRandom(seedText)
  const time = new VirtualTime(Date.UTC(2026, 0, 1), 60 * 24 * hour)
  const history = new History(() => time.elapsed)
  const scenario = Scenario.draw(random.fork("scenario"))
  const program = Effect.gen(function* () {
    const expiresAt = time.now + scenario.tokenLife
    const server = yield* Server.make(
      { accounts: accounts(expiresAt), rateLimit: undefined },
      time.clock,
      random.fork("server"),
      history
    )
    const ids = yield* seed(server, scenario, time.now)
    const contacts = Effect.map(server.state.contacts("a"), (records) =>
      records.map((record): Contact.Contact => structuredClone(Struct.omit(record, ["account"])))
    )
    const before = yield* contacts
    yield* server.state.faults.inject(scenario.rules)
    const networkWith = (rates: Network.FaultRates, name: string) =>
      Network.make({ server, rates, random: random.fork(name), history, ensure: () => Effect.void })
    const faulty = yield* networkWith(scenario.rates, "network")
    const shared: Shared = {
      scenario,
      history,
      random: random.fork("processes"),
      disk: new Disk(random.fork("disk")),
      entries: new Map(),
      idOf: (key) => ids[key] ?? `cmissing${key}`,
      token: () => (time.now < expiresAt ? "sk-canary-old" : "sk-canary-new")
    }
    const begun: Array<Effect.Effect<Run>> = []
    for (const setup of scenario.runs) {
      begun.push(yield* runOnce(shared, setup, faulty, begun.length + 1))
      yield* Effect.sleep(random.millis(10_000))
    }
    const runs = yield* Effect.all(begun)
    yield* server.state.faults.removeAll
    const quiet = yield* networkWith(Network.noFaults, "quiet network")
    // A token that expires in the last run would end it.
    yield* Effect.sleep(Number.isFinite(expiresAt) ? 120_000 : 0)
    for (let time = 0; time < 2; time++) {
      runs.push(yield* yield* runOnce(shared, scenario.lastRun, quiet, runs.length + 1))
    }
    yield* Effect.sleep(6 * hour)
    const losesAnswers = runs.some(({ exit }) => exit?._tag !== "Success")
    return { scenario, history, runs, losesAnswers, before, after: yield* contacts } satisfies BulkWorld
  })
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const exit = time.run(
    program.pipe(Effect.scoped, Effect.provideService(Random.Random, random.fork("world").effectRandom))
  )
  Error.stackTraceLimit = stackTraceLimit
  if (exit?._tag === "Failure") throw new Error(`The world of ${seedText} fails: ${String(exit.cause)}`)
  return { world: exit?.value, history }
}
