import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as Fake from "../support/FakeHttp.ts"
import * as Sockets from "../support/Sockets.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const texts = [
  "Ada 😀 Łovelace",
  "日本語\u2028\u2029\u0085",
  'e\u0301\r\n\t"\\',
  "\ufeffBOM\ufffd",
  "👩‍👩‍👧‍👦",
  "\u{10ffff}\u0001"
]

const textSeeds = (index: number) => ({ name: texts[index % texts.length] ?? "", description: texts.join("") })

const split = (bytes: Uint8Array, size: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size))

/** Reads a list in chunks of several sizes and returns the sizes that failed. `write` joins the lines of the list. */
const chunked = (write: (lines: ReadonlyArray<string>) => string) =>
  Effect.gen(function* () {
    const contacts = texts.map((name, index) => Fake.contact(`c${index}`, { name, description: texts.join("") }))
    const bytes = new TextEncoder().encode(write(contacts.map((data) => JSON.stringify({ type: "item", data }))))
    const wrong: Array<string> = []
    for (const size of [1, 2, 3, 4, 5, 7, 64, 1000, bytes.length]) {
      const fake = Fake.script(
        () => new Response(Fake.bodyOf(split(bytes, size)), { headers: { "content-type": "application/jsonl" } })
      )
      const got = yield* World.scripted(fake, Stream.runCollect(Contact.list({ take: texts.length })))
      if (JSON.stringify(got.map(({ name }) => name)) !== JSON.stringify(texts)) wrong.push(`${size}: ${got.length}`)
    }
    return wrong
  })

const characters: ReadonlyArray<Probe> = [
  {
    hazard: "L1",
    name: "split characters",
    situation: "emoji, U+2028, BOM, CRLF within text: chunks of 1 to 1,000 bytes, CRLF lines, a BOM, no final newline",
    ours: Effect.map(
      Effect.forEach(
        [
          (lines: ReadonlyArray<string>) => `${lines.join("\n")}\n`,
          (lines: ReadonlyArray<string>) => `${lines.join("\r\n")}\r\n`,
          (lines: ReadonlyArray<string>) => `\ufeff${lines.join("\n")}\n`,
          (lines: ReadonlyArray<string>) => lines.join("\n")
        ],
        chunked
      ),
      (wrong) => check("every text is intact, in each of them", { wrong: [wrong, [[], [], [], []]] })
    )
  },
  {
    hazard: "L1",
    name: "split characters, over sockets",
    situation: "a list that arrives byte by byte over a socket",
    ours: World.overSockets(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seedContacts(texts.length, textSeeds)
        yield* api.inject({ fault: Fault.trickle(1) })
        const got = yield* Stream.runCollect(Contact.list({ order: "asc" }))
        return check("every text is intact", { names: [got.map(({ name }) => name), texts] })
      })
    ),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* World.seedContactsInto(api, texts.length, textSeeds)
        yield* api.inject({ fault: Fault.trickle(1, { every: 0.01 }) })
        const { ended, found } = yield* World.collectEvents(() => client.list({ order: "asc" }).stream())
        const before = texts.join("").split("\ufffd").length - 1
        const torn = JSON.stringify(found).split("\ufffd").length - 1 - (before + texts.length * before)
        return reportOnly(`${torn > 0 ? "characters replaced by U+FFFD" : "intact"}, ends ${ended}`)
      })
    )
  }
]

const page = (first: number) => Array.from({ length: 100 }, (_, index) => Fake.item(`c${first + index}`)).join("")

/** Lists over replies made from the number of the request. Returns the end of the list and the number of requests. */
const paged = (reply: (nth: number) => string) =>
  Effect.gen(function* () {
    let nth = 0
    const fake = Fake.script({ run: () => Fake.jsonLines(reply(nth++))() })
    const ended = yield* World.scripted(fake, Effect.result(Stream.runCount(Contact.list())))
    return {
      ended: ended._tag === "Failure" ? ended.failure._tag : `${ended.success} contacts`,
      requests: fake.sent.length
    }
  })

