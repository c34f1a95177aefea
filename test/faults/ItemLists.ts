import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Contact from "../../src/Contact.ts"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { type Kind, kinds, tableOf } from "../support/ItemKinds.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const contactId = "ada"
const count = 1000

/** The kinds that have no end: a contact has few conversations and spaces. */
const manyKinds = kinds.filter(({ kind }) => ["memory", "rating", "task"].includes(kind))

/** Faults that cut a list about every 60 items, in five ways by turns. */
const cuts = ({ operation }: Kind): ReadonlyArray<InMemory.Fault.Rule> =>
  Array.from({ length: 200 }, (_, index) => {
    const lines = 45 + ((index * 37) % 30)
    const faults = [
      Fault.resetAfter({ lines }),
      Fault.cutAfter({ lines }),
      Fault.errorAfter(lines),
      Fault.stallAfter({ lines }),
      // In the middle of a line.
      Fault.resetAfter(lines * 190 + index)
    ]
    return { operation, attempt: index + 1, fault: faults[index % faults.length] ?? Fault.reset }
  })

const tierOf = (index: number) => (index % 5 < 3 ? "gold" : "silver")

/** Seeds the items of a contact, of which three share each time. Gives those that a list has to contain, in its order. */
const seedItems = ({ seed }: Kind, order: "asc" | "desc", filtered: boolean) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.seed([{ id: contactId }])
    const seeds = Array.from({ length: count }, (_, index) => ({
      createdAt: Math.floor(index / 3) - count,
      meta: { tier: tierOf(index) }
    }))
    const stored = yield* seed(api, contactId, seeds)
    const wanted = stored
      .filter(({ meta }) => !filtered || meta?.["tier"] === "gold")
      .toSorted((left, right) => left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1))
    return order === "asc" ? wanted : wanted.toReversed()
  })

/** The position of a list, for the fiber that changes items meanwhile. */
interface Position {
  readonly order: ReadonlyArray<string>
  at: number
  received: number
}

/** Deletes items, half of them near the position of the list, and adds others, until it is interrupted. */
const changeItems = (kind: Kind, position: Position, deleted: Set<string>) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    const table = tableOf(kind, yield* ServerState.ServerState)
    for (let done = 0; ;) {
      yield* Effect.sleep(yield* Random.nextIntBetween(0, 4))
      // One change for every four listed items, so that the list ends.
      if (done * 4 > position.received + 100) continue
      done++
      if ((yield* Random.next) < 0.3) {
        yield* kind.seed(api, contactId, [{ meta: { tier: (yield* Random.nextBoolean) ? "gold" : "silver" } }])
        continue
      }
      const isNear = (yield* Random.next) < 0.5
      const index = isNear
        ? position.at + (yield* Random.nextIntBetween(-3, 4))
        : yield* Random.nextIntBetween(0, position.order.length)
      const id = position.order[index]
      if (id === undefined || deleted.has(id)) continue
      deleted.add(id)
      table.delete(id)
    }
  })

const listWhileChanging = (kind: Kind, order: "asc" | "desc", filtered: boolean) =>
  World.inProcessWithState(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const wanted = World.ids(yield* seedItems(kind, order, filtered))
      yield* api.inject(...cuts(kind))
      const position: Position = { order: wanted, at: 0, received: 0 }
      const places = new Map(wanted.map((id, index) => [id, index]))
      const deleted = new Set<string>()
      const changes = yield* Effect.forkChild(changeItems(kind, position, deleted))
      const got: Array<string> = []
      const request = { order, ...(filtered ? { meta: { tier: "gold" } } : {}) }
      yield* Stream.runForEach(kind.list(contactId, request), ({ id }) => {
        got.push(id)
        position.received = got.length
        position.at = places.get(id) ?? position.at
        return got.length % 10 === 0 ? Effect.sleep(3) : Effect.void
      })
      yield* Fiber.interrupt(changes)
      const survivors = wanted.filter((id) => !deleted.has(id))
      const survived = got.filter((id) => places.has(id) && !deleted.has(id))
      const cutCount = (yield* api.injectedFaults).length
      return check(`${survivors.length} survivors, each once and in order; ${deleted.size} deleted, ${cutCount} cuts`, {
        survivors: [survived.join() === survivors.join(), true],
        distinct: [new Set(got).size, got.length],
        "enough was deleted": [deleted.size > 50, true],
        "enough was cut": [cutCount >= wanted.length / 100, true]
      })
    }),
    { retry: { retries: 5, delay: 1 }, timeout: { idle: "1 second" } }
  )

