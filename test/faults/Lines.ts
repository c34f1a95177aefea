import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as Fake from "../support/FakeHttp.ts"
import * as Sockets from "../support/Sockets.ts"
import { type Probe, only, seen } from "./Probe.ts"
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

/** A list in chunks of each of these sizes, as `write` joins its lines. */
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
    tried: "emoji, U+2028, BOM, CRLF within text: chunks of 1 to 1,000 bytes, CRLF lines, a BOM, no final newline",
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
      (wrong) => seen("every text as it was, in all of them", { wrong: [wrong, [[], [], [], []]] })
    )
  },
  {
    hazard: "L1",
    name: "split characters, over sockets",
    tried: "a list that arrives byte by byte over a socket",
    ours: World.overSockets(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seeded(texts.length, textSeeds)
        yield* api.inject({ fault: Fault.trickle(1) })
        const got = yield* Stream.runCollect(Contact.list({ order: "asc" }))
        return seen("every text as it was", { names: [got.map(({ name }) => name), texts] })
      })
    ),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        yield* World.seedInto(api, texts.length, textSeeds)
        yield* api.inject({ fault: Fault.trickle(1, { every: 0.01 }) })
        const { ended, found } = yield* World.events(() => client.list({ order: "asc" }).stream())
        const before = texts.join("").split("\ufffd").length - 1
        const torn = JSON.stringify(found).split("\ufffd").length - 1 - (before + texts.length * before)
        return only(`${torn > 0 ? "texts torn: U+FFFD in place of characters" : "whole"}, ends ${ended}`)
      })
    )
  }
]

const page = (first: number) => Array.from({ length: 100 }, (_, index) => Fake.item(`c${first + index}`)).join("")

/** Lists over replies that depend on how many there were, and says how it ended and after how many requests. */
const paged = (reply: (nth: number) => string) =>
  Effect.gen(function* () {
    let nth = 0
    const fake = Fake.script({ run: () => Fake.jsonLines(reply(nth++))() })
    const ended = yield* World.scripted(fake, Effect.result(Stream.runCount(Contact.list())))
    return {
      ended: ended._tag === "Failure" ? ended.failure._tag : `${ended.success}`,
      requests: fake.sent.length
    }
  })

const cycles: ReadonlyArray<Probe> = [
  {
    hazard: "L7",
    name: "a cursor that is ignored",
    tried: "every page is the first one, without end, in one reply",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seeded(150)
        yield* api.inject({ fault: Fault.ignoreCursor })
        const error = yield* Effect.flip(Stream.runDrain(Contact.list()))
        return seen(`${World.summary(error)}, ${yield* api.requestCount()} requests`, {
          tag: [error._tag, "UnexpectedResponse"],
          bounded: [(yield* api.requestCount()) <= 40, true]
        })
      })
    ),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        yield* World.seedInto(api, 150)
        yield* api.inject({ fault: Fault.ignoreCursor })
        const { found } = yield* World.events(() => client.list().stream(), 5000)
        return only(`still going after ${found.length} items of 150`)
      })
    )
  },
  {
    hazard: "L7",
    name: "A-B-A and ever the same",
    tried: "replies that repeat, that go A-B-A-B, and that bring nothing new whatever is asked",
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
        seen(`ends: ${all.map(({ ended, requests }) => `${ended} after ${requests}`).join(", ")}`, {
          ends: [all.map(({ ended }) => ended), [...Array.from({ length: 4 }, () => "UnexpectedResponse"), "100"]],
          bounded: [all.every(({ requests }) => requests <= 64), true]
        })
    )
  }
]

const mebibyte = 1024 * 1024

