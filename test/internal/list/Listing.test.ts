import { assert, describe, it } from "@effect/vitest"
import { Cause, Clock, Effect, Exit, Random, Result, Stream } from "effect"
import type * as Errors from "../../../src/Errors.ts"
import type { Failure } from "../../../src/internal/call/failure/Failure.ts"
import * as OperationError from "../../../src/internal/call/failure/OperationError.ts"
import * as Reply from "../../../src/internal/call/reply/Reply.ts"
import * as operations from "../../../src/internal/contact/ContactOperations.ts"
import type { Contact } from "../../../src/internal/contact/ContactSchema.ts"
import * as Listing from "../../../src/internal/list/Listing.ts"
import type { ListOptions } from "../../../src/internal/list/ListProgress.ts"
import * as Fake from "../../support/FakeHttp.ts"
import * as TestClient from "../../support/TestClient.ts"

/** The ids c1, c2 and so on: the order of a list from the newest on. */
const ids = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: to - from + 1 }, (_, index) => `c${from + index}`)

const contactsOf = (page: ReadonlyArray<string>): ReadonlyArray<Contact> => page.map((id) => Fake.contact(id))

/** A response with these contacts, in one chunk, which then ends in this way. */
const responseOf =
  (page: ReadonlyArray<string>, end: "close" | "error" | "hang" = "close", onCancel?: () => void): Fake.Step =>
  () =>
    new Response(Fake.bodyOf([page.map((id) => Fake.item(id)).join("")], { end, ...(onCancel && { onCancel }) }), {
      headers: { "content-type": "application/jsonl" }
    })

const errorOf = (failure: Partial<Failure>, attempts: number): Errors.ContactError =>
  OperationError.make(
    operations.list,
    { tag: "Forbidden", description: "said", outcome: "rejected", transient: false, ...failure },
    { safety: "read", attempts, outcome: "rejected" }
  )

interface Script {
  /** The responses to the requests of the list as a stream, the last one again and again. */
  readonly responses: readonly [...ReadonlyArray<Fake.Step>, Fake.Step]
  /** The pages that confirm the end, by cursor. By default a page is empty. */
  readonly page?: (cursor: string | undefined) => ReadonlyArray<string> | Errors.ContactError
  readonly exists?: boolean
  readonly take?: number
  readonly options?: Partial<ListOptions>
}

/** A list over scripted requests, and the requests in the order in which they were made. */
const listOf = ({ exists = true, options, page = () => [], responses, take }: Script) =>
  Effect.gen(function* () {
    const client = yield* TestClient.make(Fake.script(...responses))
    const requests: Array<string> = []
    const taken: Array<number | undefined> = []
    const failures: Array<number> = []
    const list = Listing.make<Contact, never>(
      {
        operation: operations.list,
        take,
        open: (from, scope, failed) => {
          requests.push(`open ${from.cursor ?? "beginning"}`)
          taken.push(from.take)
          failures.push(failed)
          return client.open(operations.list, { query: [] }, Reply.exchangeLines(operations.list, scope), {
            attempts: failed
          })
        },
        page: (cursor) => {
          requests.push(`page ${cursor ?? "beginning"}`)
          const next = page(cursor)
          return "_tag" in next
            ? Effect.fail(next)
            : Effect.succeed({ attempts: 1, value: { items: contactsOf(next) } })
        },
        hasCursor: (id) => {
          requests.push(`exists ${id}`)
          return Effect.succeed({ attempts: 1, value: exists })
        }
      },
      { order: "desc", cursor: undefined, isFiltered: false, ...options }
    )
    return { list, requests, taken, failures }
  })

/** Runs a list to its end. */
const run = (script: Script) =>
  Effect.gen(function* () {
    const { failures, list, requests, taken } = yield* listOf(script)
    const received: Array<string> = []
    const began = yield* Clock.currentTimeMillis
    const each = Stream.runForEach(list, ({ id }) => Effect.sync(() => received.push(id)))
    const result = yield* yield* Fake.drive(Effect.result(each))
    const error = Result.isFailure(result) ? result.failure : undefined
    return { received, error, requests, taken, failures, elapsed: (yield* Clock.currentTimeMillis) - began }
  }).pipe(Random.withSeed("seed"))

