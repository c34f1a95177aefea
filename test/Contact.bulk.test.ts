import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Random, Result, Stream } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { expectTypeOf } from "vitest"
import type * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import type * as Errors from "../src/Errors.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Fake from "./support/FakeHttp.ts"

const { Fault } = InMemory
const concurrency = 16
const fingerprintOf = (index: number): string => `crm-${index.toString().padStart(16, "0")}`
const times = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, index) => make(index))

type Call = Effect.Effect<Contact.ContactRef, Errors.ContactError, Client.Client>

const seed = (count: number) =>
  Effect.flatMap(InMemory.InMemory, (api) =>
    api.seed(times(count, (index) => ({ fingerprint: fingerprintOf(index), createdAt: 1_700_000_000_000 + index })))
  )

/** Calls of each operation. The call at an index is about the contact with the fingerprint of that index. */
const bulk = {
  create: (count: number) => Effect.succeed(times(count, (at) => Contact.create({ fingerprint: fingerprintOf(at) }))),
  ensure: (count: number) => Effect.succeed(times(count, (at) => Contact.ensure({ fingerprint: fingerprintOf(at) }))),
  update: (count: number) =>
    Effect.map(seed(count), (contacts) => contacts.map(({ id }) => Contact.update(id, { nick: "ada" }))),
  delete: (count: number) => Effect.map(seed(count), (contacts) => contacts.map(({ id }) => Contact.delete(id)))
}
type Name = keyof typeof bulk
const names = Object.keys(bulk) as ReadonlyArray<Name>
const callsOf = (name: Name, count: number): Effect.Effect<ReadonlyArray<Call>, never, InMemory.InMemory> =>
  bulk[name](count)

/** True if a contact is as the operation leaves it. */
const isDone: Readonly<Record<Name, (contact: Contact.Contact) => boolean>> = {
  create: () => true,
  ensure: ({ verifiedAt }) => verifiedAt !== null,
  update: ({ nick }) => nick === "ada",
  delete: () => false
}

/** The ids of the contacts with the indices 0 to `count`, of which some may have been deleted since, and some made. */
const idsOf = Effect.fnUntraced(function* (count: number, before: ReadonlyArray<Contact.Contact>) {
  const api = yield* InMemory.InMemory
  const ids = new Map([...before, ...(yield* api.contacts())].map(({ fingerprint, id }) => [fingerprint, id]))
  return times(count, (index) => ids.get(fingerprintOf(index)))
})

const send = <A, E>(calls: ReadonlyArray<Effect.Effect<A, E, Client.Client>>, unordered = false) =>
  Stream.fromIterable(calls).pipe(Stream.mapEffect((call) => call, { concurrency, unordered }))

const ids = (refs: ReadonlyArray<Contact.ContactRef>): ReadonlyArray<string> => refs.map(({ id }) => id)

/** Counts the requests in progress, and those that were interrupted. */
const requestCounter = () => {
  const counts = { inProgress: 0, most: 0, interrupted: 0 }
  const transformClient = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
    HttpClient.transform(client, (effect) =>
      Effect.suspend(() => {
        counts.inProgress++
        counts.most = Math.max(counts.most, counts.inProgress)
        return effect
      }).pipe(
        Effect.onInterrupt(() => Effect.sync(() => counts.interrupted++)),
        Effect.ensuring(Effect.sync(() => counts.inProgress--))
      )
    )
  return { counts, transformClient }
}

const orders = [
  ["in order", false],
  ["unordered", true]
] as const

const second = { fault: Fault.delay("1 second") }