/** A body made while it is read; counts the bytes that were. */
const lazily = (chunk: Uint8Array, times: number, prefix = "") => {
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
    const source = lazily(chunk, times, '{"type":"item","data":"')
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
    tried: "a list whose one line is 1 GB long, made as it is read",
    ours: Effect.map(endlessLine(new Uint8Array(mebibyte).fill(0x61), 1024), ({ error, grown, requests, source }) =>
      seen(`${World.summary(error)} after ${source.read() / mebibyte} MiB`, {
        tag: [error._tag, "UnexpectedResponse"],
        requests: [requests, 1],
        "read little": [source.read() <= 32 * mebibyte, true],
        "kept little": [grown < 256 * mebibyte, true],
        "let go of": [source.cancelled(), true]
      })
    ),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ fault: Fault.endless("a".repeat(mebibyte)) })
        const controller = new AbortController()
        const before = process.memoryUsage.rss()
        const reading = World.events(() => client.list().stream({ abortSignal: controller.signal }))
        const watch = Effect.gen(function* () {
          for (let turn = 0; turn < 100_000; turn++) {
            yield* Fake.settle
            if (process.memoryUsage.rss() - before > 200 * mebibyte) break
          }
          controller.abort()
          return process.memoryUsage.rss() - before > 200 * mebibyte
        })
        const [, grew] = yield* Effect.all([reading, watch], { concurrency: 2 })
        return only(grew ? "stopped by us at 200 MiB more memory" : "ended by itself")
      })
    )
  },
  {
    hazard: "L8",
    name: "a long line in small chunks",
    tried: "a contact of 15 MiB in chunks of 64 bytes; a line of 64 MiB in chunks of 64 bytes",
    ours: Effect.gen(function* () {
      const bytes = new TextEncoder().encode(Fake.item("c1", { description: "é".repeat(7.5 * mebibyte) }))
      const chunks = split(bytes, 64)
      const fake = Fake.script(() => new Response(Fake.bodyOf(chunks), jsonl))
      const [contact] = yield* World.scripted(fake, Stream.runCollect(Contact.list({ take: 1 })))
      const { error, source } = yield* endlessLine(new Uint8Array(64).fill(0x61), mebibyte)
      return seen(`read whole; ${World.summary(error)} after ${Math.ceil(source.read() / mebibyte)} MiB`, {
        length: [contact?.description.length, 7.5 * mebibyte],
        tag: [error._tag, "UnexpectedResponse"],
        "read little": [source.read() <= 32 * mebibyte, true]
      })
    })
  }
]

const ahead: ReadonlyArray<Probe> = [
  {
    hazard: "L9",
    name: "take(1) of a million",
    tried: "Stream.take(1) of a list of a million, made as it is read",
    ours: Effect.gen(function* () {
      const chunk = new TextEncoder().encode(page(1))
      const source = lazily(chunk, 10_000)
      const fake = Fake.script(() => new Response(source.body(), jsonl))
      const got = yield* World.scripted(fake, Stream.runCollect(Stream.take(Contact.list(), 1)))
      return seen(`${source.read() / chunk.length} chunk of 100 read, and the body let go of`, {
        got: [World.ids(got), ["c1"]],
        read: [source.read() <= 2 * chunk.length, true],
        "let go of": [source.cancelled(), true]
      })
    })
  },
  {
    hazard: "L9",
    name: "take(1) over a socket",
    tried: "Stream.take(1) of a list without end, over a socket",
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
        return seen("one contact, and the socket is closed", {
          got: [got.length, 1],
          requests: [server.exchanges.length, 1],
          "held back": [written < 2000, true]
        })
      })
    )
  }
]

const idle: ReadonlyArray<Probe> = [
  {
    hazard: "L10",
    name: "keep-alives for ever",
    tried: "blank lines, nop lines and unknown events, one a second for ever",
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
        seen("each: Timeout (idle) after 60 s", { all: [all, all.map(() => ["Timeout idle 200 unknown 1x", 60_000])] })
    ),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ fault: Fault.endless('{"type":"nop","data":{}}\n', { every: 0.1 }) })
        const { found } = yield* World.events(() => client.list().stream(), 200)
        return only(`waits on: ${found.length} nops handed on, no contact`)
      })
    )
  }
]

export const lines: ReadonlyArray<Probe> = [...characters, ...cycles, ...longLines, ...ahead, ...idle]