describe("a list whose response ends", () => {
  it.effect("is complete if a page after the last contact but one has nothing new", () =>
    Effect.gen(function* () {
      const { error, received, requests } = yield* run({ responses: [responseOf(ids(1, 3))], page: () => ["c3"] })
      assert.isUndefined(error)
      assert.deepStrictEqual(received, ids(1, 3))
      assert.deepStrictEqual(requests, ["open beginning", "page c2"])
    })
  )

  it.effect("is complete if it is empty, and so is the first page", () =>
    Effect.gen(function* () {
      const { error, requests } = yield* run({ responses: [responseOf([])] })
      assert.isUndefined(error)
      assert.deepStrictEqual(requests, ["open beginning", "page beginning"])
    })
  )

  it.effect("is opened again if the page has more", () =>
    Effect.gen(function* () {
      const { failures, received, requests } = yield* run({
        responses: [responseOf(ids(1, 3)), responseOf(ids(3, 5))],
        page: (cursor) => (cursor === "c2" ? ids(3, 4) : ["c5"])
      })
      assert.deepStrictEqual(received, ids(1, 5))
      assert.deepStrictEqual(requests, ["open beginning", "page c2", "open c2", "page c4"])
      assert.deepStrictEqual(failures, [0, 0])
    })
  )

  it.effect("is confirmed further back if the page is empty, since its cursor was deleted", () =>
    Effect.gen(function* () {
      const { error, requests } = yield* run({
        responses: [responseOf(ids(1, 3))],
        page: (cursor) => (cursor === undefined ? ids(1, 3) : [])
      })
      assert.isUndefined(error)
      assert.strictEqual(requests[1], "page c2")
      assert.strictEqual(requests.at(-1), "page beginning")
    })
  )

  it.effect("is confirmed page by page while a page has only repeated contacts", () =>
    Effect.gen(function* () {
      const { error, received, requests } = yield* run({
        responses: [responseOf(ids(1, 250))],
        // All anchors were deleted, so that the list is confirmed from the beginning.
        page: (cursor) => {
          if (cursor === undefined) return ids(1, 100)
          return cursor === "c99" ? ids(100, 199) : cursor === "c198" ? ids(199, 250) : []
        }
      })
      assert.isUndefined(error)
      assert.lengthOf(received, 250)
      assert.deepStrictEqual(requests.slice(-3), ["page beginning", "page c99", "page c198"])
    })
  )

  it.effect("fails if a page cannot be read, with the attempts of all requests", () =>
    Effect.gen(function* () {
      const { error } = yield* run({ responses: [responseOf(ids(1, 3))], page: () => errorOf({}, 3) })
      assert.deepInclude(error, { _tag: "Forbidden", description: "said", attempts: 4, lastId: "c3", received: 3 })
    })
  )

  it.effect("fails if the server ends it too early again and again", () =>
    Effect.gen(function* () {
      const { error, received, requests } = yield* run({
        responses: [responseOf(ids(1, 3)), responseOf(["c3"])],
        page: () => ids(3, 4)
      })
      assert.deepInclude(error, {
        _tag: "UnexpectedResponse",
        description: "The server keeps ending the list too early",
        attempts: requests.length,
        lastId: "c3"
      })
      assert.deepStrictEqual(received, ids(1, 3))
      assert.isAtMost(requests.length, 40)
    })
  )
})

describe("a list after a cursor that is empty", () => {
  const script = { responses: [responseOf([])], options: { cursor: "c9" } } as const

  it.effect("is complete if the cursor exists", () =>
    Effect.gen(function* () {
      const { error, requests } = yield* run({ ...script, exists: true })
      assert.isUndefined(error)
      assert.deepStrictEqual(requests, ["open c9", "page c9", "exists c9"])
    })
  )

  it.effect("fails if it does not", () =>
    Effect.gen(function* () {
      const { error } = yield* run({ ...script, exists: false })
      assert.deepInclude(error, {
        _tag: "InvalidRequest",
        field: "cursor",
        outcome: "rejected",
        attempts: 3,
        received: 0
      })
    })
  )
})

describe("a list whose response is cut", () => {
  it.effect("is resumed before its last contact, after a back-off, with every contact once", () =>
    Effect.gen(function* () {
      const { elapsed, received, requests } = yield* run({
        responses: [responseOf(ids(1, 3), "error"), responseOf(ids(3, 5))],
        page: () => ["c5"]
      })
      assert.deepStrictEqual(received, ids(1, 5))
      assert.deepStrictEqual(requests, ["open beginning", "open c2", "page c4"])
      assert.isAbove(elapsed, 0)
    })
  )

  it.effect("counts the failures in a row, from 0 again after a new contact", () =>
    Effect.gen(function* () {
      const { error, failures } = yield* run({
        responses: [
          responseOf(["c1"], "error"),
          responseOf(["c1"], "error"),
          responseOf(ids(1, 2), "error"),
          responseOf(ids(1, 2))
        ],
        page: () => ["c2"]
      })
      assert.isUndefined(error)
      assert.deepStrictEqual(failures, [0, 1, 2, 1])
    })
  )

  it.effect("fails when no retries are left, and says how far it came", () =>
    Effect.gen(function* () {
      const { error, received } = yield* run({ responses: [responseOf(ids(1, 3), "error")] })
      assert.deepStrictEqual(received, ids(1, 3))
      assert.deepInclude(error, { _tag: "TransportError", attempts: 4, lastId: "c3", received: 3 })
    })
  )

  it.effect("requests only its first response with take: a resumed one repeats contacts", () =>
    Effect.gen(function* () {
      const responses = [responseOf(ids(1, 3), "error"), responseOf(ids(3, 5))] as const
      const { taken } = yield* run({ responses, take: 5, page: () => ["c5"] })
      assert.deepStrictEqual(taken, [5, undefined])
    })
  )

  it.effect("begins further back under a filter if the response repeats no contact", () =>
    Effect.gen(function* () {
      const { received, requests } = yield* run({
        responses: [responseOf(ids(1, 3), "error"), responseOf(ids(4, 5)), responseOf(ids(3, 5))],
        page: () => ["c5"],
        options: { isFiltered: true }
      })
      assert.deepStrictEqual(received, ids(1, 5))
      assert.strictEqual(requests[1], "open c2")
      assert.notStrictEqual(requests[2], "open c2")
    })
  )
})