describe.each(names)("a stream of %s", (name) => {
  it.effect.each(orders)("%s, makes each call once, and returns the results in that order", ([, unordered]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const calls = yield* callsOf(name, 2000)
      const before = yield* api.contacts()
      yield* api.inject({ ...second, probability: 0.2 })
      const finished: Array<string> = []
      const noted = calls.map((call) => Effect.tap(call, ({ id }) => Effect.sync(() => finished.push(id))))
      const received = ids(yield* Fake.successOf(Stream.runCollect(send(noted, unordered)), 1000))
      const inOrder = yield* idsOf(2000, before)
      assert.notDeepEqual(finished, inOrder)
      assert.deepStrictEqual(received, unordered ? finished : inOrder)
      assert.sameMembers([...received], [...inOrder])
      assert.strictEqual(yield* api.requestCount(), 2000)
      const after = yield* api.contacts()
      assert.lengthOf(after, name === "delete" ? 0 : 2000)
      assert.isTrue(after.every(isDone[name]))
    }).pipe(Random.withSeed("bulk"), Effect.provide(InMemory.layer()))
  )

  it.effect("waits for a slow first call only in order, and loses no result", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      for (const unordered of [false, true]) {
        yield* api.clear
        yield* api.removeFaults
        const calls = yield* callsOf(name, 100)
        const before = yield* api.contacts()
        yield* api.inject({ attempt: 1, fault: Fault.delay("20 seconds") })
        const received: Array<string> = []
        const all = Stream.runForEach(send(calls, unordered), ({ id }) => Effect.sync(() => received.push(id)))
        const fiber = yield* Effect.forkChild(all)
        yield* Fake.settle
        assert.lengthOf(received, unordered ? 99 : 0)
        assert.strictEqual(yield* api.requestCount(), unordered ? 100 : concurrency)
        yield* TestClock.adjust("20 seconds")
        yield* Fiber.join(fiber)
        const [first, ...others] = yield* idsOf(100, before)
        assert.deepStrictEqual(received, unordered ? [...others, first] : [first, ...others])
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("has as many requests in progress as its concurrency, and never more", () =>
    Effect.gen(function* () {
      for (const unordered of [false, true]) {
        const { counts, transformClient } = requestCounter()
        yield* Effect.gen(function* () {
          const api = yield* InMemory.InMemory
          const calls = yield* callsOf(name, 20 * concurrency)
          yield* api.inject(second)
          const fiber = yield* Effect.forkChild(Stream.runDrain(send(calls, unordered)))
          yield* Fake.settle
          // In each of the 20 seconds that this takes.
          for (let time = 0; time < 20; time++) {
            assert.deepInclude(counts, { inProgress: concurrency, most: concurrency })
            assert.strictEqual(yield* api.requestCount(), (time + 1) * concurrency)
            yield* TestClock.adjust("1 second")
            yield* Fake.settle
          }
          assert.isDefined(fiber.pollUnsafe())
        }).pipe(Effect.provide(InMemory.layer({ client: { transformClient } })))
      }
    })
  )

  it.effect.each([100, 2000])(
    "of %s, sends one request for each call, and is never further ahead of its consumer than its concurrency",
    (count) =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const calls = yield* callsOf(name, count)
        yield* api.inject({ fault: Fault.delay("100 millis") })
        let ahead = 0
        let most = 0
        const source = Stream.fromIterable(calls).pipe(
          Stream.tap(() => Effect.sync(() => (most = Math.max(most, ++ahead))))
        )
        const all = source.pipe(
          Stream.mapEffect((call) => call, { concurrency }),
          // The consumer is slower than the requests, so that they get ahead of it as far as they can.
          Stream.tap(() => Effect.sleep("10 millis")),
          Stream.runForEach(() => Effect.sync(() => ahead--))
        )
        yield* Fake.successOf(all, 1000)
        assert.strictEqual(yield* api.requestCount(), count)
        // The consumer has one more.
        assert.strictEqual(most, concurrency + 1)
      }).pipe(Effect.provide(InMemory.layer())),
    30_000
  )
})

