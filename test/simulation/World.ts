/** One simulated world, from its seed to its end. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Clients from "./Clients.ts"
import * as ContactDataCalls from "./ContactDataCalls.ts"
import * as ContactRows from "./ContactRows.ts"
import { SeededRandom } from "./SeededRandom.ts"
import { History } from "./History.ts"
import * as Network from "./Network.ts"
import * as OtherPrograms from "./OtherPrograms.ts"
import * as Scenario from "./Scenario.ts"
import * as Server from "./Server.ts"
import { skewed, VirtualTime } from "./VirtualTime.ts"

/** The parts of a simulated world. */
export interface World {
  readonly scenario: Scenario.Scenario
  readonly time: VirtualTime
  readonly server: Server.Server
  readonly history: History
}

/** A world that has ended. `exit` is undefined if a fiber waits for ever, or the limit of virtual time was reached. */
export interface EndedWorld {
  readonly world: World
  readonly exit: Exit.Exit<void> | undefined
}

const day = 24 * 3_600_000

/** The wait at the end of a world, longer than any request takes to arrive. */
const lastWait = day / 4

/** Gives the first contact the items or the secrets of a world, and the second one a few items. */
const seedRows = Effect.fnUntraced(function* (
  { scenario, server, time }: World,
  contactIds: ReadonlyArray<string>,
  random: SeededRandom
) {
  const { items, rows, theme } = scenario
  const from = time.now + scenario.serverOffset - 10 * day
  for (const [index, contactId] of contactIds.entries()) {
    const count = index === 0 ? rows : Math.min(rows, 5)
    if (theme === "items") yield* ContactRows.seedItems(server, items, contactId, count, random, from)
    if (theme === "secrets" && index === 0) yield* ContactRows.seedSecrets(server, contactId, count, from)
  }
})

/** Runs the world of a seed. The same seed always gives the same world. With `hasStacks`, errors keep their stacks. */
export const run = (seed: string, hasStacks = false): EndedWorld => {
  const random = new SeededRandom(seed)
  const time = new VirtualTime(Date.UTC(2026, 0, 1) + random.below(300 * day), 60 * day)
  const history = new History(() => time.elapsed)
  const scenario = Scenario.draw(random.fork("scenario"), time)
  let begun: World | undefined
  const program = Effect.gen(function* () {
    const clock = skewed(time.clock, () => scenario.serverOffset)
    const server = yield* Server.make(scenario, clock, random.fork("server"), history)
    const world: World = { scenario, time, server, history }
    begun = world
    const seeded = yield* server.state.seed("a", scenario.seeded)
    yield* seedRows(
      world,
      seeded.slice(0, 2).map(({ id }) => id),
      random.fork("rows")
    )
    yield* server.state.faults.inject(scenario.rules)
    const http = yield* Network.make({
      server,
      rates: scenario.rates,
      random: random.fork("network"),
      history,
      ensure: (account, fingerprint) => OtherPrograms.ensure(world, account, fingerprint)
    })
    yield* Effect.all(
      [
        ...scenario.clients.map((setup) => Clients.run(world, setup, http, random.fork(setup.name))),
        OtherPrograms.runSome(world, scenario.otherWrites, random.fork("other programs")),
        ContactDataCalls.changeSome(world, random.fork("other rows"))
      ],
      { concurrency: "unbounded", discard: true }
    )
    yield* Effect.sleep(lastWait)
  })
  const { stackTraceLimit } = Error
  // The stacks of errors would take most of the time.
  Error.stackTraceLimit = hasStacks ? stackTraceLimit : 0
  const exit = time.run(
    program.pipe(Effect.scoped, Effect.provideService(Random.Random, random.fork("world").effectRandom))
  )
  Error.stackTraceLimit = stackTraceLimit
  if (begun === undefined) throw new Error("The world did not begin")
  return { world: begun, exit }
}
