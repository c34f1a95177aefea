import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Random, Result, Stream } from "effect"
import { SqlClient } from "effect/sql"
import * as Bulk from "../../../../src/Bulk.ts"
import type * as Contact from "../../../../src/Contact.ts"
import * as DerivedFingerprint from "../../../../src/internal/bulk/DerivedFingerprint.ts"
import { UnreadableRow } from "../../../../src/internal/format/UnreadableRow.ts"
import * as JobOptions from "../../../../src/internal/jobs/JobOptions.ts"
import * as JobStore from "../../../../src/internal/jobs/JobStore.ts"
import type { StagedRow } from "../../../../src/internal/jobs/StagedRow.ts"
import * as Jobs from "../../../../src/jobs/Jobs.ts"
import * as InMemory from "../../../../src/layers/InMemory.ts"
import * as NodeSqlite from "../../../../src/layers/NodeSqlite.ts"
import * as Fake from "../../../support/FakeHttp.ts"
import { idOf } from "../../../support/JobRuns.ts"
import { loadGraphql } from "../../../support/LoadGraphql.ts"

const name = "crm 2026-11"
const fingerprint = "crm-0000000000000001"

const layer = () => Layer.provideMerge(Jobs.layer, Layer.fresh(NodeSqlite.layer({ filename: ":memory:" })))

const chunksOf = (job: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const id = yield* idOf(job)
    const chunks = yield* sql<{ chunk: number; is_deferred: number; row_count: number; unsettled: number }>`
      SELECT chunk, is_deferred, row_count, unsettled FROM chatbotkit_chunk WHERE job = ${id} ORDER BY chunk`
    return yield* Effect.forEach(chunks, (chunk) =>
      Effect.map(JobStore.rows(id, chunk.chunk), (rows) => ({ ...chunk, rows }))
    )
  })

/** Stages rows of any kind, and gives them back as they are stored. */
const staged = (rows: ReadonlyArray<unknown>, options: Jobs.SubmitOptions) =>
  Effect.gen(function* () {
    yield* Jobs.submit(name, Stream.fromIterable(rows as ReadonlyArray<UnreadableRow>), options)
    const chunks = yield* chunksOf(name)
    return chunks.flatMap(({ rows }) => rows).toSorted((a, b) => a.row - b.row)
  }).pipe(Effect.provide(layer()))

loadGraphql()

