import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Option, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import * as Contact from "../src/Contact.ts"
import * as Fake from "./support/FakeHttp.ts"
import { over } from "./support/Calls.ts"

const delivered = 250
const first = Array.from({ length: delivered }, (_, at) => `c${at + 1}`)
const last = `c${delivered}`
const lastCreatedAt = Fake.contact(last).createdAt

/** Pseudo-random numbers from a seed. */
const random = (seed: number) => {
  let state = seed + 1
  return (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/**
 * A server that lists 250 contacts, and from then on makes up contacts that come ever closer to the last one and never
 * past it, or does whatever else `act` says.
 */
const hostile = (act: (request: number) => "creep" | "empty" | "repeat" | "cut" | "fail" | "short") => {
  let requests = 0
  let closeness = 0
  const closer = (count: number) =>
    Array.from({ length: count }, () =>
      Fake.contact(`${last}${"a".repeat(closeness++ % 40)}${1e9 - closeness}`, { createdAt: lastCreatedAt })
    ).toSorted((left, right) => (left.id > right.id ? -1 : 1))
  const repeated = () => first.slice(-120).map((id) => Fake.contact(id))
  const run = (request: HttpClientRequest.HttpClientRequest) => {
    requests++
    const isPage = request.headers["accept"] === "application/json"
    const kind = requests === 1 ? "first" : act(requests)
    if (kind === "fail") return Fake.json(503, {})()
    const contacts =
      kind === "first"
        ? first.map((id) => Fake.contact(id))
        : kind === "empty"
          ? []
          : kind === "repeat"
            ? repeated()
            : kind === "short"
              ? closer(3)
              : closer(100)
    if (isPage) return Fake.json(200, { items: contacts.slice(0, 100) })()
    const lines = contacts.map((contact) => `${JSON.stringify({ type: "item", data: contact })}\n`).join("")
    return Fake.jsonLines(kind === "cut" ? `${lines}{"type":` : lines)()
  }
  return Fake.script({ run })
}

const read = (fake: Fake.Fake) =>
  Effect.gen(function* () {
    const ids: Array<string> = []
    const list = Stream.runForEach(Contact.list(), ({ id }) => Effect.sync(() => void ids.push(id)))
    const exit = yield* Fake.drive(over(fake, { retry: { retries: 1 } })(list), 10_000)
    return { ids, exit }
  })

describe("a hostile server", () => {
  it.effect("that approaches the last contact without end makes the list fail", () =>
    Effect.gen(function* () {
      const fake = hostile(() => "creep")
      const { exit, ids } = yield* read(fake)
      const failure = yield* Fake.failureOf(exit)
      assert.deepStrictEqual(ids, first)
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", lastId: last, received: delivered })
      assert.isAtMost(fake.sent.length, 45)
    })
  )

  it.effect("that approaches the first contact without end makes the list fail", () =>
    Effect.gen(function* () {
      let requests = 0
      const run = (request: HttpClientRequest.HttpClientRequest) => {
        const isFirst = requests++ === 0
        // No contact follows a delivered one, so the list begins anew.
        const cursor = Option.getOrThrow(HttpClientRequest.toUrl(request)).searchParams.get("cursor") ?? ""
        const contacts = isFirst
          ? first.map((id) => Fake.contact(id))
          : first.includes(cursor)
            ? []
            : Array.from({ length: 100 }, (_, at) =>
                Fake.contact(`b${1e9 - requests * 100 - at}`, { createdAt: lastCreatedAt + delivered })
              )
        if (request.headers["accept"] === "application/json") return Fake.json(200, { items: contacts })()
        return Fake.jsonLines(...contacts.map((data) => `${JSON.stringify({ type: "item", data })}\n`))()
      }
      const fake = Fake.script({ run })
      const { exit } = yield* read(fake)
      assert.deepInclude(yield* Fake.failureOf(exit), { _tag: "UnexpectedResponse", lastId: last, received: delivered })
      assert.isAbove(fake.sent.length, 900)
      assert.isAtMost(fake.sent.length, 1100)
    })
  )

  it.effect("that answers at random gets a bounded number of requests, and its list fails or is complete", () =>
    Effect.gen(function* () {
      const kinds = ["creep", "empty", "repeat", "cut", "fail", "short"] as const
      const ends = new Map<string, number>()
      for (let seed = 0; seed < 100; seed++) {
        const next = random(seed)
        // Each server has a few kinds of answers of its own.
        const ways = kinds.filter(() => next(2) === 1)
        const fake = hostile(() => ways[next(ways.length)] ?? "creep")
        const { exit, ids } = yield* read(fake)
        assert.deepStrictEqual(ids, first, `seed ${seed}`)
        assert.isAtMost(fake.sent.length, 100, `seed ${seed}`)
        if (Exit.isFailure(exit)) {
          const failure = yield* Fake.failureOf(exit)
          assert.deepInclude(failure, { lastId: last, received: delivered }, `seed ${seed}`)
          ends.set(failure._tag, (ends.get(failure._tag) ?? 0) + 1)
        } else ends.set("complete", (ends.get("complete") ?? 0) + 1)
      }
      assert.isAbove(ends.get("UnexpectedResponse") ?? 0, 5)
      assert.isAbove(ends.get("complete") ?? 0, 5)
    })
  )

  it.effect("that repeats contacts in one response without end makes the list fail", () =>
    Effect.gen(function* () {
      let responses = 0
      let chunks = 0
      const encoder = new TextEncoder()
      const line = (at: number) =>
        `{"type":"item","data":${JSON.stringify(Fake.contact(`c${at}`, { createdAt: lastCreatedAt + 1e9 - at }))}}\n`
      const body = () =>
        new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              chunks++
              const from = chunks * 1000
              controller.enqueue(encoder.encode(Array.from({ length: 1000 }, (_, at) => line(from + at)).join("")))
            }
          },
          { highWaterMark: 0 }
        )
      const run = () => {
        if (++responses === 1) return Fake.jsonLines(...first.map((id) => Fake.item(id)), '{"type":')()
        return new Response(body(), { headers: { "content-type": "application/jsonl" } })
      }
      const { exit } = yield* read(Fake.script({ run }))
      const failure = yield* Fake.failureOf(exit)
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", lastId: last, received: delivered })
      assert.isAtMost(chunks, 110)
    })
  )
})

