/**
 * The journal of bulk work: the outcomes of the rows of a job. With a journal, a job that was stopped goes on when it runs again:
 * it gives the recorded outcomes, and sends only the other rows.
 *
 * - {@link layerMemory}: work that need not outlive its process.
 * - `layers/FileJournal`: work of one machine, with nothing to set up.
 * - `layers/SqlJournal`: work that any of several machines may go on with, over PostgreSQL; or that of one machine in a SQLite
 *   file, which other processes can read while it runs.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Outcome } from "./internal/bulk/Outcome.ts"

/** A journal cannot be read or written. No outcome is given that is not in the journal. */
export class JournalError
  extends /* @__PURE__ */ Schema.TaggedError<JournalError>("effect-chatbotkit/Journal/JournalError")("JournalError", {
    /** The name of the job, if the failure is about one. */
    job: Schema.optionalKey(Schema.String),
    /** The failure in one sentence, without data of a row. */
    description: Schema.String
  })
{
  override get message(): string {
    return this.job === undefined ? this.description : `Job ${this.job}: ${this.description}`
  }
}

/** A recorded outcome. */
export interface Entry {
  readonly outcome: Outcome
  /** 32 bits of a hash of the row, as 8 hex digits, to notice that another run has another row in its place. */
  readonly checksum: string
}

/** The journal of one job while it runs. */
export interface JobJournal {
  /** The entries of some rows, by row. An outcome that is not final can be among them. */
  readonly read: (rows: ReadonlyArray<number>) => Effect.Effect<ReadonlyMap<number, Entry>, JournalError>
  /** Records an entry, in place of an earlier one of the row. It ends when the entry is safe. */
  readonly record: (entry: Entry) => Effect.Effect<void, JournalError>
}

/** A journal of any number of jobs. */
export interface Service {
  /** Opens the journal of a job until the scope closes. Fails if the job is running already. */
  readonly open: (job: string) => Effect.Effect<JobJournal, JournalError, Scope.Scope>
}

/** The journal of work that has none. */
const none: Service = {
  open: () => Effect.succeed({ read: () => Effect.succeed(new Map()), record: () => Effect.void })
}

/**
 * The journal that bulk work uses. The default records nothing, so that work without a journal needs no layer.
 *
 * @example
 * ```ts
 * const outcomes = Bulk.ensure(rows, { job: "crm 2026-11" }).pipe(Stream.provide(Journal.layerMemory))
 * ```
 */
export const Journal: Context.Reference<Service> = /* @__PURE__ */ Context.Reference<Service>(
  "effect-chatbotkit/Journal",
  { defaultValue: () => none }
)

/** True if a journal records outcomes. */
export const isRecording = (journal: Service): boolean => journal !== none

/** Lets a job run once at a time. */
export const exclusively = (running: Set<string>, job: string): Effect.Effect<void, JournalError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      if (running.has(job)) return Effect.fail(new JournalError({ job, description: "The job is running already" }))
      running.add(job)
      return Effect.void
    }),
    () => Effect.sync(() => running.delete(job))
  )

/** Makes a journal in memory. */
export const makeMemory: Effect.Effect<Service> = /* @__PURE__ */ Effect.sync(() => {
  const running = new Set<string>()
  const jobs = new Map<string, Map<number, Entry>>()
  return {
    open: (job) =>
      Effect.map(exclusively(running, job), () => {
        const entries = jobs.get(job) ?? new Map<number, Entry>()
        jobs.set(job, entries)
        return {
          read: (rows) =>
            Effect.sync(
              () =>
                new Map(
                  rows.flatMap((row) => {
                    const entry = entries.get(row)
                    return entry === undefined ? [] : [[row, entry] as const]
                  })
                )
            ),
          record: (entry) => Effect.sync(() => entries.set(entry.outcome.row, entry))
        }
      })
  }
})

/**
 * A journal in memory, which lasts as long as the layer: a job that failed or was interrupted can run again in the same process.
 *
 * @example
 * ```ts
 * const twice = Effect.andThen(importAll, importAll).pipe(Effect.provide(Journal.layerMemory))
 * ```
 */
export const layerMemory: Layer.Layer<never> = /* @__PURE__ */ Layer.effect(Journal, makeMemory)
