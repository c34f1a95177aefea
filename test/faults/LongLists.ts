import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const count = 10_000

/** Faults that cut the list about every 500 contacts, in five ways by turns. */
const cuts: ReadonlyArray<InMemory.Fault.Rule> = Array.from({ length: 400 }, (_, index) => {
  const lines = 450 + ((index * 37) % 100)
  const faults = [
    Fault.resetAfter({ lines }),
    Fault.cutAfter({ lines }),
    Fault.errorAfter(lines),
    Fault.stallAfter({ lines }),
    // In the middle of a line.
    Fault.resetAfter(lines * 260 + index)
  ]
  return { operation: "Contact.list", attempt: index + 1, fault: faults[index % faults.length] ?? Fault.reset }
})

/** The position of a list, for the fiber that changes contacts meanwhile. */
interface Position {
  readonly order: ReadonlyArray<string>
  at: number
  received: number
}

/**
 * Deletes contacts, half of them near the position of the list, and creates others, until it is interrupted. It makes
 * one change for every four listed contacts, so that the list ends.
 */
const changeContacts = (position: Position, deleted: Set<string>) =>
  Effect.gen(function* () {
    for (let done = 0; ;) {
      yield* Effect.sleep(yield* Random.nextIntBetween(0, 4))
      if (done * 4 > position.received + 100) continue
      done++
      if ((yield* Random.next) < 0.3) {
        yield* Contact.create({ name: "new", meta: { tier: (yield* Random.nextBoolean) ? "gold" : "silver" } })
        continue
      }
      const near = (yield* Random.next) < 0.5
      const index = near
        ? position.at + (yield* Random.nextIntBetween(-3, 4))
        : yield* Random.nextIntBetween(0, position.order.length)
      const id = position.order[index]
      if (id === undefined || deleted.has(id)) continue
      deleted.add(id)
      yield* Contact.delete(id)
    }
  })

const tierOf = (index: number) => (index % 5 < 3 ? "gold" : "silver")

const listWhileChanging = (order: "asc" | "desc", filtered: boolean) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* World.seedContacts(count, (index) => ({
        // Three share each time, and all are older than those created later.
        createdAt: Math.floor(index / 3) - count,
        meta: { tier: tierOf(index) }
      }))
      const stored = yield* api.contacts()
      const all = order === "asc" ? stored : stored.toReversed()
      const wanted = filtered ? all.filter((contact) => contact.meta?.["tier"] === "gold") : all
      yield* api.inject(...cuts)

      const position: Position = { order: World.ids(wanted), at: 0, received: 0 }
      const places = new Map(position.order.map((id, index) => [id, index]))
      const deleted = new Set<string>()
      const changes = yield* Effect.forkChild(changeContacts(position, deleted))
      const got: Array<Contact.Contact> = []
      yield* Stream.runForEach(Contact.list({ order, ...(filtered ? { meta: { tier: "gold" } } : {}) }), (contact) => {
        got.push(contact)
        position.received = got.length
        position.at = places.get(contact.id) ?? position.at
        return got.length % 10 === 0 ? Effect.sleep(3) : Effect.void
      })
      yield* Fiber.interrupt(changes)

      const before = new Set(World.ids(contacts))
      const survivors = position.order.filter((id) => !deleted.has(id))
      const survived = World.ids(got).filter((id) => before.has(id) && !deleted.has(id))
      const sorted = got.toSorted((left, right) => {
        const by = left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)
        return order === "asc" ? by : -by
      })
      const cutCount = (yield* api.injectedFaults).length
      return check(
        `${survivors.length} survivors, each once and in order; ${deleted.size} deleted, ${yield* api.requestCount("Contact.create")} created, ${cutCount} cuts`,
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
  situation: `10,000 contacts listed ${order}${filtered ? " with a filter" : ""}, cut about every 500, while others delete and create`,
  ours: listWhileChanging(order === "asc" ? "asc" : "desc", filtered)
}))

const unchanged: Probe = {
  hazard: "L2",
  name: "10,000 over sockets",
  situation: "10,000 contacts listed over the emulator's sockets, cut about every 500",
  ours: World.overSockets(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const ids = World.ids(yield* World.seedContacts(count))
      yield* api.inject(...cuts)
      const got = World.ids(yield* Stream.runCollect(Contact.list({ order: "asc" })))
      const cutCount = (yield* api.injectedFaults).length
      return check(`${got.length}, in order, with ${cutCount} cuts`, {
        ids: [got.join() === ids.join(), true],
        "enough was cut": [cutCount >= count / 600, true]
      })
    }),
    { retry: { delay: 1 }, timeout: { idle: 200 } }
  ),
  theirs: World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      yield* World.seedContactsInto(api, count)
      // The official client would wait for a stall without end.
      yield* api.inject(...cuts.filter(({ fault }) => fault._tag !== "StallAfter"))
      const { ended, found } = yield* World.collectEvents(() => client.list().stream())
      return reportOnly(`${found.length} of ${count}, ends ${ended}`)
    })
  )
}

const deleteEach = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const counts: Array<number> = []
  for (const order of ["asc", "desc"] as const) {
    yield* api.clear
    yield* World.seedContacts(1000)
    counts.push(
      yield* Contact.list({ order }).pipe(
        Stream.mapEffect(({ id }) => Contact.delete(id)),
        Stream.runCount
      )
    )
    counts.push((yield* api.contacts()).length)
  }
  return check(`asc: ${counts[0]} deleted, ${counts[1]} left; desc: ${counts[2]} deleted, ${counts[3]} left`, {
    counts: [counts, [1000, 0, 1000, 0]]
  })
})

const deletions: ReadonlyArray<Probe> = [
  {
    hazard: "L5",
    name: "list and delete each",
    situation: "1,000 contacts listed, and each deleted as it arrives",
    ours: World.inProcess(deleteEach)
  },
  {
    hazard: "L5",
    name: "list and delete each, over sockets",
    situation: "the same over the emulator's sockets; the official client also page by page",
    ours: World.overSockets(deleteEach),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* World.seedContactsInto(api, 1000)
        const streamed = yield* World.settled(async () => {
          for await (const event of client.list().stream())
            if (event.type === "item") await client.delete(event.data.id)
        })
        const left = (yield* api.contacts()).length
        yield* api.clear
        yield* World.seedContactsInto(api, 1000)
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
        return reportOnly(
          `streamed: ${left} left${"error" in streamed ? ", failed" : ""}; by page: ${(yield* api.contacts()).length} left`
        )
      })
    )
  }
]

export const longLists: ReadonlyArray<Probe> = [...listings, unchanged, ...deletions]
