/**
 * The changes of jobs that people ask for. Each is one statement or one transaction with its condition. A change that a job cannot
 * have in its state leaves it as it is.
 */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { JobActive, JobNotFound, type JobsError } from "../JobErrors.ts"
import * as JobSql from "../JobSql.ts"

type InSql<A, E = never> = Effect.Effect<A, E | JobsError, SqlClient.SqlClient>

/** Stops a job. The run of a queued job ends here, since no worker has begun it; that of a running one ends with its rows. */
const stop = (name: string, state: "paused" | "cancelled", from: ReadonlyArray<string>): InSql<void> =>
  JobSql.run(
    (sql, now) => sql`UPDATE chatbotkit_job SET
        ended_run = CASE WHEN state = 'queued' THEN run ELSE ended_run END,
        state = ${state}, reason = NULL, changed_at = ${now}
      WHERE name = ${name} AND ${sql.in("state", from)}`
  ).pipe(Effect.asVoid)

/** Pauses a job that is queued or running. */
export const pause = (name: string): InSql<void> => stop(name, "paused", ["queued", "running"])

/** Cancels a job that is not finished. */
export const cancel = (name: string): InSql<void> => stop(name, "cancelled", ["queued", "running", "paused", "parked"])

/**
 * Continues a job that was stopped, or that has finished with rows whose outcomes are not final: another run is requested. If the
 * run that was stopped has not ended, it goes on.
 */
export const resume = (name: string): InSql<void> =>
  JobSql.run(
    (sql, now) => sql`UPDATE chatbotkit_job SET
        state = CASE WHEN ended_run < run THEN 'running' ELSE 'queued' END,
        run = CASE WHEN ended_run < run THEN run ELSE run + 1 END,
        reason = NULL, changed_at = ${now}
      WHERE name = ${name} AND (state IN ('paused', 'parked', 'cancelled') OR (state = 'finished' AND EXISTS (
        SELECT 1 FROM chatbotkit_chunk WHERE job = chatbotkit_job.id AND unsettled > 0)))`
  ).pipe(Effect.asVoid)

/** Deletes everything of a job. */
const deleteJob = (sql: SqlClient.SqlClient, id: string) =>
  Effect.gen(function* () {
    yield* sql`DELETE FROM chatbotkit_owner WHERE journal = ${JobSql.journalOf(id)}`
    yield* sql`DELETE FROM chatbotkit_outcome WHERE journal = ${JobSql.journalOf(id)}`
    yield* sql`DELETE FROM chatbotkit_chunk WHERE job = ${id}`
  })

/** Removes a job that is not active, with its rows and outcomes. */
export const remove = (name: string): InSql<void, JobActive | JobNotFound> =>
  JobSql.transaction((sql) =>
    Effect.gen(function* () {
      const [removed] = yield* sql<{ id: string }>`
        DELETE FROM chatbotkit_job WHERE name = ${name} AND ended_run >= run RETURNING id`
      if (removed !== undefined) return yield* deleteJob(sql, removed.id)
      const found = yield* sql`SELECT id FROM chatbotkit_job WHERE name = ${name}`
      return yield* Effect.fail(found.length === 0 ? new JobNotFound({ job: name }) : new JobActive({ job: name }))
    })
  )

/** Removes the jobs that were finished or cancelled before a time, in milliseconds since 1970. */
export const removeEnded = (before: number): InSql<void> =>
  Effect.gen(function* () {
    const ended = yield* JobSql.run(
      (sql) => sql<{ id: string }>`SELECT id FROM chatbotkit_job
        WHERE state IN ('finished', 'cancelled') AND ended_run >= run AND changed_at < ${before}`
    )
    yield* Effect.forEach(
      ended,
      ({ id }) =>
        JobSql.transaction((sql) =>
          Effect.gen(function* () {
            const removed = yield* sql`DELETE FROM chatbotkit_job WHERE id = ${id}
              AND state IN ('finished', 'cancelled') AND ended_run >= run AND changed_at < ${before} RETURNING id`
            if (removed.length === 1) yield* deleteJob(sql, id)
          })
        ),
      { discard: true }
    )
  })