describe("a stream whose answers are lost", () => {
  const lost = { probability: 0.1, fault: Fault.afterCommit(Fault.reset) }

  const check = Effect.fnUntraced(function* (
    received: ReadonlyArray<string>,
    inOrder: (contacts: ReadonlyArray<Contact.Contact>) => ReadonlyArray<string | undefined>
  ) {
    const api = yield* InMemory.InMemory
    const contacts = yield* api.contacts()
    assert.isAbove((yield* api.injectedFaults).length, 100)
    assert.lengthOf(contacts, received.length)
    assert.deepStrictEqual(received, inOrder(contacts))
  })

  it.effect.each([
    ["a fingerprint of the caller's", true],
    ["a generated one", false]
  ] as const)("makes every contact once, with %s, and returns its id to its call", ([, given]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ ...lost, operation: "Contact.create" })
      const calls = times(2000, (at) =>
        Contact.create({ name: `Contact ${at}`, ...(given ? { fingerprint: fingerprintOf(at) } : {}) })
      )
      const received = ids(yield* Fake.successOf(Stream.runCollect(send(calls))))
      yield* check(received, (contacts) => {
        const byName = new Map(contacts.map(({ id, name }) => [name, id]))
        return times(2000, (at) => byName.get(`Contact ${at}`))
      })
      // Each lost answer costs one list, which ends at the contact, however many contacts there are by now.
      assert.isAtMost(yield* api.requestCount("Contact.list"), (yield* api.injectedFaults).length)
    }).pipe(Random.withSeed("lost"), Effect.provide(InMemory.layer()))
  )

  it.effect("ensures every contact once, and returns its id to its call", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ ...lost, operation: "Contact.ensure" })
      const received = ids(yield* Fake.successOf(Stream.runCollect(send(yield* bulk.ensure(2000)))))
      yield* check(received, (contacts) => {
        const byFingerprint = new Map(contacts.map(({ fingerprint, id }) => [fingerprint, id]))
        return times(2000, (at) => byFingerprint.get(fingerprintOf(at)))
      })
    }).pipe(Random.withSeed("lost"), Effect.provide(InMemory.layer()))
  )

  it.effect("searches only the contacts that were made since the call began, however long the import has run", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* Stream.runDrain(send(yield* bulk.create(5000)))
      // A list that is longer needs another request.
      yield* api.inject(
        { operation: "Contact.list", fault: Fault.errorAfter(2 * concurrency) },
        { ...lost, operation: "Contact.create" }
      )
      const calls = times(1000, (at) => Contact.create({ fingerprint: fingerprintOf(5000 + at) }))
      yield* Fake.successOf(Stream.runDrain(send(calls)))
      const lists = (yield* api.requests).filter(({ operation }) => operation === "Contact.list")
      assert.isAbove(lists.length, 50)
      assert.deepStrictEqual(
        lists.filter(({ query }) => query.includes("cursor")),
        []
      )
    }).pipe(Random.withSeed("lost"), Effect.provide(InMemory.layer()))
  )
})

