import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Fake from "../support/FakeHttp.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const three = ["Ada", "Grace", "Edsger"]

const seedThree = World.seedContacts(3, (index) => ({ name: three[index] ?? "" }))

const names = (contacts: ReadonlyArray<Contact.Contact>) => contacts.map(({ name }) => name)

const listedNames = Effect.map(Stream.runCollect(Contact.list({ order: "asc" })), names)

const bodySize = Effect.map(seedThree, (contacts) =>
  contacts.reduce((sum, contact) => sum + JSON.stringify({ type: "item", data: contact }).length + 1, 0)
)

/** Lists three contacts, with the first reply broken at each of its bytes in turn. */
const brokenAt = (fault: (at: number) => InMemory.Fault.Fault, options: Partial<Client.Options> = {}) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const size = yield* bodySize
      const wrong: Array<string> = []
      for (let at = 0; at <= size; at++) {
        yield* api.removeFaults
        yield* api.inject({ times: 1, fault: fault(at) })
        const got = yield* listedNames
        if (got.join() !== three.join()) wrong.push(`${at}: ${got.join()}`)
      }
      return check(`all three contacts at each of ${size + 1} offsets`, { wrong: [wrong.slice(0, 4), []] })
    }),
    options
  )

/** The same without retries: the failure has the number of contacts received and the last id. */
const brokenWithoutRetries = World.inProcess(
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
    return check(`TransportError, with lastId and received, at each of ${size} offsets`, { wrong: [wrong, []] })
  }),
  { retry: { retries: 0 } }
)

const cuts: ReadonlyArray<Probe> = [
  {
    hazard: "L2",
    name: "broken at every byte",
    situation: "the connection of a list breaks at each byte of its body, once",
    ours: brokenAt(Fault.resetAfter)
  },
  {
    hazard: "L2",
    name: "broken at every byte, without retries",
    situation: "the same with retries: 0",
    ours: brokenWithoutRetries
  },
  {
    hazard: "L2",
    name: "stalled at every byte",
    situation: "a list stalls at each byte of its body, once",
    ours: brokenAt(Fault.stallAfter, { timeout: { idle: "1 second" } })
  },
  {
    hazard: "L2",
    name: "ended at every byte",
    situation: "the body of a list ends, as if complete, at each of its bytes, once",
    ours: brokenAt(Fault.cutAfter),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* World.seedContactsInto(api, 3)
        const ends = yield* Effect.forEach([Fault.cutAfter, Fault.resetAfter], (fault) =>
          Effect.gen(function* () {
            yield* api.removeFaults
            yield* api.inject({ fault: fault({ lines: 2 }) })
            const { ended, found } = yield* World.collectEvents(() => client.list().stream())
            return `${found.length} of 3, ends ${ended}`
          })
        )
        return reportOnly(`cut at a line end: ${ends[0]}; reset: ${ends[1]}`)
      })
    )
  },
  ...[0, 1, 99, 100, 137].map((lines) => ({
    hazard: "L2",
    name: `ended cleanly after ${lines} of 250`,
    situation: `the body of a list ends, as if complete, after line ${lines} of 250`,
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seedContacts(250)
        yield* api.inject({ attempt: 1, fault: Fault.cutAfter({ lines }) })
        const count = yield* Stream.runCount(Contact.list())
        return check(`${count} of 250 in ${yield* api.requestCount()} requests`, { count: [count, 250] })
      })
    )
  }))
]

const line = (contact: Contact.Contact | undefined) => `${JSON.stringify({ type: "item", data: contact })}`

const nop = '{"type":"nop","data":{}}'

const oddBodies: Readonly<Record<string, (lines: ReadonlyArray<string>) => string>> = {
  blank: (lines) => `\n\n${lines.join("\n\n \n")}\n\n`,
  CRLF: (lines) => `${lines.join("\r\n")}\r\n`,
  nop: (lines) => [nop, ...lines, nop, ""].join("\n"),
  unknown: (lines) => [...lines, '{"type":"ping"}', '{"type":"usage","data":{"n":1}}', ""].join("\n"),
  result: (lines) => [...lines, '{"type":"result","data":{"items":[]}}', ""].join("\n")
}

