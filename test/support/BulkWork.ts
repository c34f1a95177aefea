/** The rows, outcomes and journal entries of tests of bulk work, and a test that every journal passes. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Bulk from "../../src/Bulk.ts"
import type { Client } from "../../src/Client.ts"
import type * as Journal from "../../src/Journal.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Fake from "./FakeHttp.ts"

/** The name of the job. */
export const job = "crm 2026-11"

export const fingerprintOf = (index: number): string => `crm-${index.toString().padStart(16, "0")}`

/** Rows of contacts with a fingerprint each. */
export const rowsOf = (count: number): ReadonlyArray<{ readonly name: string; readonly fingerprint: string }> =>
  Array.from({ length: count }, (_, index) => ({ name: `Contact ${index}`, fingerprint: fingerprintOf(index) }))

/** The numbers from 1. */
export const upTo = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index + 1)

/** The kinds of some outcomes. */
export const names = (outcomes: ReadonlyArray<Bulk.Outcome>) => outcomes.map(({ outcome }) => outcome)

export const entry = (outcome: Bulk.Outcome): Journal.Entry => ({ outcome, checksum: "0123abcd" })

export const created = (row: number): Bulk.Outcome => ({ row, outcome: "created", id: `c${row}` })

/** The outcomes of work that waits for nothing but the API in memory. */
export const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) => Fake.successOf(Stream.runCollect(stream), 1000)

/** Runs an effect to its end. Between two steps of the test clock, the disk or the database gets time. */
export const drive = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  step: number
): Effect.Effect<Exit.Exit<A, E>, never, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    while (fiber.pollUnsafe() === undefined) {
      for (let turn = 0; turn < 10; turn++) yield* Fake.settle
      yield* TestClock.adjust(step)
    }
    return yield* Fiber.await(fiber)
  })

/**
 * A job goes on in another process after the account has lost its subscription, and sends nothing once it is done. `run` runs work
 * with the journal as a process of its own would.
 */
export const goesOn = <E, R>(
  run: (work: Stream.Stream<Bulk.Outcome, Bulk.BulkError, Client>) => Effect.Effect<ReadonlyArray<Bulk.Outcome>, E, R>
) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.inject({ operation: "Contact.ensure", attempt: 30, fault: InMemory.Fault.status(402) })
    const work = Bulk.ensure(Stream.fromIterable([...rowsOf(50), { fingerprint: "short" }]), { job, concurrency: 4 })
    const first = yield* run(work)
    assert.include(names(first), "not-sent")
    const second = yield* run(work)
    assert.deepStrictEqual(names(second), [...rowsOf(50).map(() => "created" as const), "invalid"])
    const sent = yield* api.requestCount()
    assert.deepStrictEqual(yield* run(work), second)
    assert.strictEqual(yield* api.requestCount(), sent)
    assert.strictEqual(yield* api.requestCount("Contact.ensure"), 51)
  })
