import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { Client } from "../../Client.ts"
import * as Contact from "../../Contact.ts"
import type * as Errors from "../../Errors.ts"
import * as Journal from "../../Journal.ts"
import { isUnreadableRow } from "../format/UnreadableRow.ts"
import type { FoundContact } from "../lookup/FoundContact.ts"
import type { Settings } from "./BulkOptions.ts"
import { md5 } from "./Md5.ts"
import { FailurePause } from "./FailurePause.ts"
import * as Outcome from "./Outcome.ts"
import { RowKeys } from "./RowKeys.ts"
import type { CheckedRow, RowOperation } from "./RowOperation.ts"

type FoundByKey = ReadonlyMap<string, ReadonlyArray<FoundContact>>

/** A row of the input. */
export interface InputRow {
  readonly row: number
  readonly value: unknown
  /** The reason if the row was refused before, so that there is no value. */
  readonly refusal?: { readonly field?: string; readonly description: string } | undefined
}

/** A row of the input that has been checked. */
export interface Row<A> {
  readonly row: number
  /** The row, or its outcome if the client refuses it. */
  readonly checked: Result.Result<CheckedRow<A>, Outcome.Outcome>
  readonly recorded: Outcome.Outcome | undefined
  readonly checksum: string
  /** The contacts with the keys of the batch. The first row that needs them looks them up. */
  readonly found: Effect.Effect<FoundByKey, Errors.ContactError, Client>
}

/** The parts of a run that stay the same. */
export interface Parts<A> {
  readonly operation: RowOperation<A>
  readonly settings: Settings
  readonly journal: Journal.JobJournal
  /** The beginning of the fingerprints that are made from the job. Undefined if the work is no job. */
  readonly prefix: string | undefined
  /** True to record the outcomes that are not final too. */
  readonly recordsAll: boolean
}

/**
 * The checksum of a row and its operation, so that the outcomes of one operation are not given for another, or for one that finds
 * contacts by another field. All rows that the client refuses have the same one, since not all of them can be read.
 */
const checksumOf = <A>(
  { lookUpBy, name }: RowOperation<A>,
  checked: Result.Result<CheckedRow<A>, Outcome.Outcome>
): string => {
  const text = Result.isSuccess(checked) ? `${name} ${lookUpBy} ${JSON.stringify(checked.success.request)}` : ""
  return Hex.encode(md5(text).subarray(0, 4))
}

/** One run of bulk work: the steps that each row takes, and what the rows have in common. */
export class BulkRun<A> {
  readonly #parts: Parts<A>
  readonly #keys = new RowKeys()
  /** The rows that hold a key and have no outcome yet. */
  readonly #underWay = new Map<number, Deferred.Deferred<void>>()
  readonly #pause: FailurePause
  /** True once a failure or {@link stop} has ended the work: nothing more is sent. */
  #hasEnded = false
  /** True once the journal has failed: nothing more is sent, and no outcome is given. */
  #hasLostJournal = false

  constructor(parts: Parts<A>) {
    this.#parts = parts
    this.#pause = new FailurePause(parts.settings.pause)
  }

  /** Ends the work: rows under way go on, and no other one is sent. */
  stop(): void {
    this.#hasEnded = true
    this.#pause.stop()
  }

