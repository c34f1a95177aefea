import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { type Probe, only, seen } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const count = 10_000

/** A cut about every 500 items, each time of another kind. */
const cuts: ReadonlyArray<InMemory.Fault.Rule> = Array.from({ length: 400 }, (_, index) => {
  const lines = 450 + ((index * 37) % 100)
  const faults = [
    Fault.resetAfter({ lines }),
    Fault.cutAfter({ lines }),
    Fault.errorAfter(lines),
    Fault.stallAfter({ lines }),
    // Within a line.
    Fault.resetAfter(lines * 260 + index)
  ]
  return { operation: "Contact.list", attempt: index + 1, fault: faults[index % faults.length] ?? Fault.reset }
})

/** Where the listing is, for the fiber that disturbs it. */
interface Progress {
  readonly order: ReadonlyArray<string>
  at: number
  received: number
}

/**
 * Deletes contacts, half of them right where the listing is, and makes others, until it is interrupted. It does one thing
 * for every four contacts that are listed, lest the list never end.
 */
const disturb = (progress: Progress, deleted: Set<string>) =>
  Effect.gen(function* () {
    for (let done = 0; ;) {
      yield* Effect.sleep(yield* Random.nextIntBetween(0, 4))
      if (done * 4 > progress.received + 100) continue
      done++
      if ((yield* Random.next) < 0.3) {
        yield* Contact.create({ name: "new", meta: { tier: (yield* Random.nextBoolean) ? "gold" : "silver" } })
        continue
      }
      const near = (yield* Random.next) < 0.5
      const index = near
        ? progress.at + (yield* Random.nextIntBetween(-3, 4))
        : yield* Random.nextIntBetween(0, progress.order.length)
      const id = progress.order[index]
      if (id === undefined || deleted.has(id)) continue
      deleted.add(id)
      yield* Contact.delete(id)
    }
  })

const tierOf = (index: number) => (index % 5 < 3 ? "gold" : "silver")

const disturbed = (order: "asc" | "desc", filtered: boolean) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* World.seeded(count, (index) => ({
        // Some have the same time, and all are older than those that come.
        createdAt: Math.floor(index / 3) - count,
        meta: { tier: tierOf(index) }
      }))
      const stored = yield* api.contacts()
      const all = order === "asc" ? stored : stored.toReversed()
      const wanted = filtered ? all.filter((contact) => contact.meta?.["tier"] === "gold") : all
      yield* api.inject(...cuts)

      const progress: Progress = { order: World.ids(wanted), at: 0, received: 0 }
      const places = new Map(progress.order.map((id, index) => [id, index]))
      const deleted = new Set<string>()
      const disturber = yield* Effect.forkChild(disturb(progress, deleted))
      const got: Array<Contact.Contact> = []
      yield* Stream.runForEach(Contact.list({ order, ...(filtered ? { meta: { tier: "gold" } } : {}) }), (contact) => {
        got.push(contact)
        progress.received = got.length
        progress.at = places.get(contact.id) ?? progress.at
        return got.length % 10 === 0 ? Effect.sleep(3) : Effect.void
      })
      yield* Fiber.interrupt(disturber)

      const before = new Set(World.ids(contacts))
      const survivors = progress.order.filter((id) => !deleted.has(id))
      const survived = World.ids(got).filter((id) => before.has(id) && !deleted.has(id))
      const sorted = got.toSorted((left, right) => {
        const by = left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)
        return order === "asc" ? by : -by
      })
      const cutCount = (yield* api.injectedFaults).length
      return seen(
        `all ${survivors.length} that lived, once and in order; ${deleted.size} deleted, ${yield* api.requestCount("Contact.create")} made, ${cutCount} cuts`,
        {
          survivors: [survived.join() === survivors.join(), true],
          distinct: [new Set(World.ids(got)).size, got.length],
          order: [World.ids(got).join() === World.ids(sorted).join(), true],
          "enough was deleted": [deleted.size > 200, true],
          "enough was cut": [cutCount >= wanted.length / 600, true]
        }
      )
    }),
    { retry: { retries: 5, delay: 1 }, timeout: { idle: "1 second" } }
  )

