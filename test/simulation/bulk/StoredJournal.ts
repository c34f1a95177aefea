/** A journal that keeps what a process has recorded, as a database does: each record is stored at once, or not at all. */
import * as Effect from "effect/Effect"
import * as Journal from "../../../src/Journal.ts"
import type { SeededRandom } from "../SeededRandom.ts"
import type { Moments } from "./Moments.ts"
import type { Process } from "./Process.ts"

export type Entries = Map<number, Journal.Entry>

/** The journal of a process over the stored entries of its job. */
export const make = (entries: Entries, process: Process, moments: Moments, random: SeededRandom): Journal.Service => {
  const wait = Effect.suspend(() => Effect.sleep(random.below(20)))
  return {
    open: (job) =>
      Effect.succeed({
        read: (rows) =>
          Effect.andThen(
            wait,
            process.act(() => {
              const found = new Map<number, Journal.Entry>()
              for (const row of rows) {
                const entry = entries.get(row)
                if (entry !== undefined) found.set(row, entry)
              }
              return found
            })
          ),
        record: (entry) =>
          Effect.gen(function* () {
            yield* wait
            const isStored = yield* process.act(() => {
              if (moments.reach("journal")) return false
              if (moments.failsNow()) return false
              entries.set(entry.outcome.row, entry)
              return true
            })
            if (!isStored) return yield* Effect.fail(new Journal.JournalError({ job, description: "The disk is full" }))
            yield* wait
            return yield* process.act(() => {
              moments.reach("journal")
            })
          }).pipe(Effect.uninterruptible)
      })
  }
}
