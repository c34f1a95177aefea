/** The part of a simulated world that bulk work and jobs have in common: the server, its contacts, and the network. */
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Struct from "effect/Struct"
import type * as Exit from "effect/Exit"
import type * as Bulk from "../../../src/Bulk.ts"
import type * as Contact from "../../../src/Contact.ts"
import { History } from "../History.ts"
import * as Network from "../Network.ts"
import { SeededRandom } from "../SeededRandom.ts"
import * as Server from "../Server.ts"
import { VirtualTime } from "../VirtualTime.ts"
import * as Scenario from "./BulkScenario.ts"

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

/** A world of bulk work, or of a job, at its end. */
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

/** The beginning of a world: everything in it is drawn from the text of its seed. */
export interface Beginning {
  readonly seedText: string
  readonly random: SeededRandom
  readonly time: VirtualTime
  readonly history: History
}

/** Begins a world. */
export const begin = (seedText: string): Beginning => {
  const time = new VirtualTime(Date.UTC(2026, 0, 1), 60 * 24 * hour)
  return { seedText, random: new SeededRandom(seedText), time, history: new History(() => time.elapsed) }
}

/** The account of a world, as its processes know it. */
export interface Surroundings {
  /** The id of the contact with a key of the scenario. */
  readonly idOf: (key: number) => string
  /** The token that is valid now. */
  readonly token: () => string
}

/** The work of a world. */
export interface Work {
  /** The runs over a network with faults. */
  readonly disturbed: (network: HttpClient.HttpClient) => Effect.Effect<ReadonlyArray<Run>, unknown, Scope.Scope>
  /** A run over a network without faults, at the end. `nth` is its number among all runs. */
  readonly undisturbed: (network: HttpClient.HttpClient, nth: number) => Effect.Effect<Run, unknown, Scope.Scope>
  readonly losesAnswers: (runs: ReadonlyArray<Run>) => boolean
}

const hour = 3_600_000

/** The accounts of a world, and the tokens of the first one. */
const accounts = (expiresAt: number) => [
  {
    id: "a",
    tokens: ["sk-canary-new", Number.isFinite(expiresAt) ? { token: "sk-canary-old", expiresAt } : "sk-canary-old"]
  },
  { id: "b", tokens: ["sk-canary-b"] }
]

/** The contacts before the first run. */
const seed = Effect.fnUntraced(function* ({ state }: Server.Server, { verified }: Scenario.BulkScenario, now: number) {
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

/**
 * Runs a world: the runs with faults, and then two without. Undefined if it never ends.
 */
export const run = (
  { history, random, seedText, time }: Beginning,
  scenario: Scenario.BulkScenario,
  workIn: (surroundings: Surroundings) => Work
): BulkWorld | undefined => {
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
    const work = workIn({
      idOf: (key) => ids[key] ?? `cmissing${key}`,
      token: () => (time.now < expiresAt ? "sk-canary-old" : "sk-canary-new")
    })
    const runs = [...(yield* work.disturbed(yield* networkWith(scenario.rates, "network")))]
    yield* server.state.faults.removeAll
    const quiet = yield* networkWith(Network.noFaults, "quiet network")
    // A token that expires in the last run would end it.
    yield* Effect.sleep(Number.isFinite(expiresAt) ? 120_000 : 0)
    for (let time = 0; time < 2; time++) runs.push(yield* work.undisturbed(quiet, runs.length + 1))
    yield* Effect.sleep(6 * hour)
    const losesAnswers = work.losesAnswers(runs)
    return { scenario, history, runs, losesAnswers, before, after: yield* contacts } satisfies BulkWorld
  })
  const { stackTraceLimit } = Error
  // The stacks of errors would take most of the time.
  Error.stackTraceLimit = 0
  const exit = time.run(
    program.pipe(Effect.scoped, Effect.provideService(Random.Random, random.fork("world").effectRandom))
  )
  Error.stackTraceLimit = stackTraceLimit
  if (exit?._tag === "Failure") throw new Error(`The world of ${seedText} fails: ${String(exit.cause)}`)
  return exit?.value
}
