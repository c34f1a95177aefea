import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Fake from "../support/FakeHttp.ts"
import { type Probe, only, seen } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const three = ["Ada", "Grace", "Edsger"]

const seedThree = World.seeded(3, (index) => ({ name: three[index] ?? "" }))

const names = (contacts: ReadonlyArray<Contact.Contact>) => contacts.map(({ name }) => name)

const listed = Effect.map(Stream.runCollect(Contact.list({ order: "asc" })), names)

const bodySize = Effect.map(seedThree, (contacts) =>
  contacts.reduce((sum, contact) => sum + JSON.stringify({ type: "item", data: contact }).length + 1, 0)
)

/** Lists three contacts with the first reply broken at each of its bytes, and says where something was amiss. */
const brokenAt = (fault: (at: number) => InMemory.Fault.Fault, options: Partial<Client.Options> = {}) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const size = yield* bodySize
      const wrong: Array<string> = []
      for (let at = 0; at <= size; at++) {
        yield* api.removeFaults
        yield* api.inject({ times: 1, fault: fault(at) })
        const got = yield* listed
        if (got.join() !== three.join()) wrong.push(`${at}: ${got.join()}`)
      }
      return seen(`all three at each of ${size + 1} offsets`, { wrong: [wrong.slice(0, 4), []] })
    }),
    options
  )

/** The same with no second chance: what came, and where to go on. */
const givenUpAt = World.inProcess(
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    const size = yield* bodySize
    const ids = World.ids(yield* api.contacts())
    const wrong: Array<string> = []
    for (let at = 0; at < size; at++) {
      yield* api.removeFaults
      yield* api.inject({ fault: Fault.resetAfter(at) })
      const got: Array<string> = []
      const error = yield* Effect.flip(
        Stream.runForEach(Contact.list({ order: "asc" }), ({ id }) => Effect.sync(() => got.push(id)))
      )
      const isRight =
        error.received === got.length && error.lastId === got.at(-1) && got.every((id, n) => id === ids[n])
      if (!isRight || error._tag !== "TransportError") wrong.push(`${at}: ${error._tag} ${error.received}`)
    }
    return seen(`TransportError, with lastId and received, at each of ${size} offsets`, { wrong: [wrong, []] })
  }),
  { retry: { retries: 0 } }
)

const cuts: ReadonlyArray<Probe> = [
  {
    hazard: "L2",
    name: "broken at every byte",
    tried: "the connection of a list breaks at each byte of its body, once",
    ours: brokenAt(Fault.resetAfter)
  },
  {
    hazard: "L2",
    name: "broken at every byte, without retries",
    tried: "the same with retries: 0",
    ours: givenUpAt
  },
  {
    hazard: "L2",
    name: "stalled at every byte",
    tried: "a list stands still at each byte of its body, once",
    ours: brokenAt(Fault.stallAfter, { timeout: { idle: "1 second" } })
  },
  {
    hazard: "L2",
    name: "ended at every byte",
    tried: "the body ends, as if complete, at each byte of it, once",
    ours: brokenAt(Fault.cutAfter),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        yield* World.seedInto(api, 3)
        const ends = yield* Effect.forEach([Fault.cutAfter, Fault.resetAfter], (fault) =>
          Effect.gen(function* () {
            yield* api.removeFaults
            yield* api.inject({ fault: fault({ lines: 2 }) })
            const { ended, found } = yield* World.events(() => client.list().stream())
            return `${found.length} of 3, ends ${ended}`
          })
        )
        return only(`cut at a line end: ${ends[0]}; reset: ${ends[1]}`)
      })
    )
  },
  ...[0, 1, 99, 100, 137].map((lines) => ({
    hazard: "L2",
    name: `ended cleanly after ${lines} of 250`,
    tried: `the body ends, as if complete, at the end of line ${lines} of 250`,
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seeded(250)
        yield* api.inject({ attempt: 1, fault: Fault.cutAfter({ lines }) })
        const count = yield* Stream.runCount(Contact.list())
        return seen(`${count} of 250 in ${yield* api.requestCount()} requests`, { count: [count, 250] })
      })
    )
  }))
]

const line = (contact: Contact.Contact | undefined) => `${JSON.stringify({ type: "item", data: contact })}`

const nop = '{"type":"nop","data":{}}'

const odd: Readonly<Record<string, (lines: ReadonlyArray<string>) => string>> = {
  blank: (lines) => `\n\n${lines.join("\n\n \n")}\n\n`,
  CRLF: (lines) => `${lines.join("\r\n")}\r\n`,
  nop: (lines) => [nop, ...lines, nop, ""].join("\n"),
  unknown: (lines) => [...lines, '{"type":"ping"}', '{"type":"usage","data":{"n":1}}', ""].join("\n"),
  result: (lines) => [...lines, '{"type":"result","data":{"items":[]}}', ""].join("\n")
}

const oddLines: Probe = {
  hazard: "L3",
  name: "lines that say nothing",
  tried: `lists with ${Object.keys(odd).join(", ")} lines`,
  ours: Effect.map(
    Effect.forEach(Object.values(odd), (write) =>
      World.inProcess(
        Effect.gen(function* () {
          const api = yield* InMemory.InMemory
          const contacts = yield* seedThree
          const headers = { "content-type": "application/jsonl" }
          yield* api.inject({ attempt: 1, fault: Fault.status(200, { body: write(contacts.map(line)), headers }) })
          return (yield* listed).join()
        })
      )
    ),
    (all) => seen("each: the three contacts", { all: [all, all.map(() => three.join())] })
  ),
  theirs: World.official((client, api) =>
    Effect.gen(function* () {
      const contacts = yield* World.seedInto(api, 3)
      const ends = yield* Effect.forEach(Object.entries(odd), ([name, write]) =>
        Effect.gen(function* () {
          yield* api.removeFaults
          const headers = { "content-type": "application/jsonl" }
          yield* api.inject({ fault: Fault.status(200, { body: write(contacts.map(line)), headers }) })
          const { ended, found } = yield* World.events(() => client.list().stream())
          return ended === "normally" ? undefined : `${name}: ends ${ended} after ${found.length}`
        })
      )
      return only(ends.filter((end) => end !== undefined).join("; "))
    })
  )
}

