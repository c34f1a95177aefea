/**
 * The staging of rows: they are checked and copied into the database in chunks, so that the source may be gone while the job runs.
 * The chunks belong to a stage until the job is there. A stage that nobody has touched for some time is one whose process ended.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import type * as Errors from "../../../Errors.ts"
import * as DerivedFingerprint from "../../bulk/DerivedFingerprint.ts"
import * as Outcome from "../../bulk/Outcome.ts"
import { RowKeys } from "../../bulk/RowKeys.ts"
import type { CheckedRow } from "../../bulk/RowOperation.ts"
import { isUnreadableRow } from "../../format/UnreadableRow.ts"
import { JobsError } from "../JobErrors.ts"
import * as JobOptions from "../JobOptions.ts"
import * as JobSql from "../JobSql.ts"
import type { StagedRow } from "../StagedRow.ts"

/** The largest number of characters in a chunk, but for its last row. */
const maxChunkLength = 1_000_000

/** The numbers of chunks and of characters after which chunks are written. */
const batchChunks = 50
const batchLength = 4_000_000

/** The time between two touches of a stage while its source is slow. */
const touchInterval = /* @__PURE__ */ Duration.seconds(30)

/** The time after which a stage that is not touched is abandoned. The clocks of machines may differ by nearly as much. */
const abandonedAfter = /* @__PURE__ */ Duration.minutes(10)

/** The rows that have been staged. */
export interface Staged {
  readonly id: string
  readonly rows: number
  readonly chunks: number
}

/** A chunk that is not full yet: the texts of its rows. */
class OpenChunk {
  readonly isDeferred: boolean
  rows: Array<string> = []
  length = 0

  constructor(isDeferred: boolean) {
    this.isDeferred = isDeferred
  }

  add(text: string): void {
    this.rows.push(text)
    this.length += text.length
  }
}

type Check = (
  value: unknown,
  row: number,
  fingerprint: string
) => Effect.Effect<CheckedRow<unknown>, Errors.ContactError>

/** The request without a fingerprint that is made from the job, which is made again when the row is sent. */
const requestOf = ({ isDerived, request }: CheckedRow<unknown>): unknown =>
  isDerived && Predicate.hasProperty(request, "fingerprint") ? Struct.omit(request, ["fingerprint"]) : request

const refusalOf = (row: number, error: Errors.ContactError): StagedRow => {
  const outcome = Outcome.ofError(row, error)
  if (outcome.outcome !== "invalid") return { row, refusal: { description: error.description } }
  const { description, field } = outcome
  return { row, refusal: { ...(field === undefined ? {} : { field }), description } }
}

/** The failure of a process that stood still while another one took its stage as abandoned. */
const lost = /* @__PURE__ */ new JobsError({ description: "The rows were deleted while they were staged" })

/** Touches a stage, and locks it until the transaction ends. Fails if it was deleted. */
const touch = (sql: SqlClient.SqlClient, id: string, now: number) =>
  Effect.flatMap(sql`UPDATE chatbotkit_stage SET touched_at = ${now} WHERE id = ${id} RETURNING id`, (touched) =>
    touched.length === 1 ? Effect.void : Effect.fail(lost)
  )

/**
 * Deletes a stage and its chunks, if it was not touched since a time. A stage that has become a job is not there any more, so its
 * chunks stay.
 */
const discard = (id: string, before: number) =>
  JobSql.transaction((sql) =>
    Effect.gen(function* () {
      const deleted = yield* sql`DELETE FROM chatbotkit_stage WHERE id = ${id} AND touched_at < ${before} RETURNING id`
      if (deleted.length === 1) yield* sql`DELETE FROM chatbotkit_chunk WHERE job = ${id}`
    })
  )

/** Deletes the stages whose processes have ended, with their rows. */
export const removeAbandoned: Effect.Effect<void, JobsError, SqlClient.SqlClient> = /* @__PURE__ */ Effect.gen(
  function* () {
    const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(abandonedAfter)
    const abandoned = yield* JobSql.run(
      (sql) => sql<{ id: string }>`SELECT id FROM chatbotkit_stage WHERE touched_at < ${before}`
    )
    yield* Effect.forEach(abandoned, ({ id }) => discard(id, before), { discard: true })
  }
)

/** The rows of one job while they are staged. */
class Stage {
  readonly #id: string
  readonly #chunkSize: number
  readonly #check: Check
  readonly #prefix: string
  readonly #keys = new RowKeys()
  readonly #plain = new OpenChunk(false)
  readonly #deferred = new OpenChunk(true)
  #rows = 0
  #chunks = 0
  #batch: Array<Record<string, unknown>> = []
  #batchLength = 0

