import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as SqlError from "effect/sql/SqlError"
import type { DatabaseSync } from "node:sqlite"
import { sqlErrorOf } from "../../sql/SqliteConnection.ts"

/** Another worker uses the file: a worker of another process, or another layer of this one. */
export class WorkerRunning
  extends /* @__PURE__ */ Schema.TaggedError<WorkerRunning>("effect-chatbotkit/Jobs/WorkerRunning")("WorkerRunning", {
    /** The path of the database. */
    filename: Schema.String
  })
{
  override get message(): string {
    return `Another worker runs the jobs of ${this.filename}`
  }
}

/** The failure to get a lock: another worker has it, or its file cannot be used. */
const toFailure = (filename: string, cause: unknown): WorkerRunning | SqlError.SqlError => {
  const error = sqlErrorOf("lock", "The lock of the database cannot be used", cause)
  return error.reason._tag === "LockTimeoutError" ? new WorkerRunning({ filename }) : error
}

/**
 * Takes the lock of a database, whose file is there, until the scope closes, so that one worker at a time uses it. The lock is a
 * transaction on a database beside it. The operating system frees it as soon as the process ends, however it ends.
 */
export const acquire = /* @__PURE__ */ Effect.fnUntraced(function* (
  filename: string
): Effect.fn.Return<void, WorkerRunning | SqlError.SqlError, Scope.Scope> {
  if (filename === ":memory:") return
  const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
  const { realpath } = yield* Effect.promise(() => import("node:fs/promises"))
  const failure = (cause: unknown) => toFailure(filename, cause)
  // A symbolic link is the same database under another name.
  const path = yield* Effect.tryPromise({ try: () => realpath(filename), catch: failure })
  const lock = yield* Effect.acquireRelease(
    Effect.try({ try: () => new DatabaseSync(`${path}.lock`, { timeout: 0 }), catch: failure }),
    (lock: DatabaseSync) => Effect.sync(() => lock.close())
  )
  yield* Effect.try({ try: () => lock.exec("BEGIN EXCLUSIVE"), catch: failure })
})