  /** Checks the next rows of the input. Of rows with the same key, the first one gets it. */
  readonly prepare = Effect.fnUntraced(function* (
    this: BulkRun<A>,
    inputs: ReadonlyArray<InputRow>
  ): Effect.fn.Return<ReadonlyArray<Row<A>>, Journal.JournalError> {
    const recorded = yield* this.#parts.journal.read(inputs.map(({ row }) => row))
    const keys = new Set<string>()
    const found = yield* Effect.cached(this.#lookUp(keys))
    const rows: Array<Row<A>> = []
    for (const input of inputs) {
      const { row } = input
      const checked = yield* this.#check(input)
      const checksum = checksumOf(this.#parts.operation, checked)
      const outcome = yield* this.#recordedOutcome(row, checksum, recorded.get(row))
      if (Result.isSuccess(checked)) this.#claim(checked.success, outcome, keys)
      rows.push({ row, checked, checksum, recorded: outcome, found })
    }
    return rows
  })

  #check({ refusal, row, value }: InputRow): Effect.Effect<Result.Result<CheckedRow<A>, Outcome.Outcome>> {
    if (refusal !== undefined) return Effect.succeed(Result.fail({ row, outcome: "invalid", ...refusal }))
    if (isUnreadableRow(value)) {
      return Effect.succeed(Result.fail({ row, outcome: "invalid", description: value.description }))
    }
    const { operation, prefix } = this.#parts
    const fingerprint = prefix === undefined ? undefined : `${prefix}${row}`
    return Effect.result(
      Effect.mapError(operation.check(value, row, fingerprint), (error) => Outcome.ofError(row, error))
    )
  }

  /** The recorded outcome of a row. A row that was invalid may have been corrected since; any other one has to be the same. */
  #recordedOutcome(
    row: number,
    checksum: string,
    entry: Journal.Entry | undefined
  ): Effect.Effect<Outcome.Outcome | undefined, Journal.JournalError> {
    if (entry === undefined || entry.checksum === checksum) return Effect.succeed(entry?.outcome)
    if (entry.outcome.outcome === "invalid") return Effect.undefined
    const description = `Row ${row} is not the row of an earlier run: give another input another name`
    return Effect.fail(new Journal.JournalError({ description }))
  }

