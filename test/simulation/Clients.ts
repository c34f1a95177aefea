/** The clients of a simulated world: each makes one call after another, and some calls crash. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import type { Dice } from "./Dice.ts"
import type { Ask, Call, End } from "./History.ts"
import { Caller } from "./Network.ts"
import * as OtherPrograms from "./OtherPrograms.ts"
import * as Scenario from "./Scenario.ts"
import * as VirtualTime from "./VirtualTime.ts"
import type { World } from "./World.ts"

/** How a list is read. */
interface Reading {
  /** The longest pause between two contacts, in milliseconds. */
  readonly pause: number
  /** How likely another program deletes a contact as soon as it was delivered. */
  readonly deletes: number
  /** How likely another program changes it, so that it does not match the filter any more. */
  readonly changes: number
}

const drawList = (world: World, account: string, dice: Dice): Ask => ({
  kind: "list",
  order: dice.pick(["asc", "desc"]),
  take: dice.chance(0.3) ? 1 + dice.below(dice.pick([4, 150])) : undefined,
  cursor: dice.chance(0.25) ? OtherPrograms.anyId(world, account, dice) : undefined,
  tier: dice.chance(0.4) ? dice.pick(["gold", "iron"]) : undefined
})

/** The next call of a client. */
const drawAsk = (world: World, account: string, dice: Dice, unique: string): Ask => {
  const { theme } = world.scenario
  if (theme === "lists" ? dice.chance(0.8) : dice.chance(theme === "all" ? 0.3 : 0.05)) {
    return drawList(world, account, dice)
  }
  const content = Scenario.content(dice, unique)
  const { verifiedAt: _, ...unverified } = content
  const fingerprint = dice.pick(Scenario.fingerprints)
  const id = OtherPrograms.anyId(world, account, dice)
  return dice.pick<() => Ask>([
    () => ({ kind: "create", fingerprint: undefined, content }),
    () => ({ kind: "create", fingerprint, content }),
    () => ({ kind: "create", fingerprint, content }),
    () => ({ kind: "ensure", fingerprint, content: unverified }),
    () => ({ kind: "ensure", fingerprint, content: unverified }),
    () => ({ kind: "update", id, nick: content.nick, ...(dice.chance(0.2) ? { fingerprint } : {}) }),
    () => ({ kind: "delete", id }),
    () => ({ kind: "fetch", id })
  ])()
}

const list = (world: World, call: Call, ask: Extract<Ask, { kind: "list" }>, reading: Reading, dice: Dice) =>
  Contact.list({
    order: ask.order,
    ...(ask.take === undefined ? {} : { take: ask.take }),
    ...(ask.cursor === undefined ? {} : { cursor: ask.cursor }),
    ...(ask.tier === undefined ? {} : { meta: { tier: ask.tier } })
  }).pipe(
    Stream.runForEach(({ createdAt, id }) =>
      Effect.gen(function* () {
        call.delivered.push({ id, createdAt, at: world.history.tick() })
        if (reading.pause > 0) yield* Effect.sleep(dice.below(reading.pause))
        if (dice.chance(reading.changes)) {
          const change = { kind: "update", id, nick: `canary-done-${call.number}`, tier: "done" } as const
          yield* OtherPrograms.run(world, call.account, change)
        }
        if (dice.chance(reading.deletes)) yield* OtherPrograms.run(world, call.account, { kind: "delete", id })
      })
    ),
    Effect.as<End>({ kind: "listed" })
  )

const perform = (world: World, call: Call, dice: Dice): Effect.Effect<End, Errors.ContactError, Client.Client> => {
  const { ask } = call
  const withId = Effect.map(({ id }: { readonly id: string }): End => ({ kind: "ok", id }))
  switch (ask.kind) {
    case "create":
      return withId(
        Contact.create({ ...ask.content, ...(ask.fingerprint === undefined ? {} : { fingerprint: ask.fingerprint }) })
      )
    case "ensure":
      return withId(Contact.ensure({ ...ask.content, fingerprint: ask.fingerprint }))
    case "update":
      return withId(
        Contact.update(ask.id, {
          nick: ask.nick,
          ...(ask.fingerprint === undefined ? {} : { fingerprint: ask.fingerprint }),
          ...(ask.tier === undefined ? {} : { meta: { tier: ask.tier } })
        })
      )
    case "delete":
      return withId(Contact.delete(ask.id))
    case "fetch":
      return Effect.map(Contact.fetch(ask.id), ({ id, nick }): End => ({ kind: "ok", id, nick: nick ?? "" }))
    case "list": {
      const reading = {
        pause: dice.pick([0, 0, 100, 5000]),
        deletes: dice.pick([0, 0, 0, 0.3, 1]),
        changes: ask.tier === undefined ? 0 : dice.pick([0, 0.5, 1])
      }
      return list(world, call, ask, reading, dice)
    }
  }
}

const described = (ask: Ask): string => JSON.stringify(ask)

const outcome = (end: End): string =>
  end.kind === "failed" ? `${end.error._tag} ${end.error.outcome}: ${end.error.message}` : JSON.stringify(end)

/** Makes one call to its end, or until the client crashes. */
const make = Effect.fnUntraced(function* (world: World, setup: Scenario.ClientSetup, ask: Ask, dice: Dice) {
  const { history } = world
  const call = history.begin({ who: setup.name, account: setup.account, ask, isGuarded: setup.isGuarded })
  history.note(`call ${call.number} of ${setup.name}: ${described(ask)}`)
  if (ask.kind === "create" && ask.fingerprint !== undefined && dice.chance(0.15)) {
    // Another program may be doing the same.
    const wait = dice.millis(20_000)
    yield* Effect.forkChild(Effect.delay(OtherPrograms.run(world, setup.account, ask), wait))
  }
  const offset = setup.offset()
  const crashes = dice.chance(0.12)
  const performed = perform(world, call, dice).pipe(
    Effect.match({ onFailure: (error): End => ({ kind: "failed", error }), onSuccess: (end) => end }),
    Effect.provideService(Caller, call)
  )
  const crash = Effect.as(Effect.sleep(dice.millis(60_000)), { kind: "crashed" } satisfies End)
  const end = yield* crashes ? Effect.raceFirst(performed, crash) : performed
  if (setup.offset() !== offset) call.troubles.add("clock jumped")
  call.end = end
  call.ended = history.tick()
  history.note(`call ${call.number} ends: ${outcome(end)}`)
})

/** Runs one client. */
export const run = Effect.fnUntraced(function* (
  world: World,
  setup: Scenario.ClientSetup,
  http: HttpClient.HttpClient,
  dice: Dice
) {
  const client = yield* Effect.orDie(Effect.provideService(Client.make(setup.options), HttpClient.HttpClient, http))
  const calls = Effect.gen(function* () {
    for (let nth = 0; nth < setup.calls; nth++) {
      yield* Effect.sleep(dice.millis(nth === 0 ? 5000 : 60_000))
      yield* make(world, setup, drawAsk(world, setup.account, dice, `${setup.name}-${nth}`), dice)
    }
  })
  return yield* calls.pipe(
    Effect.provideService(Client.Client, client),
    Effect.provideService(Clock.Clock, VirtualTime.skewed(world.time.clock, setup.offset)),
    Effect.provideService(Random.Random, dice.fork("client").random)
  )
})