describe("a list that fails", () => {
  it.effect("fails at once if a response has an error that is not transient", () =>
    Effect.gen(function* () {
      const line = '{"type":"error","data":{"code":"NOT_AUTHORIZED","message":"said"}}\n'
      const { elapsed, error, requests } = yield* run({ responses: [Fake.jsonLines(Fake.item("c1"), line)] })
      assert.deepInclude(error, { _tag: "Forbidden", description: "said", attempts: 1, lastId: "c1", received: 1 })
      assert.deepStrictEqual(requests, ["open beginning"])
      assert.strictEqual(elapsed, 0)
    })
  )

  it.effect("fails with the attempts of a request that cannot be opened", () =>
    Effect.gen(function* () {
      const { error, requests } = yield* run({ responses: [responseOf(ids(1, 2), "error"), Fake.json(503, {})] })
      // One attempt that was cut, and three retries.
      assert.deepInclude(error, { _tag: "ServerError", status: 503, attempts: 4, lastId: "c2" })
      assert.deepStrictEqual(requests, ["open beginning", "open c1"])
    })
  )

  it.effect("fails if a response goes back, after the contacts before that", () =>
    Effect.gen(function* () {
      const { error, received } = yield* run({ responses: [responseOf(["c1", "c2", "c1"])] })
      assert.deepStrictEqual(received, ["c1", "c2"])
      const description = "The list is not in order"
      assert.deepInclude(error, { _tag: "UnexpectedResponse", description, attempts: 1, received: 2 })
    })
  )
})

describe("a list that has ended", () => {
  const exits = (script: Script) =>
    Effect.gen(function* () {
      const { list, requests } = yield* listOf(script)
      const pull = yield* Stream.toPull(list)
      const first = yield* Effect.exit(pull)
      const second = yield* Effect.exit(pull)
      const sent = requests.length
      const third = yield* Effect.exit(pull)
      assert.isTrue(Exit.isSuccess(first))
      assert.lengthOf(requests, sent)
      return [second, third] as const
    }).pipe(Effect.scoped)

  it.effect("stays complete", () =>
    Effect.gen(function* () {
      for (const exit of yield* exits({ responses: [responseOf(ids(1, 3))], page: () => ["c3"] })) {
        assert.isTrue(Exit.isFailure(exit) && Cause.isDone(Result.getOrThrow(Cause.findError(exit.cause))))
      }
    })
  )

  it.effect("stays failed", () =>
    Effect.gen(function* () {
      for (const exit of yield* exits({ responses: [responseOf(["c1", "c2", "c1"])] })) {
        assert.isTrue(Exit.isFailure(exit) && !Cause.isDone(Result.getOrThrow(Cause.findError(exit.cause))))
      }
    })
  )
})

describe("the response of a list", () => {
  it.effect("is closed when no more of the list is taken", () =>
    Effect.gen(function* () {
      let closed = 0
      const { list } = yield* listOf({ responses: [responseOf(ids(1, 3), "hang", () => closed++)] })
      yield* Fake.successOf(Stream.runDrain(Stream.take(list, 2)))
      assert.strictEqual(closed, 1)
    })
  )

  it.effect("is closed before the list begins further back", () =>
    Effect.gen(function* () {
      let closed = 0
      let closedBefore: number | undefined
      const { received } = yield* run({
        responses: [
          responseOf(ids(1, 3), "error"),
          responseOf(ids(4, 5), "hang", () => closed++),
          {
            run: () => {
              closedBefore = closed
              return new Response(
                ids(3, 5)
                  .map((id) => Fake.item(id))
                  .join(""),
                {
                  headers: { "content-type": "application/jsonl" }
                }
              )
            }
          }
        ],
        page: () => ["c5"],
        options: { isFiltered: true }
      })
      assert.lengthOf(received, 5)
      assert.strictEqual(closedBefore, 1)
    })
  )
})