  #claim({ key, row }: CheckedRow<A>, recorded: Outcome.Outcome | undefined, keys: Set<string>): void {
    if (key === undefined) return
    if (recorded !== undefined && Outcome.isSettled(recorded)) {
      if (recorded.outcome !== "invalid" && recorded.outcome !== "duplicate") this.#keys.claim(key, row)
    } else if (!this.#hasEnded) {
      keys.add(key)
      this.#hold(key, row)
    }
  }

  /** The row that holds a key: an earlier one, or this one from now on. */
  #hold(key: string, row: number): number {
    const holder = this.#keys.claim(key, row)
    if (holder.row === row && !this.#underWay.has(row)) this.#underWay.set(row, Deferred.makeUnsafe())
    return holder.row
  }

  /** Looks up the contacts with these keys. A failure counts once, however many rows it is about. */
  #lookUp(keys: ReadonlySet<string>): Effect.Effect<FoundByKey, Errors.ContactError, Client> {
    const { lookUpBy } = this.#parts.operation
    if (lookUpBy === undefined) return Effect.succeed(new Map())
    return Effect.suspend(() =>
      Stream.runCollect(Contact.find(lookUpBy === "email" ? { emails: [...keys] } : { fingerprints: [...keys] }))
    ).pipe(
      Effect.map((contacts) => Map.groupBy(contacts, (contact) => contact[lookUpBy] ?? "")),
      Effect.tapError((error) => this.#noteFailure(error))
    )
  }

  /** The outcome of a row, once it is recorded. */
  run(row: Row<A>): Effect.Effect<Outcome.Outcome, Journal.JournalError, Client> {
    const { checked, recorded } = row
    if (this.#hasLostJournal) return Effect.never
    if (recorded !== undefined && Outcome.isSettled(recorded)) return Effect.succeed(recorded)
    if (Result.isFailure(checked)) return Effect.as(this.#record(checked.failure, row.checksum), checked.failure)
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(this.#outcomeOf(checked.success, row)), (outcome) =>
        this.#end(checked.success, outcome, row)
      )
    )
  }

  readonly #outcomeOf = Effect.fnUntraced(function* (
    this: BulkRun<A>,
    checked: CheckedRow<A>,
    { checksum, found, recorded }: Row<A>
  ): Effect.fn.Return<Outcome.Outcome, Journal.JournalError, Client> {
    const { key, row } = checked
    if (this.#hasEnded) return { row, outcome: "not-sent" }
    // A row that is under way holds its key already.
    const holder = key === undefined || this.#underWay.has(row) ? row : yield* this.#holderOf(key, row)
    if (holder !== row) return { row, outcome: "duplicate", of: holder }
    yield* this.#pause.wait
    // The work can have ended while the row waited.
    if (this.#hasLostJournal) return yield* Effect.never
    if (this.#hasEnded) return { row, outcome: "not-sent" }
    const { operation, settings } = this.#parts
    let hasLookupFailed = false
    const outcome = yield* operation.settle(checked, {
      found: found.pipe(
        Effect.map((contacts) => (key === undefined ? [] : (contacts.get(key) ?? []))),
        Effect.tapError(() => Effect.sync(() => (hasLookupFailed = true)))
      ),
      earlier: recorded,
      dryRun: settings.dryRun,
      beforeImages: settings.beforeImages,
      record: (outcome) => this.#record(outcome, checksum)
    })
    const error = Outcome.errorOf(outcome)
    if (error === undefined) this.#pause.succeeded()
    else if (!hasLookupFailed) yield* this.#noteFailure(error)
    return outcome
  })

  /** The row that holds a key, once that is certain: a row that is refused leaves its key to the next one. */
  readonly #holderOf = Effect.fnUntraced(function* (
    this: BulkRun<A>,
    key: string,
    row: number
  ): Effect.fn.Return<number> {
    while (true) {
      const holder = this.#hold(key, row)
      const underWay = holder === row ? undefined : this.#underWay.get(holder)
      if (underWay === undefined) return holder
      yield* Deferred.await(underWay)
    }
  })

  #noteFailure(error: Errors.ContactError): Effect.Effect<void> {
    if (Outcome.endsWork(error)) this.stop()
    return this.#pause.failed
  }

  /** Records the outcome of a row, and lets the rows with the same key go on. */
  readonly #end = Effect.fnUntraced(function* (
    this: BulkRun<A>,
    { key, row }: CheckedRow<A>,
    outcome: Outcome.Outcome,
    { checksum, recorded }: Row<A>
  ): Effect.fn.Return<Outcome.Outcome, Journal.JournalError> {
    if (this.#isToBeRecorded(outcome, key, recorded)) yield* this.#record(outcome, checksum)
    const underWay = this.#underWay.get(row)
    if (key !== undefined && underWay !== undefined) {
      if (outcome.outcome === "invalid") this.#keys.release(key)
      else if (!Outcome.isSettled(outcome)) this.#keys.markUnsettled(key, row)
      this.#underWay.delete(row)
      Deferred.doneUnsafe(underWay, Effect.void)
    }
    return outcome
  })

  /** True if the outcome is to be recorded. A duplicate is final only if the outcome of the earlier row is. */
  #isToBeRecorded(outcome: Outcome.Outcome, key: string | undefined, recorded: Outcome.Outcome | undefined): boolean {
    if (outcome.outcome === "duplicate") return key !== undefined && this.#keys.claim(key, outcome.row).isSettled
    if (outcome.outcome === "unknown" || Outcome.isSettled(outcome)) return true
    // The next run has to know that an earlier one may have written the row. A row that has no error had no turn.
    const hasError = Outcome.errorOf(outcome) !== undefined
    return this.#parts.recordsAll && hasError && recorded?.outcome !== "unknown"
  }

  #record(outcome: Outcome.Outcome, checksum: string): Effect.Effect<void, Journal.JournalError> {
    if (this.#parts.settings.dryRun) return Effect.void
    return Effect.tapError(this.#parts.journal.record({ outcome, checksum }), () =>
      Effect.sync(() => {
        this.#hasLostJournal = true
      })
    )
  }
}
