/** The undo of a job: a job that gives contacts the fields back that the first one changed. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import type { Outcome } from "../../bulk/Outcome.ts"
import type { UpdateRow } from "../../bulk/RowRequest.ts"
import type { Contact } from "../../contact/ContactSchema.ts"
import { JobActive, JobNotFound, JobNotUndoable, type JobsError } from "../JobErrors.ts"
import type { Settings } from "../JobOptions.ts"
import * as JobSql from "../JobSql.ts"
import * as JobStore from "../JobStore.ts"
import * as JobOutcomes from "./JobOutcomes.ts"
import type { JobProgress } from "./JobProgress.ts"
import { submit } from "./Submit.ts"

/** The fields that an update can set to whatever they were. */
const plainFields = ["name", "description", "email", "phone", "nick", "preferences"] as const

/** True if the server takes the fingerprint in an update: the trimmed length is 0 or at least 16 (wire contract 2). */
const isFingerprint = (fingerprint: string): boolean => {
  const { length } = fingerprint.trim()
  return length === 0 || length >= 16
}

/**
 * The `meta` of an update that replaces the whole `meta`. The server refuses top-level keys that begin with `_`, drops those that
 * begin with another character than a letter or digit, and takes `$update` for an instruction (wire contract 3.6).
 */
const metaOf = (meta: Contact["meta"]): Contact["meta"] =>
  meta === null ? null : Object.fromEntries(Object.entries(meta).filter(([key]) => /^[A-Za-z0-9]/.test(key)))

/** The update that gives a contact the requested fields back as they were. Undefined if it can restore none of them. */
export const restore = (before: Contact, request: unknown): UpdateRow | undefined => {
  const isRequested = (field: string): boolean => Predicate.isObject(request) && Object.hasOwn(request, field)
  const { fingerprint, id, meta, verifiedAt } = before
  const fields = {
    ...Struct.pick(before, plainFields.filter(isRequested)),
    ...(isRequested("fingerprint") && isFingerprint(fingerprint) ? { fingerprint } : {}),
    // 0 changes nothing (wire contract 2).
    ...(isRequested("verifiedAt") && verifiedAt !== 0 ? { verifiedAt } : {}),
    ...(isRequested("meta") ? { meta: metaOf(meta) } : {})
  }
  return Object.keys(fields).length === 0 ? undefined : { id, ...fields }
}

/** The contact before a change that was made, or may have been. */
const imageOf = (outcome: Outcome): Contact | undefined =>
  outcome.outcome === "updated" || outcome.outcome === "unknown" ? outcome.before : undefined

/** The updates that undo the rows of one chunk. */
const updatesOf = (id: string, chunk: number) =>
  Effect.gen(function* () {
    const rows = yield* JobStore.rows(id, chunk)
    const outcomes = yield* JobOutcomes.ofRows(
      id,
      rows.map(({ row }) => row)
    )
    return Arr.zip(rows, outcomes).flatMap(([{ value }, outcome]) => {
      const before = imageOf(outcome)
      const update = before === undefined ? undefined : restore(before, value)
      return update === undefined ? [] : [update]
    })
  })

/** Locks a job after a run. It fails if the job is active, if another run has ended since, or if the job was removed. */
const inactive = (name: string, { id, run }: JobStore.Run) =>
  JobSql.run((sql) =>
    Effect.gen(function* () {
      const found = yield* sql`UPDATE chatbotkit_job SET changed_at = changed_at
        WHERE id = ${id} AND run = ${run} AND ended_run >= run RETURNING id`
      if (found.length === 1) return
      const there = yield* sql`SELECT id FROM chatbotkit_job WHERE id = ${id}`
      return yield* Effect.fail(there.length === 0 ? new JobNotFound({ job: name }) : new JobActive({ job: name }))
    })
  )

const isUndoable = ({ beforeImages, operation }: Settings): boolean =>
  beforeImages && (operation === "update" || operation === "upsert")

/** Submits the undo of a job. */
export const undo = (
  name: string
): Effect.Effect<JobProgress, JobActive | JobNotFound | JobNotUndoable | JobsError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const [found] = yield* JobSql.run(
      (sql) =>
        sql<{
          id: string
          run: number
          options: string
        }>`SELECT id, run, options FROM chatbotkit_job WHERE name = ${name}`
    )
    if (found === undefined) return yield* new JobNotFound({ job: name })
    const { id, options, run } = found
    const settings = yield* JobStore.settingsOf(name, options)
    if (!isUndoable(settings)) return yield* new JobNotUndoable({ job: name })
    const isInactive = inactive(name, { id, run })
    yield* isInactive
    const chunks = yield* JobSql.run(
      (sql) => sql<{ chunk: number }>`SELECT chunk FROM chatbotkit_chunk WHERE job = ${id} ORDER BY chunk`
    )
    const updates = Stream.fromIterable(chunks).pipe(
      Stream.mapEffect(({ chunk }) => updatesOf(id, chunk)),
      Stream.flattenIterable
    )
    const other = `undo of ${name}`
    const undone = { ...settings, operation: "update", undoes: { id, run } } as const
    const progress = yield* submit(other, updates, undone, isInactive)
    const submitted = yield* JobStore.job(progress.id)
    const undoes = submitted?.settings.undoes
    return undoes?.id === id && undoes.run === run ? progress : yield* new JobNotUndoable({ job: name, other })
  })
