/** The clients of a simulated world: each makes one call after another, and some calls crash. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import type { SeededRandom } from "./SeededRandom.ts"
import * as ContactDataCalls from "./ContactDataCalls.ts"
import type { Call, Delivered, End, Operation } from "./History.ts"
import { CurrentCall } from "./Network.ts"
import * as OtherPrograms from "./OtherPrograms.ts"
import * as Scenario from "./Scenario.ts"
import * as VirtualTime from "./VirtualTime.ts"
import type { World } from "./World.ts"

/** The behaviour of the consumer of a list. */
interface Reading {
  /** The longest pause between two contacts, in milliseconds. */
  readonly pause: number
  /** The probability that another program deletes a contact once it is delivered. */
  readonly deletes: number
  /** The probability that another program changes it, so that it no longer matches the filter. */
  readonly changes: number
}

type Listing = Extract<Operation, { readonly order: string }>

const drawList = (world: World, account: string, random: SeededRandom): Operation => ({
  kind: "list",
  order: random.pick(["asc", "desc"]),
  take: random.chance(0.3) ? 1 + random.below(random.pick([4, 150])) : undefined,
  cursor: random.chance(0.25) ? OtherPrograms.anyId(world, account, random) : undefined,
  tier: random.chance(0.4) ? random.pick(["gold", "iron"]) : undefined
})

/** The next call of a client. */
const drawOperation = (world: World, account: string, random: SeededRandom, unique: string): Operation => {
  const { theme } = world.scenario
  const ofTheme = ContactDataCalls.draw(world, account, random)
  if (ofTheme !== undefined) return ofTheme
  if (theme === "lists" ? random.chance(0.8) : random.chance(theme === "all" ? 0.3 : 0.05)) {
    return drawList(world, account, random)
  }
  const content = {
    ...Scenario.content(random, unique),
    ...(theme === "lookups" ? { email: random.pick(Scenario.emails) } : {})
  }
  const { verifiedAt: _, ...unverified } = content
  const fingerprint = random.pick(Scenario.fingerprints)
  const id = OtherPrograms.anyId(world, account, random)
  return random.pick<() => Operation>([
    () => ({ kind: "create", fingerprint: undefined, content }),
    () => ({ kind: "create", fingerprint, content }),
    () => ({ kind: "create", fingerprint, content }),
    () => ({ kind: "ensure", fingerprint, content: unverified }),
    () => ({ kind: "ensure", fingerprint, content: unverified }),
    () => ({ kind: "update", id, nick: content.nick, ...(random.chance(0.2) ? { fingerprint } : {}) }),
    () => ({ kind: "delete", id }),
    () => ({ kind: "fetch", id })
  ])()
}

const listed = (operation: Listing) =>
  operation.kind === "list"
    ? Contact.list({
        order: operation.order,
        ...(operation.take === undefined ? {} : { take: operation.take }),
        ...(operation.cursor === undefined ? {} : { cursor: operation.cursor }),
        ...(operation.tier === undefined ? {} : { meta: { tier: operation.tier } })
      })
    : ContactDataCalls.listed(operation)

const list = (world: World, call: Call, operation: Listing, reading: Reading, random: SeededRandom) =>
  listed(operation).pipe(
    Stream.runForEach((row: Omit<Delivered, "at">) =>
      Effect.gen(function* () {
        const { id, createdAt, isUnwanted = false } = row
        call.delivered.push({ id, createdAt, at: world.history.nextEvent(), isUnwanted })
        if (reading.pause > 0) yield* Effect.sleep(random.below(reading.pause))
        if (operation.kind !== "list") {
          // The next page is requested after the row before the last one of a full page.
          const isNextCursor = reading.deletes > 0 && call.delivered.length % 100 === 99
          if (isNextCursor || random.chance(reading.deletes))
            yield* ContactDataCalls.disturb(world, operation, id, random)
          return
        }
        if (random.chance(reading.changes)) {
          const change = { kind: "update", id, nick: `canary-done-${call.number}`, tier: "done" } as const
          yield* OtherPrograms.run(world, call.account, change)
        }
        if (random.chance(reading.deletes)) yield* OtherPrograms.run(world, call.account, { kind: "delete", id })
      })
    ),
    Effect.as<End>({ kind: "listed" })
  )

