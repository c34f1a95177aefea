import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Stream from "effect/Stream"
import { JobsError } from "../JobErrors.ts"
import type { Settings } from "../JobOptions.ts"
import * as JobSql from "../JobSql.ts"
import * as JobProgress from "./JobProgress.ts"
import * as Staging from "./Staging.ts"

/** Makes the job of staged rows, and asks for its first run. False if there is a job of this name. */
const insert = (name: string, settings: Settings, { chunks, id, rows }: Staging.Staged) =>
  JobSql.run((sql, now) => {
    const job = {
      name,
      id,
      options: JSON.stringify(settings),
      row_count: rows,
      chunk_count: chunks,
      state: "queued",
      run: 1,
      ended_run: 0,
      created_at: now,
      begun_at: now,
      changed_at: now
    }
    const inserted = sql`INSERT INTO chatbotkit_job ${sql.insert(job)} ON CONFLICT (name) DO NOTHING RETURNING id`
    return Effect.map(inserted, (jobs) => jobs.length === 1)
  })

/**
 * Submits a job, unless there is one of its name: then the rows are not read. `guard` runs in the transaction that makes the job,
 * and its failure leaves no job.
 */
export const submit = <E, R, E2 = never>(
  name: string,
  rows: Stream.Stream<unknown, E, R>,
  settings: Settings,
  guard: Effect.Effect<void, E2, SqlClient.SqlClient> = Effect.void
) =>
  Effect.gen(function* () {
    yield* Staging.removeAbandoned
    const progress = JobProgress.progress(name)
    const existing = yield* Effect.catchTag(progress, "JobNotFound", () => Effect.undefined)
    if (existing !== undefined) return existing
    yield* Staging.stage(name, rows, settings, (staged) => Effect.andThen(guard, insert(name, settings, staged)))
    return yield* Effect.catchTag(progress, "JobNotFound", () =>
      Effect.fail(new JobsError({ job: name, description: "The job was removed at once" }))
    )
  })
