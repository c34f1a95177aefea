import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Stream, Struct } from "effect"
import { SqlClient } from "effect/sql"
import * as Bulk from "../../src/Bulk.ts"
import type { Client } from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as JobStore from "../../src/internal/jobs/JobStore.ts"
import * as Jobs from "../../src/jobs/Jobs.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"
import { idOf, record, runAll, type Send, tableSizes } from "../support/JobRuns.ts"
import { loadGraphql } from "../support/LoadGraphql.ts"

const name = "tiers 2026-11"
const undoName = `undo of ${name}`

const layer = () =>
  Layer.mergeAll(
    Layer.provideMerge(Jobs.layer, Layer.fresh(NodeSqlite.layer({ filename: ":memory:" }))),
    InMemory.layer()
  )

/** The outcome of a row that an operation of `Bulk` sends alone. */
const sentBy =
  (operation: (rows: Stream.Stream<never>) => Stream.Stream<Bulk.Outcome, Bulk.BulkError, Client>): Send<Client> =>
  ({ row, value }) =>
    Stream.runCollect(operation(Stream.make(value as never))).pipe(
      Effect.orDie,
      Effect.map(([outcome]) => (outcome === undefined ? undefined : { ...outcome, row }))
    )

const update = sentBy((rows) => Bulk.update(rows, { beforeImages: true }))
const upsert = sentBy((rows) => Bulk.upsert(rows, { beforeImages: true, by: "email", job: name }))
const remove = sentBy((rows) => Bulk.delete(rows, { beforeImages: true }))

const fingerprint = "crm-0000000000000001"

const set = {
  name: "Ada",
  description: "Countess",
  email: "ada@example.com",
  phone: "+12025550123",
  nick: "ada",
  preferences: "tea",
  fingerprint,
  verifiedAt: 1_000,
  meta: { tier: { level: [1, { a: null }] }, x: true }
}

const unset = {
  name: "",
  description: "",
  email: null,
  phone: null,
  nick: null,
  preferences: null,
  fingerprint: "crm-0000000000000002",
  verifiedAt: null,
  meta: null
}

const changed = {
  name: "Grace",
  description: "Admiral",
  email: "grace@example.com",
  phone: "+12025550199",
  nick: "amazing",
  preferences: "coffee",
  verifiedAt: 2_000,
  meta: { tier: 1 }
}

/** The contacts without the time of the last update, which changes with each. */
const contacts = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  return (yield* api.contacts()).map((contact) => Struct.omit(contact, ["updatedAt"]))
})

const submitUpdates = (rows: ReadonlyArray<Bulk.UpdateRow>) =>
  Jobs.submit(name, Stream.fromIterable(rows), { operation: "update", beforeImages: true, chunkSize: 2 })

const seeded = (...seeds: ReadonlyArray<InMemory.Seed>) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    return (yield* api.seed(seeds)).map(({ id }) => id)
  })

/** Undoes the job of the test, and gives the outcomes of the undo. */
const undone = Effect.gen(function* () {
  yield* Jobs.undo(name)
  yield* runAll(update)
  return (yield* Stream.runCollect(Jobs.outcomes(undoName))).map(({ outcome }) => outcome)
})

loadGraphql()