const changing = manyKinds.flatMap((kind): ReadonlyArray<Probe> =>
  (["asc", "desc"] as const).flatMap((order) =>
    [false, true].map((filtered) => ({
      hazard: "L5",
      name: `1,000 of ${kind.operation}, ${order}${filtered ? ", filtered" : ""}`,
      situation: `${kind.operation} of 1,000 items ${order}${filtered ? " with a filter" : ""}, cut about every 60, while others delete and add items`,
      ours: listWhileChanging(kind, order, filtered)
    }))
  )
)

const officialTasks = (kind: Kind) =>
  World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      yield* Effect.provideService(seedItems(kind, "asc", false), InMemory.InMemory, api)
      // The official client would wait for a stall without end.
      yield* api.inject(...cuts(kind).filter(({ fault }) => fault._tag !== "StallAfter"))
      const { ended, found } = yield* World.collectEvents(() => client.task.list(contactId).stream())
      return reportOnly(`${found.length} of ${count}, ends ${ended}`)
    })
  )

const overSockets = manyKinds.map((kind): Probe => ({
  hazard: "L2",
  name: `1,000 of ${kind.operation} over sockets`,
  situation: `${kind.operation} of 1,000 items over the emulator's sockets, cut about every 60`,
  ours: World.overSockets(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const wanted = World.ids(yield* seedItems(kind, "asc", false))
      yield* api.inject(...cuts(kind))
      const got = World.ids(yield* Stream.runCollect(kind.list(contactId, { order: "asc" })))
      const cutCount = (yield* api.injectedFaults).length
      return check(`${got.length}, in order, with ${cutCount} cuts`, {
        ids: [got.join() === wanted.join(), true],
        "enough was cut": [cutCount >= count / 100, true]
      })
    }),
    { retry: { delay: 1 }, timeout: { idle: 200 } }
  ),
  // Of these lists, the official client has that of tasks.
  ...(kind.kind === "task" ? { theirs: officialTasks(kind) } : {})
}))

const contactDeleted = manyKinds.map((kind): Probe => ({
  hazard: "L2",
  name: `contact deleted during ${kind.operation}`,
  situation: `the contact is deleted during ${kind.operation} of 1,000 items, after each hundredth item in turn`,
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const wrong: Array<string> = []
      for (let after = 1; after <= count; after += 99) {
        yield* api.clear
        const wanted = World.ids(yield* seedItems(kind, "asc", false))
        const got: Array<string> = []
        const error = yield* Effect.flip(
          Stream.runForEach(kind.list(contactId, { order: "asc" }), ({ id }) =>
            got.push(id) === after ? Contact.delete(contactId) : Effect.void
          )
        )
        const isRight =
          error._tag === "NotFound" &&
          error.contactId === contactId &&
          error.received === got.length &&
          error.lastId === got.at(-1) &&
          got.every((id, index) => id === wanted[index])
        if (!isRight) wrong.push(`${after}: ${error._tag} ${error.received}`)
      }
      return check("NotFound, with the contact's id, lastId and received", { wrong: [wrong, []] })
    })
  )
}))

export const itemLists: ReadonlyArray<Probe> = [...changing, ...overSockets, ...contactDeleted]