describe("a stream in which a call fails", () => {
  const refused = { attempt: 500, fault: Fault.status(402) }

  it.effect.each(orders)(
    "%s, fails with its error, interrupts the requests in progress and sends no more",
    ([, unordered]) =>
      Effect.suspend(() => {
        const { counts, transformClient } = requestCounter()
        return Effect.gen(function* () {
          const api = yield* InMemory.InMemory
          yield* api.inject(refused, second)
          const received: Array<string> = []
          const all = Stream.runForEach(send(yield* bulk.ensure(1000), unordered), ({ id }) =>
            Effect.sync(() => received.push(id))
          )
          const failure = yield* Fake.failureOf(all, 1000)
          assert.deepInclude(failure, { _tag: "PaymentRequired", operation: "Contact.ensure", outcome: "rejected" })
          const others = concurrency - 1
          assert.deepStrictEqual(received, yield* idsOf(500 - concurrency, []))
          assert.deepInclude(counts, { inProgress: 0, interrupted: others })
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(yield* api.requestCount(), 500)
        }).pipe(Effect.provide(InMemory.layer({ client: { transformClient } })))
      })
  )

  /** The numbers of results and of requests, if the consumer takes ten times as long as a request. */
  const slowly = Effect.fnUntraced(function* (
    stream: Stream.Stream<Contact.ContactRef, Contact.EnsureError, Client.Client>
  ) {
    const api = yield* InMemory.InMemory
    yield* api.inject(refused, second)
    let received = 0
    const all = Stream.runForEach(stream, () =>
      Effect.andThen(
        Effect.sleep("10 seconds"),
        Effect.sync(() => received++)
      )
    )
    assert.strictEqual((yield* Fake.failureOf(all, 10_000))._tag, "PaymentRequired")
    return { received, sent: yield* api.requestCount() }
  })

  it.effect("in order, sends no more, even if the consumer is slow", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* slowly(send(yield* bulk.ensure(1000)))).sent, 500)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("unordered, sends the rest if the consumer is slow: the README tells how to avoid that", () =>
    Effect.gen(function* () {
      // Effect 4.1 runs through the source without limit until the consumer takes the failure.
      assert.strictEqual((yield* slowly(send(yield* bulk.ensure(1000), true))).sent, 1000)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each(orders)("%s, with results before it, delivers those and sends no more", ([, unordered]) =>
    Effect.gen(function* () {
      const outcomes = send((yield* bulk.ensure(1000)).map(Effect.result), unordered)
      const { received, sent } = yield* slowly(Stream.mapEffect(outcomes, Effect.fromResult))
      assert.isAtMost(sent, 500 + 2 * concurrency)
      if (unordered) assert.isAtLeast(received, 500 - concurrency)
      else assert.strictEqual(received, 499)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each(orders)("%s, goes on if each call returns a Result", ([, unordered]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ attempt: (attempt) => attempt % 10 === 0, fault: Fault.status(402) }, second)
      const numbered = (yield* bulk.ensure(1000)).map((call, at) =>
        Effect.map(Effect.result(call), (result) => ({ at, result }))
      )
      const outcomes = yield* Fake.successOf(Stream.runCollect(send(numbered, unordered)), 1000)
      if (!unordered)
        assert.deepStrictEqual(
          outcomes.map(({ at }) => at),
          times(1000, (at) => at)
        )
      const inOrder = yield* idsOf(1000, [])
      assert.lengthOf(outcomes, 1000)
      for (const { at, result } of outcomes) {
        const refused = (at + 1) % 10 === 0
        if (Result.isSuccess(result)) assert.deepStrictEqual([result.success.id, refused], [inOrder[at], false])
        else assert.deepStrictEqual([result.failure._tag, refused], ["PaymentRequired", true])
      }
      assert.lengthOf(yield* api.contacts(), 900)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a list piped,", () => {
  const later = { probability: 0.3, fault: Fault.delay("1 second") }

  it.effect.each(["asc", "desc"] as const)(
    "%s, into delete, leaves no contact, although the list loses its own rows",
    (order) =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const contacts = yield* seed(2000)
        yield* api.inject({ ...later, operation: "Contact.delete" })
        const all = Contact.list({ order }).pipe(Stream.mapEffect(({ id }) => Contact.delete(id), { concurrency }))
        const received = ids(yield* Fake.successOf(Stream.runCollect(all), 1000))
        const oldestFirst = contacts.map(({ id }) => id)
        assert.deepStrictEqual(received, order === "asc" ? oldestFirst : oldestFirst.toReversed())
        assert.deepStrictEqual(yield* api.contacts(), [])
        assert.strictEqual(yield* api.requestCount("Contact.delete"), 2000)
        // Rows of the list were deleted, so it was resumed.
        assert.isAbove(yield* api.requestCount("Contact.list"), 2)
      }).pipe(Random.withSeed("list"), Effect.provide(InMemory.layer()))
  )

  it.effect("into update reaches every contact that is not deleted meanwhile", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* seed(2000)
      yield* api.inject({ ...later, operation: ["Contact.update", "Contact.delete"] })
      const updates = Contact.list({ order: "asc" }).pipe(
        Stream.mapEffect(
          ({ id }) => Effect.catchTag(Contact.update(id, { nick: "ada" }), "NotFound", () => Effect.succeed(undefined)),
          { concurrency }
        ),
        Stream.runCount
      )
      // Every second contact is deleted.
      const vanishing = contacts.filter((_, at) => at % 2 === 0)
      const deletes = Effect.forEach(vanishing, ({ id }) => Contact.delete(id), { concurrency: 8, discard: true })
      const [count] = yield* Fake.successOf(Effect.all([updates, deletes], { concurrency: 2 }), 1000)
      assert.isAtLeast(count, 1000)
      const after = yield* api.contacts()
      assert.deepStrictEqual(
        after.map(({ id }) => id),
        contacts.filter((_, at) => at % 2 !== 0).map(({ id }) => id)
      )
      assert.isTrue(after.every(({ nick }) => nick === "ada"))
      assert.isAbove(yield* api.requestCount("Contact.list"), 2)
    }).pipe(Random.withSeed("list"), Effect.provide(InMemory.layer()))
  )
})

describe("a stream under a rate limit", () => {
  it.effect("waits for the rate limit and for the Retry-After of a 429, and loses no call", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ attempt: 150, fault: Fault.rateLimit({ retryAfter: "5 seconds" }) })
      const all = Stream.runCollect(send(yield* bulk.ensure(250)))
      const received = ids(yield* Fake.successOf(all, 1000))
      assert.deepStrictEqual(received, yield* idsOf(250, []))
      const windows = new Map<number, number>()
      for (const { time } of yield* api.requests) {
        const window = Math.floor(time / 60_000)
        windows.set(window, (windows.get(window) ?? 0) + 1)
      }
      assert.deepStrictEqual([...windows.values()], [100, 100, 51])
    }).pipe(Effect.provide(InMemory.layer({ client: { rateLimit: { limit: 100, window: "1 minute" } } })))
  )
})