  constructor(id: string, name: string, settings: JobOptions.Settings) {
    this.#id = id
    this.#chunkSize = settings.chunkSize
    this.#prefix = DerivedFingerprint.prefix(name)
    this.#check = JobOptions.withOperation(settings, ({ check }): Check => check)
  }

  /** Stages the next rows of the input. */
  readonly add = Effect.fnUntraced(function* (
    this: Stage,
    values: ReadonlyArray<unknown>
  ): Effect.fn.Return<void, JobsError, SqlClient.SqlClient> {
    for (const value of values) {
      const row = ++this.#rows
      if (isUnreadableRow(value)) {
        this.#push(this.#plain, { row, refusal: { description: value.description } })
      } else {
        const checked = yield* Effect.result(this.#check(value, row, `${this.#prefix}${row}`))
        if (Result.isSuccess(checked)) this.#pushRequest(checked.success)
        else this.#push(this.#plain, refusalOf(row, checked.failure))
      }
      if (this.#batch.length >= batchChunks || this.#batchLength >= batchLength) yield* this.#write
    }
  })

  /** Writes the rows that are not written yet. */
  readonly end: Effect.Effect<Staged, JobsError, SqlClient.SqlClient> = Effect.suspend(() => {
    this.#close(this.#plain)
    this.#close(this.#deferred)
    return Effect.as(this.#write, { id: this.#id, rows: this.#rows, chunks: this.#chunks })
  })

  #pushRequest(checked: CheckedRow<unknown>): void {
    const { key, row } = checked
    const value = requestOf(checked)
    const holder = key === undefined ? row : this.#keys.claim(key, row).row
    if (holder === row) this.#push(this.#plain, { row, value })
    else this.#push(this.#deferred, { row, value, of: holder })
  }

  #push(chunk: OpenChunk, row: { readonly [Member in keyof StagedRow]: unknown }): void {
    chunk.add(JSON.stringify(row))
    if (chunk.rows.length >= this.#chunkSize || chunk.length >= maxChunkLength) this.#close(chunk)
  }

  #close(chunk: OpenChunk): void {
    if (chunk.rows.length === 0) return
    this.#batch.push({
      job: this.#id,
      chunk: ++this.#chunks,
      is_deferred: chunk.isDeferred ? 1 : 0,
      row_count: chunk.rows.length,
      unsettled: chunk.rows.length,
      ended_run: 0,
      content: `[${chunk.rows.join(",")}]`
    })
    this.#batchLength += chunk.length
    chunk.rows = []
    chunk.length = 0
  }

  readonly #write: Effect.Effect<void, JobsError, SqlClient.SqlClient> = Effect.suspend(() => {
    const [first, ...others] = this.#batch
    this.#batch = []
    this.#batchLength = 0
    if (first === undefined) return Effect.void
    return JobSql.transaction((sql, now) =>
      Effect.andThen(touch(sql, this.#id, now), sql`INSERT INTO chatbotkit_chunk ${sql.insert([first, ...others])}`)
    ).pipe(Effect.asVoid)
  })
}

/**
 * Stages rows, and makes a job of them with `commit`, in the transaction that ends the stage: true if the job was made, false if
 * the rows are not needed. If it fails or is interrupted, no row is left.
 */
export const stage = <E, R, E2, R2>(
  name: string,
  rows: Stream.Stream<unknown, E, R>,
  settings: JobOptions.Settings,
  commit: (staged: Staged) => Effect.Effect<boolean, E2, R2>
) =>
  Effect.gen(function* () {
    // Not from `Random`: two processes with the same seed would make the same id.
    const id = crypto.randomUUID()
    const touches = JobSql.run((sql, now) => touch(sql, id, now)).pipe(
      Effect.delay(touchInterval),
      Effect.ignore,
      Effect.forever
    )
    const begin = JobSql.run((sql, now) => sql`INSERT INTO chatbotkit_stage (id, touched_at) VALUES (${id}, ${now})`)
    const copy = Effect.gen(function* () {
      yield* begin
      yield* Effect.forkScoped(touches)
      const stage = new Stage(id, name, settings)
      yield* Stream.runForEachArray(rows, (values) => stage.add(values))
      const staged = yield* stage.end
      yield* JobSql.transaction((sql) =>
        Effect.gen(function* () {
          const deleted = yield* sql`DELETE FROM chatbotkit_stage WHERE id = ${id} RETURNING id`
          if (deleted.length === 0) return yield* Effect.fail(lost)
          const isMade = yield* commit(staged)
          if (!isMade) yield* sql`DELETE FROM chatbotkit_chunk WHERE job = ${id}`
        })
      )
    })
    yield* Effect.onError(Effect.scoped(copy), () => Effect.ignore(discard(id, Number.MAX_SAFE_INTEGER)))
  })
