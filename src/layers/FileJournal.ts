/**
 * The journal of bulk work in a file, so that a job goes on after its process has ended. It needs the `FileSystem` of a platform,
 * such as `NodeFileSystem` of `@effect/platform-node`.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as FileLock from "../internal/journal/FileLock.ts"
import { jsonIn } from "../internal/format/JsonText.ts"
import { JournalFile, toJournalError } from "../internal/journal/JournalFile.ts"
import * as OutcomeJson from "../internal/journal/OutcomeJson.ts"
import { RowOffsets } from "../internal/journal/RowOffsets.ts"
import * as Journal from "../Journal.ts"

/** The options of a journal in a file. */
export interface Options {
  /**
   * The time after which a lock that is not refreshed counts as left behind by a process that was killed. The next process waits
   * as long. A process that stood still for longer than that can lose its journal to another one, and then fails.
   *
   * @default "5 seconds"
   */
  readonly lockExpiry?: Duration.Input | undefined
}

/** The first line of a journal: the format of its other lines. */
const header = '{"journal":"effect-chatbotkit","version":1}'

const isRow = (row: unknown): row is number => Number.isSafeInteger(row) && Number(row) >= 1

/** The numbers of the row and of the run that a line is of. Undefined if it is about another job, or cannot be read. */
const placeOf = (line: string, job: string): { readonly row: number; readonly run: number } | undefined => {
  const record = jsonIn(line)
  const isOfJob = Predicate.hasProperty(record, "job") && record.job === job
  if (!isOfJob || !Predicate.hasProperty(record, "row") || !isRow(record.row)) return undefined
  return { row: record.row, run: Predicate.hasProperty(record, "run") ? Number(record.run) : 0 }
}

const entryOf = (line: string): Journal.Entry | undefined => {
  const record = jsonIn(line)
  const outcome = OutcomeJson.decode(record)
  return outcome !== undefined && Predicate.hasProperty(record, "checksum") && typeof record.checksum === "string"
    ? { outcome, checksum: record.checksum }
    : undefined
}

const readRows = /* @__PURE__ */ Effect.fnUntraced(function* (
  file: JournalFile,
  offsets: RowOffsets,
  rows: ReadonlyArray<number>
): Effect.fn.Return<ReadonlyMap<number, Journal.Entry>, Journal.JournalError> {
  const entries = new Map<number, Journal.Entry>()
  for (const row of rows) {
    const offset = offsets.get(row)
    const line = offset === undefined ? undefined : yield* file.lineAt(offset)
    const entry = line === undefined ? undefined : entryOf(line)
    if (entry !== undefined) entries.set(row, entry)
  }
  return entries
})

const make = /* @__PURE__ */ Effect.fnUntraced(function* (
  path: string,
  { lockExpiry = "5 seconds" }: Options
): Effect.fn.Return<Journal.Service, Journal.JournalError, FileSystem.FileSystem | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const expiry = Duration.fromInputUnsafe(lockExpiry)
  const inUse = Effect.fail(new Journal.JournalError({ description: `Another process uses the journal ${path}` }))
  const lock = yield* Effect.mapError(FileLock.acquire(fs, `${path}.lock`, expiry), toJournalError)
  if (lock === undefined) return yield* inUse
  const opened = yield* Effect.mapError(fs.open(path, { flag: "a+", mode: 0o600 }), toJournalError)
  const file = new JournalFile(
    opened,
    Effect.flatMap(lock.isHeld, (isHeld) => (isHeld ? Effect.void : inUse))
  )
  if (!(yield* file.begin(header))) {
    return yield* Effect.fail(new Journal.JournalError({ description: `${path} is not a journal of this version` }))
  }
  const running = new Set<string>()
  return {
    open: Effect.fnUntraced(function* (job) {
      yield* Journal.exclusively(running, job)
      const offsets = new RowOffsets()
      let lastRun = -1
      yield* file.scan((line, offset) => {
        const place = placeOf(line, job)
        // A process that stood still can add lines after a later run has begun.
        if (place === undefined || place.run < lastRun) return
        lastRun = place.run
        offsets.set(place.row, offset)
      })
      // The process that lost the lock may have begun a run that has no lines yet.
      const run = lastRun + (lock.wasAbandoned ? 2 : 1)
      const ofRun = run === 0 ? { job } : { job, run }
      return {
        read: (rows) => readRows(file, offsets, rows),
        record: ({ checksum, outcome }) =>
          file.append(JSON.stringify(Object.assign({ ...ofRun, checksum }, OutcomeJson.encode(outcome))))
      }
    })
  }
})

/**
 * A journal in a file of JSON Lines, for any number of jobs. Each outcome is on the disk before the stream gives it; outcomes that
 * come at the same time are written together. Only the owner of the file can read it. If the process is killed, the rows under
 * way have no outcome in it, and the next run settles them. A part of a line that was left at the end is ignored.
 *
 * One process uses the file at a time. The lock is a file beside it (`PATH.lock`). It fails with a `JournalError` if another process
 * has the lock, or if the file is not a journal.
 *
 * @example
 * ```ts
 * const outcomes = Csv.read(file).pipe(
 *   Bulk.ensure({ job: "crm 2026-11" }),
 *   Stream.provide(FileJournal.layer("crm.journal").pipe(Layer.provide(NodeFileSystem.layer)))
 * )
 * ```
 */
export const layer = (
  path: string,
  options: Options = {}
): Layer.Layer<never, Journal.JournalError, FileSystem.FileSystem> => Layer.effect(Journal.Journal, make(path, options))
