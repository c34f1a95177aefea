/** The rows with the key of an earlier row. They run after all others, when the outcome of the earlier row is known. */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import type * as Journal from "../../../Journal.ts"
import type { InputRow } from "../../bulk/BulkRun.ts"
import * as Outcome from "../../bulk/Outcome.ts"
import type { JobsError } from "../JobErrors.ts"
import * as JobStore from "../JobStore.ts"

/** The checksum of a row that is final without having been sent: nothing compares it. */
const noChecksum = "00000000"

/**
 * The rows of a chunk whose earlier row is invalid, so that they can be sent. The others are recorded as duplicates, unless the
 * outcome of the earlier row is not final.
 */
export const toSend = (
  id: string,
  chunk: number,
  journal: Journal.JobJournal
): Stream.Stream<InputRow, JobsError | Journal.JournalError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const rows = yield* JobStore.rows(id, chunk)
    const entries = yield* journal.read(rows.flatMap(({ of, row }) => (of === undefined ? [row] : [row, of])))
    const toSend: Array<InputRow> = []
    const duplicates: Array<Outcome.Outcome> = []
    for (const { of, row, value } of rows) {
      const earlier = of === undefined ? undefined : entries.get(of)?.outcome
      if (of === undefined || earlier?.outcome === "invalid") toSend.push({ row, value })
      else if (earlier !== undefined && Outcome.isSettled(earlier) && !entries.has(row)) {
        duplicates.push({ row, outcome: "duplicate", of })
      }
    }
    yield* Effect.forEach(duplicates, (outcome) => journal.record({ outcome, checksum: noChecksum }), {
      concurrency: "unbounded",
      discard: true
    })
    return toSend
  }).pipe(Stream.fromIterableEffect)
