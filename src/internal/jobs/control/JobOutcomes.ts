/** The outcomes of a job as a stream: one for each row, in the order of the rows. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import type { Outcome } from "../../bulk/Outcome.ts"
import * as SqlOutcomes from "../../sql/SqlOutcomes.ts"
import { JobNotFound, type JobsError } from "../JobErrors.ts"
import * as JobSql from "../JobSql.ts"

/** The number of outcomes that are read at a time. */
const pageSize = 500

interface Found {
  readonly id: string
  readonly rows: number
}

const find = (name: string): Effect.Effect<Found, JobNotFound | JobsError, SqlClient.SqlClient> =>
  JobSql.run((sql) =>
    Effect.gen(function* () {
      const [found] = yield* sql<{ id: string; row_count: JobSql.SqlInteger }>`
        SELECT id, row_count FROM chatbotkit_job WHERE name = ${name}`
      if (found === undefined) return yield* new JobNotFound({ job: name })
      return { id: found.id, rows: Number(found.row_count) }
    })
  )

/** The outcomes of some rows of a job. A row without a recorded outcome is `not-sent`. */
export const ofRows = (
  id: string,
  rows: ReadonlyArray<number>
): Effect.Effect<ReadonlyArray<Outcome>, JobsError, SqlClient.SqlClient> =>
  SqlOutcomes.read(JobSql.journalOf(id), rows).pipe(
    Effect.mapError(JobSql.ofDescription),
    Effect.map((entries) => rows.map((row) => entries.get(row)?.outcome ?? { row, outcome: "not-sent" }))
  )

/** The outcomes of a job. Fails if the job is removed meanwhile: its outcomes are then gone, although the rows were sent. */
export const outcomes = (name: string): Stream.Stream<Outcome, JobNotFound | JobsError, SqlClient.SqlClient> =>
  Effect.map(find(name), ({ id, rows }) =>
    Stream.paginate(1, (first) =>
      Effect.gen(function* () {
        const count = Math.min(pageSize, rows - first + 1)
        const numbers = Array.from({ length: count }, (_, index) => first + index)
        const page = yield* ofRows(id, numbers)
        if ((yield* find(name)).id !== id) return yield* new JobNotFound({ job: name })
        const next = first + count
        return [page, next > rows ? Option.none() : Option.some(next)] as const
      })
    )
  ).pipe(Stream.unwrap)