const listings: ReadonlyArray<Probe> = [
  { order: "asc", filtered: false },
  { order: "desc", filtered: false },
  { order: "asc", filtered: true },
  { order: "desc", filtered: true }
].map(({ filtered, order }) => ({
  hazard: "L5",
  name: `10,000 listed, ${order}${filtered ? ", filtered" : ""}`,
  tried: `10,000 contacts listed ${order}${filtered ? " by meta" : ""}, cut every 500 or so, while others delete and create`,
  ours: disturbed(order === "asc" ? "asc" : "desc", filtered)
}))

const untouched: Probe = {
  hazard: "L2",
  name: "10,000 over sockets",
  tried: "10,000 contacts listed over the emulator's sockets, cut about every 500",
  ours: World.overSockets(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const ids = World.ids(yield* World.seeded(count))
      yield* api.inject(...cuts)
      const got = World.ids(yield* Stream.runCollect(Contact.list({ order: "asc" })))
      const cutCount = (yield* api.injectedFaults).length
      return seen(`${got.length}, in order, with ${cutCount} cuts`, {
        ids: [got.join() === ids.join(), true],
        "enough was cut": [cutCount >= count / 600, true]
      })
    }),
    { retry: { delay: 1 }, timeout: { idle: 200 } }
  ),
  theirs: World.official((client, api) =>
    Effect.gen(function* () {
      yield* World.seedInto(api, count)
      // What stands still would never end.
      yield* api.inject(...cuts.filter(({ fault }) => fault._tag !== "StallAfter"))
      const { ended, found } = yield* World.events(() => client.list().stream())
      return only(`${found.length} of ${count}, ends ${ended}`)
    })
  )
}

const deleteEach = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const counts: Array<number> = []
  for (const order of ["asc", "desc"] as const) {
    yield* api.clear
    yield* World.seeded(1000)
    counts.push(
      yield* Contact.list({ order }).pipe(
        Stream.mapEffect(({ id }) => Contact.delete(id)),
        Stream.runCount
      )
    )
    counts.push((yield* api.contacts()).length)
  }
  return seen(`asc: ${counts[0]} deleted, ${counts[1]} left; desc: ${counts[2]} and ${counts[3]}`, {
    counts: [counts, [1000, 0, 1000, 0]]
  })
})

const deletions: ReadonlyArray<Probe> = [
  {
    hazard: "L5",
    name: "list and delete each",
    tried: "1,000 listed, and each deleted as it comes",
    ours: World.inProcess(deleteEach)
  },
  {
    hazard: "L5",
    name: "list and delete each, over sockets",
    tried: "the same over the emulator's sockets; the official client also page by page",
    ours: World.overSockets(deleteEach),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        yield* World.seedInto(api, 1000)
        const streamed = yield* World.settled(async () => {
          for await (const event of client.list().stream())
            if (event.type === "item") await client.delete(event.data.id)
        })
        const left = (yield* api.contacts()).length
        yield* api.clear
        yield* World.seedInto(api, 1000)
        yield* World.settled(async () => {
          for (let cursor = ""; ;) {
            // oxlint-disable-next-line no-await-in-loop
            const { items } = await client.list(cursor === "" ? {} : { cursor })
            if (items.length === 0) return
            // oxlint-disable-next-line no-await-in-loop
            for (const { id } of items) await client.delete(id)
            cursor = items.at(-1)?.id ?? ""
          }
        })
        return only(
          `streamed: ${left} left${"error" in streamed ? ", failed" : ""}; by page: ${(yield* api.contacts()).length} left`
        )
      })
    )
  }
]

export const longLists: ReadonlyArray<Probe> = [...listings, untouched, ...deletions]