describe("staged rows", () => {
  it.effect("hold what the row sets, and nothing that the operation ignores", () =>
    Effect.gen(function* () {
      const contact = Fake.contact("c1")
      const { createdAt: _, id, updatedAt: __, ...fields } = contact
      const { verifiedAt: ___, ...ensured } = fields
      assert.deepStrictEqual(yield* staged([contact], { operation: "create" }), [{ row: 1, value: fields }])
      assert.deepStrictEqual(yield* staged([contact], { operation: "upsert" }), [{ row: 1, value: fields }])
      assert.deepStrictEqual(yield* staged([contact], { operation: "ensure" }), [{ row: 1, value: ensured }])
      assert.deepStrictEqual(yield* staged([contact], { operation: "update" }), [{ row: 1, value: { id, ...fields } }])
      assert.deepStrictEqual(yield* staged([contact, "c2"], { operation: "delete" }), [
        { row: 1, value: "c1" },
        { row: 2, value: "c2" }
      ])
    })
  )

  it.effect("have no fingerprint that is made from the job: it is made again, the same one", () =>
    Effect.gen(function* () {
      for (const operation of ["create", "ensure", "upsert"] as const) {
        const rows = yield* staged([{ nick: "ada" }], { operation })
        assert.deepStrictEqual(rows, [{ row: 1, value: { nick: "ada" } }])
      }
    })
  )

  it.effect("are checked again as the same requests", () =>
    Effect.gen(function* () {
      const row = { nick: "ada", meta: { tier: [1, { a: null }], $update: { b: 1 } }, email: null }
      const values: Record<Jobs.Operation, unknown> = {
        create: row,
        ensure: row,
        upsert: row,
        update: { id: " c1 ", ...row },
        delete: { id: " c1 " }
      }
      for (const [operation, value] of Object.entries(values) as ReadonlyArray<[Jobs.Operation, unknown]>) {
        const [stagedRow] = yield* staged([value], { operation })
        const derived = `${DerivedFingerprint.prefix(name)}1`
        yield* JobOptions.withOperation({ operation, by: "fingerprint" }, ({ check }) =>
          Effect.gen(function* () {
            const given = yield* check(value, 1, derived)
            const again = yield* check(stagedRow?.value, 1, derived)
            assert.deepStrictEqual(JSON.stringify(again), JSON.stringify(given))
          })
        )
      }
    })
  )

  it.effect("that are refused or cannot be read hold the reason, and no value", () =>
    Effect.gen(function* () {
      const cycle: Record<string, unknown> = {}
      cycle["meta"] = cycle
      const rows = [
        new UnreadableRow({ line: 7, description: "Expected a cell" }),
        { nick: 1 },
        { meta: { big: 1n } },
        cycle,
        undefined,
        { name: "\ud800" },
        Object.defineProperty({}, "name", { enumerable: true, get: () => Effect.runSync(Effect.die("getter")) })
      ]
      const found = yield* staged(rows, { operation: "create" })
      assert.deepStrictEqual(found[0], { row: 1, refusal: { description: "Expected a cell" } })
      assert.deepStrictEqual(
        found.map(({ refusal }) => refusal?.field?.slice(0, 14)),
        [undefined, "nick", "meta.big", "meta.meta.meta", "request", "name", "name"]
      )
      for (const row of found) assert.deepStrictEqual(Object.keys(row), ["row", "refusal"])
    })
  )

  it.effect("read each property of a row once", () =>
    Effect.gen(function* () {
      let reads = 0
      const row = Object.defineProperty({}, "nick", { enumerable: true, get: () => `read ${++reads}` })
      assert.deepStrictEqual(yield* staged([row], { operation: "create" }), [{ row: 1, value: { nick: "read 1" } }])
    })
  )

  it.effect("with the key of an earlier row are deferred, in chunks of their own", () =>
    Effect.gen(function* () {
      const rows = [{ fingerprint }, { nick: 1, fingerprint }, { fingerprint: ` ${fingerprint} ` }, { nick: "b" }]
      yield* Jobs.submit(name, Stream.fromIterable([...rows, ...rows] as ReadonlyArray<Contact.CreateRequest>), {
        operation: "create",
        chunkSize: 2
      })
      const chunks = yield* chunksOf(name)
      assert.deepStrictEqual(
        chunks.map(({ is_deferred, row_count, rows, unsettled }) => ({
          is_deferred,
          row_count,
          unsettled,
          rows: rows.map(({ of, refusal, row }) => [row, ...(of === undefined ? [] : [of]), ...(refusal ? ["x"] : [])])
        })),
        [
          { is_deferred: 0, row_count: 2, unsettled: 2, rows: [[1], [2, "x"]] },
          {
            is_deferred: 1,
            row_count: 2,
            unsettled: 2,
            rows: [
              [3, 1],
              [5, 1]
            ]
          },
          { is_deferred: 0, row_count: 2, unsettled: 2, rows: [[4], [6, "x"]] },
          { is_deferred: 0, row_count: 1, unsettled: 1, rows: [[8]] },
          { is_deferred: 1, row_count: 1, unsettled: 1, rows: [[7, 1]] }
        ]
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("are in a chunk of their own if they are large", () =>
    Effect.gen(function* () {
      const large = { meta: { text: "x".repeat(600_000) } }
      yield* Jobs.submit(name, Stream.make({}, large, {}, large, large, {}), { operation: "create" })
      const chunks = yield* chunksOf(name)
      assert.deepStrictEqual(
        chunks.map(({ rows }) => rows.map(({ row }) => row)),
        [
          [1, 2, 3, 4],
          [5, 6]
        ]
      )
    }).pipe(Effect.provide(layer()))
  )
})

/** The decision of Bulk about a row before it is sent: refused, a duplicate of an earlier row, or neither. */
const decisionOf = (outcome: Bulk.Outcome): string =>
  outcome.outcome === "invalid" ? "refused" : outcome.outcome === "duplicate" ? `duplicate of ${outcome.of}` : "sent"

const stagedDecision = ({ of, refusal }: StagedRow): string =>
  refusal !== undefined ? "refused" : of === undefined ? "sent" : `duplicate of ${of}`

const random = <A>(choices: ReadonlyArray<A>) => Effect.map(Random.choice(choices), (chosen) => chosen as A)

describe("staging", () => {
  it.effect("decides about refusals and duplicates as Bulk does", () =>
    Effect.gen(function* () {
      const fingerprints = [undefined, fingerprint, ` ${fingerprint}`, `${fingerprint}2`, 5, ""]
      const ids = ["c1", " c1", "c2", "c3", null, 5]
      const emails = ["ada@example.com", "Ada@example.com", "", null, undefined, 7]
      const runs = {
        create: (rows: Stream.Stream<never>) => Bulk.create(rows, { job: name, dryRun: true }),
        ensure: (rows: Stream.Stream<never>) => Bulk.ensure(rows, { job: name, dryRun: true }),
        upsert: (rows: Stream.Stream<never>) => Bulk.upsert(rows, { job: name, dryRun: true, by: "email" }),
        update: (rows: Stream.Stream<never>) => Bulk.update(rows, { job: name, dryRun: true }),
        delete: (rows: Stream.Stream<never>) => Bulk.delete(rows, { job: name, dryRun: true })
      }
      for (const operation of ["create", "ensure", "upsert", "update", "delete"] as const) {
        const rows = yield* Effect.forEach(Array.from({ length: 60 }), () =>
          Effect.gen(function* () {
            const row: Record<string, unknown> = { nick: yield* random(["a", "b", 1]) }
            const isById = operation === "update" || operation === "delete"
            if (isById) row["id"] = yield* random(ids)
            else row["fingerprint"] = yield* random(fingerprints)
            if (operation === "upsert") row["email"] = yield* random(emails)
            return row
          })
        )
        const by = operation === "upsert" ? { by: "email" as const } : {}
        const expected = yield* Fake.successOf(
          Stream.runCollect(runs[operation](Stream.fromIterable(rows as never))),
          1000
        )
        const found = yield* staged(rows, { operation, ...by })
        assert.deepStrictEqual(found.map(stagedDecision), expected.map(decisionOf), operation)
        assert.includeMembers(found.map(stagedDecision), ["sent", "refused"])
        assert.isTrue(found.some(({ of }) => of !== undefined))
      }
    }).pipe(Random.withSeed("staging"), Effect.provide(InMemory.layer()))
  )

  it.effect("writes many chunks of rows, all of them", () =>
    Effect.gen(function* () {
      const rows = Stream.map(Stream.range(1, 3_333), (row) => ({ nick: `n${row}` }))
      const { left } = yield* Jobs.submit(name, rows, { operation: "ensure", chunkSize: 7 })
      assert.strictEqual(left, 3_333)
      const chunks = yield* chunksOf(name)
      assert.lengthOf(chunks, Math.ceil(3_333 / 7))
      assert.deepStrictEqual(
        chunks.flatMap(({ rows }) => rows),
        Array.from({ length: 3_333 }, (_, index) => ({ row: index + 1, value: { nick: `n${index + 1}` } }))
      )
    }).pipe(Effect.provide(layer()))
  )

  it("refuses options of another type, as of a caller in JavaScript", () => {
    const wrong: ReadonlyArray<object> = [
      { operation: "drop" },
      {},
      { operation: "update", beforeImages: 1 },
      { operation: "upsert", by: "phone" },
      { operation: "create", chunkSize: "500" }
    ]
    for (const options of wrong) assert.isTrue(Result.isFailure(JobOptions.resolve(options as Jobs.SubmitOptions)))
  })
})