const cycles: ReadonlyArray<Probe> = [
  {
    hazard: "L7",
    name: "a cursor that is ignored",
    situation: "one reply repeats the first page without end",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seedContacts(150)
        yield* api.inject({ fault: Fault.ignoreCursor })
        const error = yield* Effect.flip(Stream.runDrain(Contact.list()))
        return check(`${World.summary(error)}, requests: ${yield* api.requestCount()}`, {
          tag: [error._tag, "UnexpectedResponse"],
          bounded: [(yield* api.requestCount()) <= 40, true]
        })
      })
    ),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* World.seedContactsInto(api, 150)
        yield* api.inject({ fault: Fault.ignoreCursor })
        const { found } = yield* World.collectEvents(() => client.list().stream(), 5000)
        return reportOnly(`still running after ${found.length} items of 150`)
      })
    )
  },
  {
    hazard: "L7",
    name: "repeating pages",
    situation:
      "the same page for ever; pages A-B-A-B; pages A-A-B; a page, then the same reversed; a page, then empty replies",
    ours: Effect.map(
      Effect.forEach(
        [
          () => page(1),
          (nth: number) => page(nth % 2 === 0 ? 1 : 101),
          (nth: number) => page(nth % 3 === 2 ? 51 : 1),
          (nth: number) => (nth === 0 ? page(1) : page(1).trim().split("\n").toReversed().join("\n")),
          (nth: number) => (nth === 0 ? page(1) : "")
        ],
        paged
      ),
      (all) =>
        check(all.map(({ ended, requests }) => `${ended} after ${requests} requests`).join("; "), {
          ends: [
            all.map(({ ended }) => ended),
            [...Array.from({ length: 4 }, () => "UnexpectedResponse"), "100 contacts"]
          ],
          bounded: [all.every(({ requests }) => requests <= 64), true]
        })
    )
  }
]

const mebibyte = 1024 * 1024

/** A body that is generated while it is read, and counts the bytes read. */
const lazyBody = (chunk: Uint8Array, times: number, prefix = "") => {
  let read = 0
  let cancelled = false
  const body = () =>
    new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          if (prefix !== "") controller.enqueue(new TextEncoder().encode(prefix))
        },
        pull: (controller) => {
          if (read >= times * chunk.length) return controller.close()
          read += chunk.length
          controller.enqueue(chunk)
        },
        cancel: () => {
          cancelled = true
        }
      },
      { highWaterMark: 0 }
    )
  return { body, read: () => read, cancelled: () => cancelled }
}

const jsonl = { headers: { "content-type": "application/jsonl" } }

const endlessLine = (chunk: Uint8Array, times: number) =>
  Effect.gen(function* () {
    const source = lazyBody(chunk, times, '{"type":"item","data":"')
    const before = process.memoryUsage()
    const fake = Fake.script(() => new Response(source.body(), jsonl))
    const error = yield* World.scripted(fake, Effect.flip(Stream.runDrain(Contact.list())))
    const after = process.memoryUsage()
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
    return { error, source, grown, requests: fake.sent.length }
  })

const longLines: ReadonlyArray<Probe> = [
  {
    hazard: "L8",
    name: "a line of 1 GB",
    situation: "a list with a single line of 1 GB, generated while it is read",
    ours: Effect.map(endlessLine(new Uint8Array(mebibyte).fill(0x61), 1024), ({ error, grown, requests, source }) =>
      check(`${World.summary(error)} after ${source.read() / mebibyte} MiB`, {
        tag: [error._tag, "UnexpectedResponse"],
        requests: [requests, 1],
        "read at most 32 MiB": [source.read() <= 32 * mebibyte, true],
        "grew by less than 256 MiB": [grown < 256 * mebibyte, true],
        cancelled: [source.cancelled(), true]
      })
    ),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ fault: Fault.endless("a".repeat(mebibyte)) })
        const controller = new AbortController()
        const before = process.memoryUsage.rss()
        const reading = World.collectEvents(() => client.list().stream({ abortSignal: controller.signal }))
        const watch = Effect.gen(function* () {
          for (let turn = 0; turn < 100_000; turn++) {
            yield* Fake.settle
            if (process.memoryUsage.rss() - before > 200 * mebibyte) break
          }
          controller.abort()
          return process.memoryUsage.rss() - before > 200 * mebibyte
        })
        const [, grew] = yield* Effect.all([reading, watch], { concurrency: 2 })
        return reportOnly(grew ? "stopped by the test at 200 MiB more memory" : "ended by itself")
      })
    )
  },
  {
    hazard: "L8",
    name: "a long line in small chunks",
    situation: "a contact of 15 MiB in chunks of 64 bytes; a line of 64 MiB in chunks of 64 bytes",
    ours: Effect.gen(function* () {
      const bytes = new TextEncoder().encode(Fake.item("c1", { description: "é".repeat(7.5 * mebibyte) }))
      const chunks = split(bytes, 64)
      const fake = Fake.script(() => new Response(Fake.bodyOf(chunks), jsonl))
      const [contact] = yield* World.scripted(fake, Stream.runCollect(Contact.list({ take: 1 })))
      const { error, source } = yield* endlessLine(new Uint8Array(64).fill(0x61), mebibyte)
      return check(`the contact is read; ${World.summary(error)} after ${Math.ceil(source.read() / mebibyte)} MiB`, {
        length: [contact?.description.length, 7.5 * mebibyte],
        tag: [error._tag, "UnexpectedResponse"],
        "read at most 32 MiB": [source.read() <= 32 * mebibyte, true]
      })
    })
  }
]