describe("the types of a stream", () => {
  type Of<E> = Stream.Stream<Contact.ContactRef, E, Client.Client>
  const options = { concurrency } as const

  it("are those of the operation", () => {
    const ensures: ReadonlyArray<Contact.EnsureRequest> = []
    const creates: ReadonlyArray<Contact.CreateRequest> = []
    const updates: ReadonlyArray<readonly [string, Contact.UpdateRequest]> = []
    const deletes: ReadonlyArray<string> = []
    expectTypeOf(Stream.fromIterable(ensures).pipe(Stream.mapEffect(Contact.ensure, options))).toEqualTypeOf<
      Of<Contact.EnsureError>
    >()
    expectTypeOf(Stream.fromIterable(creates).pipe(Stream.mapEffect(Contact.create, options))).toEqualTypeOf<
      Of<Contact.CreateError>
    >()
    expectTypeOf(Stream.fromIterable(deletes).pipe(Stream.mapEffect(Contact.delete, options))).toEqualTypeOf<
      Of<Contact.DeleteError>
    >()
    expectTypeOf(
      Stream.fromIterable(updates).pipe(Stream.mapEffect(([id, request]) => Contact.update(id, request), options))
    ).toEqualTypeOf<Of<Contact.UpdateError>>()
    // @ts-expect-error the index in the stream is no request
    void Stream.fromIterable(deletes).pipe(Stream.mapEffect(Contact.update, options))
  })

  it("are those of both operations if a list is piped in", () => {
    expectTypeOf(Contact.list().pipe(Stream.mapEffect(({ id }) => Contact.delete(id), options))).toEqualTypeOf<
      Of<Contact.ListError | Contact.DeleteError>
    >()
  })

  it("have no failure if each call returns a Result", () => {
    const ensures: ReadonlyArray<Contact.EnsureRequest> = []
    const outcomes = Stream.fromIterable(ensures).pipe(
      Stream.mapEffect((request) => Effect.result(Contact.ensure(request)), options)
    )
    expectTypeOf(outcomes).toEqualTypeOf<
      Stream.Stream<Result.Result<Contact.ContactRef, Contact.EnsureError>, never, Client.Client>
    >()
    expectTypeOf(outcomes.pipe(Stream.mapEffect(Effect.fromResult))).toEqualTypeOf<Of<Contact.EnsureError>>()
  })
})