describe("a correct server", () => {
  /** A server whose contacts `change` may delete or add to before each request. */
  const correct = (count: number, change: (ids: Array<string>, request: number) => void) => {
    const ids = Array.from({ length: count }, (_, at) => `c${at + 1}`)
    let requests = 0
    const run = (request: HttpClientRequest.HttpClientRequest) => {
      change(ids, ++requests)
      const cursor = Option.getOrThrow(HttpClientRequest.toUrl(request)).searchParams.get("cursor")
      const at = cursor === null ? 0 : ids.indexOf(cursor) + 1
      const rest = cursor !== null && at === 0 ? [] : ids.slice(at)
      if (request.headers["accept"] === "application/json") {
        return Fake.json(200, { items: rest.slice(0, 100).map((id) => Fake.contact(id)) })()
      }
      return Fake.jsonLines(rest.map((id) => Fake.item(id)).join(""))()
    }
    return Fake.script({ run })
  }

  it.effect.each([
    ["the newest before each request", (ids: Array<string>) => void ids.splice(0, 150)],
    ["the oldest before each request", (ids: Array<string>) => void ids.splice(-150, 150)],
    [
      "all anchors, once",
      (ids: Array<string>, request: number) => {
        if (request === 2) ids.splice(100, ids.length - 101)
      }
    ],
    [
      "all but a page before each request",
      (ids: Array<string>, request: number) => {
        if (request > 1) ids.splice(0, Math.max(1, ids.length - 101))
      }
    ],
    [
      "all, while 20,000 others are made",
      (ids: Array<string>, request: number) => {
        if (request === 2) ids.splice(0, ids.length, ...Array.from({ length: 20_000 }, (_, at) => `c-${90_000 - at}`))
      }
    ],
    [
      "one in two",
      (ids: Array<string>, request: number) => {
        if (request > 1) ids.splice(0, ids.length, ...ids.filter((_, at) => at % 2 === 0))
      }
    ]
  ] as const)("has its list confirmed although others delete contacts: %s", ([, change]) =>
    Effect.gen(function* () {
      const { exit } = yield* read(correct(5000, change))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
    })
  )
})

describe("an interruption", () => {
  it.effect("between the headers and the body closes the connection", () =>
    Effect.gen(function* () {
      let cancelled = 0
      const body = () =>
        new Response(Fake.bodyOf([Fake.item("c1")], { onCancel: () => cancelled++ }), {
          headers: { "content-type": "application/jsonl" }
        })
      const fake = Fake.script(body)
      let interrupt = () => {}
      // The headers have arrived, and nothing reads the body yet.
      const transformClient = HttpClient.transformResponse(Effect.tap(() => Effect.sync(() => interrupt())))
      const list = over(fake, { transformClient })(Stream.runDrain(Contact.list()))
      const fiber = yield* Effect.forkChild(list)
      interrupt = () => fiber.interruptUnsafe()
      yield* Fake.settle
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      yield* Fake.settle
      assert.strictEqual(fake.sent.length, 1)
      assert.strictEqual(cancelled, 1)
    })
  )
})
