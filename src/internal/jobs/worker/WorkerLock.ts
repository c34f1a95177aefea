import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { DatabaseSync } from "node:sqlite"

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

/** The first byte of SQLite's extended codes for a database that is locked. */
const busyCode = 5

const isBusy = (error: unknown): boolean =>
  Predicate.hasProperty(error, "errcode") && typeof error.errcode === "number" && (error.errcode & 0xff) === busyCode

/**
 * Takes the lock of a database, whose file is there, until the scope closes, so that one worker at a time uses it. The lock is a transaction on a
 * database beside it. The operating system frees it as soon as the process ends, however it ends.
 */
export const acquire = /* @__PURE__ */ Effect.fnUntraced(function* (
  filename: string
): Effect.fn.Return<void, WorkerRunning, Scope.Scope> {
  if (filename === ":memory:") return
  const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
  const { realpath } = yield* Effect.promise(() => import("node:fs/promises"))
  // A symbolic link is the same database under another name.
  const path = yield* Effect.promise(() => realpath(filename))
  const lock = yield* Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(`${path}.lock`, { timeout: 0 })),
    (lock: DatabaseSync) => Effect.sync(() => lock.close())
  )
  yield* Effect.try({ try: () => lock.exec("BEGIN EXCLUSIVE"), catch: (error) => error }).pipe(
    Effect.catch((error) => (isBusy(error) ? Effect.fail(new WorkerRunning({ filename })) : Effect.die(error)))
  )
})
