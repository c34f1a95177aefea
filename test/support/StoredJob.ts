/** Jobs in a database, without the checks and the duplicates of `Jobs.submit`. */
import { Effect, Layer } from "effect"
import * as JobSql from "../../src/internal/jobs/JobSql.ts"
import type * as JobOptions from "../../src/internal/jobs/JobOptions.ts"
import type { StagedRow } from "../../src/internal/jobs/StagedRow.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"

/** A chunk of rows. */
export interface Chunk {
  readonly rows: ReadonlyArray<StagedRow>
  readonly isDeferred?: boolean
}

const defaults: JobOptions.Settings = {
  operation: "ensure",
  by: "fingerprint",
  beforeImages: false,
  concurrency: 8,
  chunkSize: 500,
  chunkConcurrency: 4
}

/** The tables of jobs in a database of their own, beside the in-memory API. */
export const database = (options?: InMemory.Options) =>
  Layer.effectDiscard(JobSql.createTables).pipe(
    Layer.provideMerge(NodeSqlite.layer({ filename: ":memory:" })),
    Layer.provideMerge(InMemory.layer(options))
  )

/** Stores a queued job whose id is its name. */
export const store = (name: string, chunks: ReadonlyArray<Chunk>, settings: Partial<JobOptions.Settings> = {}) =>
  JobSql.transaction((sql, now) =>
    Effect.gen(function* () {
      for (const [index, { isDeferred = false, rows }] of chunks.entries()) {
        yield* sql`INSERT INTO chatbotkit_chunk ${sql.insert({
          job: name,
          chunk: index + 1,
          is_deferred: isDeferred ? 1 : 0,
          row_count: rows.length,
          unsettled: rows.length,
          ended_run: 0,
          worker: null,
          content: JSON.stringify(rows)
        })}`
      }
      yield* sql`INSERT INTO chatbotkit_job ${sql.insert({
        name,
        id: name,
        options: JSON.stringify({ ...defaults, ...settings }),
        row_count: chunks.reduce((sum, { rows }) => sum + rows.length, 0),
        chunk_count: chunks.length,
        state: "queued",
        reason: null,
        run: 1,
        ended_run: 0,
        created_at: now,
        begun_at: now,
        changed_at: now
      })}`
    })
  )

/** The state of a job. */
export const stateOf = (name: string) =>
  JobSql.run((sql) =>
    Effect.map(
      sql<{ state: string; reason: string | null; run: number; ended_run: number }>`
        SELECT state, reason, run, ended_run FROM chatbotkit_job WHERE name = ${name}`,
      ([job]) => job
    )
  )

/** Sets the state of a job. */
export const setState = (name: string, state: string) =>
  JobSql.run((sql) => sql`UPDATE chatbotkit_job SET state = ${state} WHERE name = ${name}`)

/** The kinds of the recorded outcomes of a job, by row. */
export const outcomesOf = (name: string) =>
  JobSql.run((sql) =>
    Effect.map(
      sql<{ row_number: number; outcome: string }>`SELECT row_number, outcome FROM chatbotkit_outcome
        WHERE journal = ${JobSql.journalOf(name)} ORDER BY row_number`,
      (rows) => rows.map(({ outcome, row_number }) => [Number(row_number), outcome] as const)
    )
  )

/** Rows without a fingerprint, the first one with the number `first`. */
export const rowsOf = (first: number, count: number): ReadonlyArray<StagedRow> =>
  Array.from({ length: count }, (_, index) => ({ row: first + index, value: { name: `Contact ${first + index}` } }))

/** Asks for another run of a job. */
export const resume = (name: string) =>
  JobSql.run(
    (sql) => sql`UPDATE chatbotkit_job SET state = 'queued', reason = NULL, run = run + 1 WHERE name = ${name}`
  )