describe("Jobs.undo", () => {
  it.effect("restores every field, also those that were not set, and can be undone itself", () =>
    Effect.gen(function* () {
      const ids = yield* seeded(set, unset)
      const before = yield* contacts
      yield* submitUpdates(ids.map((id, index) => ({ id, ...changed, fingerprint: `crm-0000000000000${index}99` })))
      yield* runAll(update)
      const after = yield* contacts
      assert.deepInclude(after[0], changed)
      assert.deepInclude(after[1], changed)
      assert.deepStrictEqual(yield* undone, ["updated", "updated"])
      assert.deepStrictEqual(yield* contacts, before)
      const again = yield* Jobs.undo(undoName)
      assert.deepInclude(again, { name: `undo of ${undoName}`, operation: "update", rows: 2 })
      yield* runAll(update)
      assert.deepStrictEqual(yield* contacts, after)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("restores from what was set to null, and the whole meta after an update of a part", () =>
    Effect.gen(function* () {
      const ids = yield* seeded(set, { ...set, fingerprint: unset.fingerprint }, { meta: {} }, { meta: null })
      const before = yield* contacts
      const cleared = { ...unset, fingerprint: "crm-0000000000000003" }
      const [first = "", second = "", third = "", fourth = ""] = ids
      yield* submitUpdates([
        { id: first, ...cleared },
        { id: second, meta: { $update: { x: false, y: [1] } } },
        { id: third, meta: { $update: { y: 1 } } },
        { id: fourth, meta: { $update: { y: 1 } } }
      ])
      yield* runAll(update)
      assert.notDeepEqual(yield* contacts, before)
      yield* undone
      assert.deepStrictEqual(yield* contacts, before)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("leaves the fields alone that the job did not set", () =>
    Effect.gen(function* () {
      const [id = ""] = yield* seeded(set)
      yield* submitUpdates([{ id, nick: "new" }])
      yield* runAll(update)
      yield* Contact.update(id, { name: "Somebody else", meta: null })
      yield* undone
      const { fingerprint, ...others } = set
      assert.deepInclude((yield* contacts)[0], { ...others, fingerprint, name: "Somebody else", meta: null })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("leaves out what the API cannot restore, and restores the rest", () =>
    Effect.gen(function* () {
      const meta = { kept: 1, _own: 1, $update: { tier: 1 }, é: 1, "": 1, "-x": 1, nested: { _own: 1, $update: 2 } }
      const [id = "", short = ""] = yield* seeded(
        { ...set, meta, verifiedAt: 0 },
        { nick: "short", fingerprint: "short" }
      )
      yield* submitUpdates([
        { id, ...changed },
        { id: short, nick: "new", fingerprint: "crm-0000000000000009" }
      ])
      yield* runAll(update)
      assert.deepStrictEqual(yield* undone, ["updated", "updated"])
      const [first, second] = yield* contacts
      assert.deepInclude(first, {
        ...set,
        meta: { kept: 1, nested: { _own: 1, $update: 2 } },
        verifiedAt: changed.verifiedAt
      })
      assert.deepInclude(second, { nick: "short", fingerprint: "crm-0000000000000009" })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("has no row for a contact that it can restore nothing of", () =>
    Effect.gen(function* () {
      const [id = ""] = yield* seeded({ verifiedAt: 0 })
      yield* submitUpdates([{ id, verifiedAt: 5 }])
      yield* runAll(update)
      assert.deepStrictEqual(yield* undone, [])
      assert.strictEqual((yield* contacts)[0]?.verifiedAt, 5)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("restores the contacts that an upsert found, and leaves those that it made", () =>
    Effect.gen(function* () {
      yield* seeded(set)
      const before = yield* contacts
      const rows = Stream.make({ email: set.email, nick: "new" }, { email: "new@example.com" })
      yield* Jobs.submit(name, rows, { operation: "upsert", by: "email", beforeImages: true })
      yield* runAll(upsert)
      assert.lengthOf(yield* contacts, 2)
      assert.deepStrictEqual(yield* undone, ["updated"])
      const after = yield* contacts
      assert.deepStrictEqual(after.slice(0, 1), before)
      assert.lengthOf(after, 2)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("undoes an update that may have been made, and nothing of one that was not", () =>
    Effect.gen(function* () {
      const [id = ""] = yield* seeded(set, unset)
      const [before] = yield* InMemory.InMemory.pipe(Effect.flatMap((api) => api.contacts()))
      if (before === undefined) return
      yield* submitUpdates([
        { id, nick: "lost" },
        { id: "cmissing", nick: "x" },
        { id: "c2", nick: "x" }
      ])
      const run = { id: yield* idOf(name), run: 1 }
      yield* JobStore.beginRun(run)
      yield* record(run.id, 1, [{ row: 1, outcome: "unknown", before }])
      yield* Contact.update(id, { nick: "lost" })
      yield* JobStore.endRun(run)
      yield* Jobs.cancel(name)
      assert.deepStrictEqual(yield* undone, ["updated"])
      assert.strictEqual((yield* contacts)[0]?.nick, set.nick)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is refused while the job is active, and leaves nothing", () =>
    Effect.gen(function* () {
      const [id = ""] = yield* seeded(set)
      yield* submitUpdates([{ id, nick: "new" }])
      const active = new Jobs.JobActive({ job: name })
      assert.deepStrictEqual(yield* Effect.flip(Jobs.undo(name)), active)
      assert.deepStrictEqual(yield* tableSizes, { job: 1, chunk: 1, stage: 0, outcome: 0, owner: 0 })
    }).pipe(Effect.provide(layer()))
  )

  it.effect.each(["becomes active", "has another run"])(
    "leaves nothing if the job %s while the rows are staged",
    (event) =>
      Effect.gen(function* () {
        const ids = yield* seeded(...Array.from({ length: 400 }, () => ({})))
        yield* submitUpdates(ids.map((id) => ({ id, nick: "new" })))
        yield* runAll(update)
        const sizes = yield* tableSizes
        const sql = yield* SqlClient.SqlClient
        const fiber = yield* Effect.forkChild(Jobs.undo(name))
        while ((yield* tableSizes)["stage"] === 0) yield* Effect.yieldNow
        yield* sql`UPDATE chatbotkit_job SET run = run + 1`
        if (event === "has another run") yield* sql`UPDATE chatbotkit_job SET ended_run = run`
        assert.deepStrictEqual(yield* Effect.flip(Fiber.join(fiber)), new Jobs.JobActive({ job: name }))
        assert.deepStrictEqual(yield* tableSizes, sizes)
      }).pipe(Effect.provide(layer()))
  )

  it.effect("is refused for a job without before-images of updates", () =>
    Effect.gen(function* () {
      const [id = ""] = yield* seeded(set)
      yield* Jobs.submit(name, Stream.make({ id, nick: "new" }), { operation: "update" })
      yield* runAll(update)
      const refusal = new Jobs.JobNotUndoable({ job: name })
      assert.deepStrictEqual(yield* Effect.flip(Jobs.undo(name)), refusal)
      yield* Jobs.remove(name)
      yield* Jobs.submit(name, Stream.make(id), { operation: "delete", beforeImages: true })
      yield* runAll(remove)
      assert.deepStrictEqual(yield* Effect.flip(Jobs.undo(name)), refusal)
      assert.lengthOf(yield* Jobs.list, 1)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is refused while an undo of an earlier job or run has its name", () =>
    Effect.gen(function* () {
      const [id = ""] = yield* seeded(set)
      const other = `undo of ${name}`
      const refusal = new Jobs.JobNotUndoable({ job: name, other })
      yield* submitUpdates([{ id, nick: "new" }])
      yield* runAll(update)
      assert.deepStrictEqual(yield* undone, ["updated"])
      yield* Jobs.remove(name)
      yield* submitUpdates([{ id, nick: "newer" }])
      yield* runAll(update)
      assert.deepStrictEqual(yield* Effect.flip(Jobs.undo(name)), refusal)
      yield* Jobs.remove(other)
      assert.deepStrictEqual(yield* undone, ["updated"])
      assert.strictEqual((yield* contacts)[0]?.nick, set.nick)
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE chatbotkit_job SET run = run + 1, ended_run = run + 1 WHERE name = ${name}`
      assert.deepStrictEqual(yield* Effect.flip(Jobs.undo(name)), refusal)
      assert.include(refusal.message, other)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("twice is once", () =>
    Effect.gen(function* () {
      const [id = ""] = yield* seeded(set)
      yield* submitUpdates([{ id, nick: "new" }])
      yield* runAll(update)
      yield* undone
      assert.deepInclude(yield* Jobs.undo(name), { name: undoName, state: "finished", run: 1, rows: 1 })
    }).pipe(Effect.provide(layer()))
  )
})