const perform = (
  world: World,
  call: Call,
  random: SeededRandom
): Effect.Effect<End, Errors.ContactError, Client.Client> => {
  const { operation } = call
  const withId = Effect.map(({ id }: { readonly id: string }): End => ({ kind: "ok", id }))
  switch (operation.kind) {
    case "create":
      return withId(
        Contact.create({
          ...operation.content,
          ...(operation.fingerprint === undefined ? {} : { fingerprint: operation.fingerprint })
        })
      )
    case "ensure":
      return withId(Contact.ensure({ ...operation.content, fingerprint: operation.fingerprint }))
    case "update":
      return withId(
        Contact.update(operation.id, {
          nick: operation.nick,
          ...(operation.fingerprint === undefined ? {} : { fingerprint: operation.fingerprint }),
          ...(operation.email === undefined ? {} : { email: operation.email }),
          ...(operation.tier === undefined ? {} : { meta: { tier: operation.tier } })
        })
      )
    case "delete":
      return withId(Contact.delete(operation.id))
    case "fetch":
      return Effect.map(Contact.fetch(operation.id), ({ id, nick }): End => ({ kind: "ok", id, nick: nick ?? "" }))
    case "list":
    case "export":
    case "items":
    case "find":
    case "secrets": {
      const reading = {
        pause: random.pick([0, 0, 100, 5000]),
        deletes: random.pick([0, 0, 0, 0.3, 1]),
        changes: operation.kind !== "list" || operation.tier === undefined ? 0 : random.pick([0, 0.5, 1])
      }
      return list(world, call, operation, reading, random)
    }
    case "authenticate":
    case "verify":
    case "revoke":
    case "mint":
    case "proxy":
      return ContactDataCalls.act(operation)
  }
}

const toText = (operation: Operation): string => JSON.stringify(operation)

const outcome = (end: End): string =>
  end.kind === "failed" ? `${end.error._tag} ${end.error.outcome}: ${end.error.message}` : JSON.stringify(end)

/** Makes one call, which ends by itself or with a crash of the client. */
const make = Effect.fnUntraced(function* (
  world: World,
  setup: Scenario.ClientSetup,
  operation: Operation,
  random: SeededRandom
) {
  const { history } = world
  const call = history.begin({ caller: setup.name, account: setup.account, operation, exactlyOnce: setup.exactlyOnce })
  history.log(`call ${call.number} of ${setup.name}: ${toText(operation)}`)
  if (operation.kind === "create" && operation.fingerprint !== undefined && random.chance(0.15)) {
    // Another program makes the same contact.
    const wait = random.millis(20_000)
    yield* Effect.forkChild(Effect.delay(OtherPrograms.run(world, setup.account, operation), wait))
  }
  const offset = setup.offset()
  const crashes = random.chance(0.12)
  const performed = perform(world, call, random).pipe(
    Effect.match({ onFailure: (error): End => ({ kind: "failed", error }), onSuccess: (end) => end }),
    Effect.provideService(CurrentCall, call)
  )
  const crash = Effect.as(Effect.sleep(random.millis(60_000)), { kind: "crashed" } satisfies End)
  const end = yield* crashes ? Effect.raceFirst(performed, crash) : performed
  if (setup.offset() !== offset) call.incidents.add("clock jumped")
  call.end = end
  call.ended = history.nextEvent()
  history.log(`call ${call.number} ends: ${outcome(end)}`)
})

/** Runs one client. */
export const run = Effect.fnUntraced(function* (
  world: World,
  setup: Scenario.ClientSetup,
  http: HttpClient.HttpClient,
  random: SeededRandom
) {
  const client = yield* Effect.orDie(Effect.provideService(Client.make(setup.options), HttpClient.HttpClient, http))
  const calls = Effect.gen(function* () {
    for (let nth = 0; nth < setup.calls; nth++) {
      yield* Effect.sleep(random.millis(nth === 0 ? 5000 : 60_000))
      yield* make(world, setup, drawOperation(world, setup.account, random, `${setup.name}-${nth}`), random)
    }
  })
  return yield* calls.pipe(
    Effect.provideService(Client.Client, client),
    Effect.provideService(Clock.Clock, VirtualTime.skewed(world.time.clock, setup.offset)),
    Effect.provideService(Random.Random, random.fork("client").effectRandom)
  )
})