const oddLines: Probe = {
  hazard: "L3",
  name: "lines without a contact",
  situation: `lists with ${Object.keys(oddBodies).join(", ")} lines`,
  ours: Effect.map(
    Effect.forEach(Object.values(oddBodies), (write) =>
      World.inProcess(
        Effect.gen(function* () {
          const api = yield* InMemory.InMemory
          const contacts = yield* seedThree
          const headers = { "content-type": "application/jsonl" }
          yield* api.inject({ attempt: 1, fault: Fault.status(200, { body: write(contacts.map(line)), headers }) })
          return (yield* listedNames).join()
        })
      )
    ),
    (all) => check("each: the three contacts", { all: [all, all.map(() => three.join())] })
  ),
  theirs: World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      const contacts = yield* World.seedContactsInto(api, 3)
      const ends = yield* Effect.forEach(Object.entries(oddBodies), ([name, write]) =>
        Effect.gen(function* () {
          yield* api.removeFaults
          const headers = { "content-type": "application/jsonl" }
          yield* api.inject({ fault: Fault.status(200, { body: write(contacts.map(line)), headers }) })
          const { ended, found } = yield* World.collectEvents(() => client.list().stream())
          return ended === "normally" ? undefined : `${name}: ends ${ended} after ${found.length}`
        })
      )
      return reportOnly(ends.filter((end) => end !== undefined).join("; "))
    })
  )
}

const errorLine: Probe = {
  hazard: "L4",
  name: "an error line",
  situation: "an error line after 150 of 250 contacts, with status 200, with and without retries",
  ours: Effect.gen(function* () {
    const list = (retries: number) =>
      World.inProcess(
        Effect.gen(function* () {
          const api = yield* InMemory.InMemory
          const contacts = yield* World.seedContacts(250)
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
    return check("ServerError with received and lastId; with retries, all 250", {
      "without retries": [yield* list(0), [150, true, "ServerError", "GENERIC_ERROR", 150, true]],
      "with retries": [yield* list(3), [250, true, undefined, undefined, undefined, false]]
    })
  }),
  theirs: World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      yield* World.seedContactsInto(api, 250)
      yield* api.inject({ fault: Fault.errorAfter(150) })
      const { ended, found } = yield* World.collectEvents(() => client.list().stream())
      return reportOnly(`${found.length} events, ends ${ended}, last: ${JSON.stringify(found.at(-1)).slice(0, 40)}…`)
    })
  )
}

const exact: Probe = {
  hazard: "L6",
  name: "take: 150",
  situation: "take: 150 of 300 contacts, without a fault and with a reset after 120",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* World.seedContacts(300)
      const take = Effect.map(Stream.runCollect(Contact.list({ take: 150 })), (all) => new Set(World.ids(all)).size)
      const whole = yield* take
      yield* api.inject({ times: 1, fault: Fault.resetAfter({ lines: 120 }) })
      const cut = yield* take
      return check(`${whole} and ${cut} contacts`, { whole: [whole, 150], cut: [cut, 150] })
    })
  ),
  theirs: World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      yield* World.seedContactsInto(api, 300)
      const { found } = yield* World.collectEvents(() => client.list({ take: 150 }).stream())
      return reportOnly(`${found.length} items`)
    })
  )
}

const emptyPages: ReadonlyArray<Probe> = [
  {
    hazard: "L12",
    name: "an empty page",
    situation: "the first, second or third page of 250 contacts is empty, which ends the reply",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const contacts = World.ids(yield* World.seedContacts(250))
        const wrong: Array<string> = []
        for (const index of [0, 1, 2]) {
          yield* api.removeFaults
          yield* api.inject({ times: 1, fault: Fault.dropPage(index) })
          const got = World.ids(yield* Stream.runCollect(Contact.list({ order: "asc" })))
          if (got.join() !== contacts.join()) wrong.push(`page ${index}: ${got.length}`)
        }
        return check("all 250 each time", { wrong: [wrong, []] })
      })
    ),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* World.seedContactsInto(api, 250)
        yield* api.inject({ fault: Fault.dropPage(1) })
        const { ended, found } = yield* World.collectEvents(() => client.list().stream())
        return reportOnly(`${found.length} of 250, ends ${ended}`)
      })
    )
  }
]

const answered: Probe = {
  hazard: "L11",
  name: "listPage",
  situation: "listPage is answered with JSON Lines, and with 200 and {code, message}",
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
      return check(`${page.items.length} contacts; ${error._tag} ${error.code}`, {
        names: [names(page.items), three],
        error: [
          [error._tag, error.code],
          ["Unauthorized", "NOT_AUTHENTICATED"]
        ]
      })
    })
  ),
  theirs: World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      const body = `${Fake.item("c1")}`
      yield* api.inject(
        { attempt: 1, fault: Fault.status(200, { body, headers: { "content-type": "application/jsonl" } }) },
        { attempt: 2, fault: Fault.status(200, { code: "GENERIC_ERROR", message: "no" }) }
      )
      const first = yield* World.outcomeText(() => client.list())
      const second = yield* World.outcomeText(() => client.list())
      return reportOnly(`${first}; ${second}`)
    })
  )
}

export const lists: ReadonlyArray<Probe> = [...cuts, oddLines, errorLine, exact, ...emptyPages, answered]