const readAhead: ReadonlyArray<Probe> = [
  {
    hazard: "L9",
    name: "take(1) of a million",
    situation: "Stream.take(1) of a list of a million, generated while it is read",
    ours: Effect.gen(function* () {
      const chunk = new TextEncoder().encode(page(1))
      const source = lazyBody(chunk, 10_000)
      const fake = Fake.script(() => new Response(source.body(), jsonl))
      const got = yield* World.scripted(fake, Stream.runCollect(Stream.take(Contact.list(), 1)))
      return check(`${source.read() / chunk.length} chunk of 100 contacts read, and the body cancelled`, {
        got: [World.ids(got), ["c1"]],
        read: [source.read() <= 2 * chunk.length, true],
        cancelled: [source.cancelled(), true]
      })
    })
  },
  {
    hazard: "L9",
    name: "take(1) over a socket",
    situation: "Stream.take(1) of a list without end, over a socket",
    ours: Effect.scoped(
      Effect.gen(function* () {
        let written = 0
        const server = yield* Sockets.serve(({ response }) => {
          response.writeHead(200, { "content-type": "application/jsonl" })
          const more = () => {
            do written++
            while (!response.destroyed && response.write(page(written * 100)))
            if (!response.destroyed) response.once("drain", more)
          }
          more()
        })
        const got = yield* Stream.runCollect(Stream.take(Contact.list({ order: "asc" }), 1)).pipe(
          Effect.provide(Node.layer({ secret: InMemory.secret, baseUrl: server.url }), { local: true })
        )
        const [exchange] = server.exchanges
        if (exchange !== undefined) yield* Deferred.await(exchange.closed)
        return check("one contact, and the socket is closed", {
          got: [got.length, 1],
          requests: [server.exchanges.length, 1],
          "under back-pressure": [written < 2000, true]
        })
      })
    )
  }
]

const idle: ReadonlyArray<Probe> = [
  {
    hazard: "L10",
    name: "keep-alives for ever",
    situation: "blank lines, nop lines and unknown events, one a second for ever",
    ours: Effect.map(
      Effect.forEach(["\n", '{"type":"nop","data":{}}\n', '{"type":"ping"}\n'], (text) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            yield* api.inject({ fault: Fault.endless(text, { every: "1 second" }) })
            const { took, value } = yield* World.timed(Effect.flip(Stream.runDrain(Contact.list())))
            return [World.summary(value), took]
          }),
          { retry: { retries: 0 } }
        )
      ),
      (all) =>
        check("each: Timeout (idle) after 60 s", {
          all: [all, all.map(() => ["Timeout idle 200 unknown, 1 attempt", 60_000])]
        })
    ),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ fault: Fault.endless('{"type":"nop","data":{}}\n', { every: 0.1 }) })
        const { found } = yield* World.collectEvents(() => client.list().stream(), 200)
        return reportOnly(`still waiting: ${found.length} nop events delivered, no contact`)
      })
    )
  }
]

export const lines: ReadonlyArray<Probe> = [...characters, ...cycles, ...longLines, ...readAhead, ...idle]