const errorLine: Probe = {
  hazard: "L4",
  name: "an error line",
  tried: "a list fails after 150 of 250 with an error line in its 200, with and without retries",
  ours: Effect.gen(function* () {
    const list = (retries: number) =>
      World.inProcess(
        Effect.gen(function* () {
          const api = yield* InMemory.InMemory
          const contacts = yield* World.seeded(250)
          yield* api.inject({ times: 1, fault: Fault.errorAfter(150) })
          const got: Array<string> = []
          const exit = yield* Contact.list({ order: "asc" }).pipe(
            Stream.runForEach(({ id }) => Effect.sync(() => got.push(id))),
            Effect.result
          )
          const inOrder = got.every((id, index) => id === contacts[index]?.id)
          const error = exit._tag === "Failure" ? exit.failure : undefined
          return [got.length, inOrder, error?._tag, error?.code, error?.received, error?.lastId === got.at(-1)]
        }),
        { retry: { retries } }
      )
    return seen("ServerError, 150 received, with lastId; or resumed to all 250", {
      "without retries": [yield* list(0), [150, true, "ServerError", "GENERIC_ERROR", 150, true]],
      "with retries": [yield* list(3), [250, true, undefined, undefined, undefined, false]]
    })
  }),
  theirs: World.official((client, api) =>
    Effect.gen(function* () {
      yield* World.seedInto(api, 250)
      yield* api.inject({ fault: Fault.errorAfter(150) })
      const { ended, found } = yield* World.events(() => client.list().stream())
      return only(`${found.length} events, ends ${ended}, last: ${JSON.stringify(found.at(-1)).slice(0, 40)}…`)
    })
  )
}

const exact: Probe = {
  hazard: "L6",
  name: "take: 150",
  tried: "take: 150 of 300, whole and with a cut after 120",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* World.seeded(300)
      const take = Effect.map(Stream.runCollect(Contact.list({ take: 150 })), (all) => new Set(World.ids(all)).size)
      const whole = yield* take
      yield* api.inject({ times: 1, fault: Fault.resetAfter({ lines: 120 }) })
      const cut = yield* take
      return seen(`${whole} and ${cut}`, { whole: [whole, 150], cut: [cut, 150] })
    })
  ),
  theirs: World.official((client, api) =>
    Effect.gen(function* () {
      yield* World.seedInto(api, 300)
      const { found } = yield* World.events(() => client.list({ take: 150 }).stream())
      return only(`${found.length} items`)
    })
  )
}

const emptyPages: ReadonlyArray<Probe> = [
  {
    hazard: "L12",
    name: "an empty page",
    tried: "the first, second or third page of 250 comes out empty, which ends the reply",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const contacts = World.ids(yield* World.seeded(250))
        const wrong: Array<string> = []
        for (const index of [0, 1, 2]) {
          yield* api.removeFaults
          yield* api.inject({ times: 1, fault: Fault.dropPage(index) })
          const got = World.ids(yield* Stream.runCollect(Contact.list({ order: "asc" })))
          if (got.join() !== contacts.join()) wrong.push(`page ${index}: ${got.length}`)
        }
        return seen("all 250 each time", { wrong: [wrong, []] })
      })
    ),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        yield* World.seedInto(api, 250)
        yield* api.inject({ fault: Fault.dropPage(1) })
        const { ended, found } = yield* World.events(() => client.list().stream())
        return only(`${found.length} of 250, ends ${ended}`)
      })
    )
  }
]

const answered: Probe = {
  hazard: "L11",
  name: "listPage",
  tried: "listPage is answered with JSON Lines, and with 200 and {code, message}",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* seedThree
      const body = `${contacts.map(line).join("\n")}\n`
      yield* api.inject(
        { attempt: 1, fault: Fault.status(200, { body, headers: { "content-type": "application/jsonl" } }) },
        { attempt: 2, fault: Fault.status(200, { code: "NOT_AUTHENTICATED", message: "no" }) }
      )
      const page = yield* Contact.listPage()
      const error = yield* Effect.flip(Contact.listPage())
      return seen(`${page.items.length} contacts; ${error._tag} ${error.code}`, {
        names: [names(page.items), three],
        error: [
          [error._tag, error.code],
          ["Unauthorized", "NOT_AUTHENTICATED"]
        ]
      })
    })
  ),
  theirs: World.official((client, api) =>
    Effect.gen(function* () {
      const body = `${Fake.item("c1")}`
      yield* api.inject(
        { attempt: 1, fault: Fault.status(200, { body, headers: { "content-type": "application/jsonl" } }) },
        { attempt: 2, fault: Fault.status(200, { code: "GENERIC_ERROR", message: "no" }) }
      )
      const first = yield* World.told(() => client.list())
      const second = yield* World.told(() => client.list())
      return only(`${first}; ${second}`)
    })
  )
}

export const lists: ReadonlyArray<Probe> = [...cuts, oddLines, errorLine, exact, ...emptyPages, answered]
