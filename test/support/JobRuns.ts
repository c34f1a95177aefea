/** Jobs on an empty database, and runs of them without a workflow engine. */
import { Context, Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import type * as Bulk from "../../src/Bulk.ts"
import * as JobSql from "../../src/internal/jobs/JobSql.ts"
import * as JobStore from "../../src/internal/jobs/JobStore.ts"
import type { StagedRow } from "../../src/internal/jobs/StagedRow.ts"
import * as SqlOutcomes from "../../src/internal/sql/SqlOutcomes.ts"
import * as Jobs from "../../src/jobs/Jobs.ts"
import type { Database } from "./Databases.ts"

/** The jobs of a database. */
export const jobsOf = (sql: SqlClient.SqlClient) =>
  Layer.provideMerge(Jobs.layer, Layer.succeedContext(Context.make(SqlClient.SqlClient, sql)))

/** Runs a test with the jobs of an empty database. */
export const onEmpty = <A, E>(
  database: Database,
  use: Effect.Effect<A, E, Jobs.Jobs | SqlClient.SqlClient | Scope.Scope>
) =>
  Effect.gen(function* () {
    const sql = yield* yield* database.make
    return yield* Effect.provide(use, jobsOf(sql))
  }).pipe(Effect.scoped)

/** The outcome of a row. Undefined if the worker stops before the row. */
export type Send<R = never> = (row: StagedRow) => Effect.Effect<Bulk.Outcome | undefined, never, R>

/** The number of rows in each table of jobs. */
export const tableSizes = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const sizes: Record<string, number> = {}
  for (const table of ["job", "chunk", "stage", "outcome", "owner"]) {
    const [found] = yield* sql<{ size: JobSql.SqlInteger }>`SELECT COUNT(*) AS size FROM ${sql(`chatbotkit_${table}`)}`
    sizes[table] = Number(found?.size)
  }
  return sizes
})

/** The id of a job. */
export const idOf = (name: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [found] = yield* sql<{ id: string }>`SELECT id FROM chatbotkit_job WHERE name = ${name}`
    return found?.id ?? ""
  })

/** Records outcomes of a job as the owner of a part. */
export const record = (id: string, part: number, outcomes: ReadonlyArray<Bulk.Outcome>) =>
  Effect.gen(function* () {
    const journal = yield* SqlOutcomes.open(yield* SqlOutcomes.takeOver(JobSql.journalOf(id), part))
    yield* Effect.forEach(outcomes, (outcome) => journal.record({ outcome, checksum: "00000000" }), {
      concurrency: "unbounded",
      discard: true
    })
  })

const isFinal = (outcome: Bulk.Outcome): boolean => outcome.outcome !== "unknown" && outcome.outcome !== "not-sent"

/** Does one chunk of a run, as a worker does. */
export const runChunk = <R>(run: JobStore.Run, chunk: number, send: Send<R>) =>
  Effect.gen(function* () {
    const rows = yield* JobStore.rows(run.id, chunk)
    const sent = (yield* Effect.forEach(rows, send)).flatMap((outcome) => (outcome === undefined ? [] : [outcome]))
    yield* record(run.id, chunk, sent)
    if (sent.length < rows.length) return
    const unsettled = rows.length - sent.filter(isFinal).length
    yield* JobStore.endChunk({ ...run, chunk, unsettled, worker: "test" })
  })

/** Does the runs of all jobs that are requested. */
export const runAll = <R>(send: Send<R>) =>
  Effect.gen(function* () {
    for (const run of yield* JobStore.jobsToRun) {
      yield* JobStore.beginRun(run)
      const { chunks, deferred } = yield* JobStore.plan(run.id)
      for (const chunk of [...chunks, ...deferred]) {
        if (yield* JobStore.mayRun(run)) yield* runChunk(run, chunk, send)
      }
      yield* JobStore.endRun(run)
    }
  })

/** The outcome of a row that makes a contact. */
export const created: Send = ({ refusal, row }) =>
  Effect.succeed(
    refusal === undefined ? { row, outcome: "created", id: `c${row}` } : { row, outcome: "invalid", ...refusal }
  )
