/** The files that an import writes at its end: outcomes and rejected rows. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Bulk from "../../../Bulk.ts"
import * as Csv from "../../../Csv.ts"
import * as ExportFile from "../../../ExportFile.ts"
import * as Jsonl from "../../../Jsonl.ts"
import { UsageError } from "../../support/CliFailure.ts"
import * as Streams from "../../support/Streams.ts"
import * as OutcomeLine from "../run/OutcomeLine.ts"
import type { ImportFile } from "./ImportFile.ts"
import * as RawRows from "./RawRows.ts"

/** The paths of the files. */
export interface ResultFlags {
  readonly outcomes: string | undefined
  readonly rejects: string | undefined
}

const cannotWrite = (flag: string) =>
  new UsageError({ message: `The file of ${flag} cannot be written`, next: "Check the path." })

/** Writes a file that is complete or not there. */
const writeFile = <E, R>(texts: Stream.Stream<string, E, R>, path: string, flag: string) =>
  ExportFile.write(texts, path).pipe(Effect.catchTag("PlatformError", () => Effect.fail(cannotWrite(flag))))

const outcomeTexts = <E, R>(outcomes: Stream.Stream<Bulk.Outcome, E, R>, path: string): Stream.Stream<string, E, R> =>
  path.toLowerCase().endsWith(".csv")
    ? Csv.writeOutcomes(outcomes)
    : Jsonl.write(Stream.map(outcomes, OutcomeLine.toLine))

/**
 * True if a row was refused for good. Rows that may have been done, or can be done later, are not rejected: the job sends them
 * again, and an import of the rejected rows would make their contacts twice.
 */
const isRejected = (outcome: Bulk.Outcome): boolean =>
  outcome.outcome === "invalid" || (outcome.outcome === "failed" && Bulk.isSettled(outcome))

const otherFile = new UsageError({
  message: "The job of this name has other rows than the file, so the rejected rows are not known",
  next: "Give the file that the job was made of, or another --name."
})

/** Writes the rejected rows, after the header of the file if it has one. Fails if the file has not as many rows as the job. */
const writeRejects = Effect.fnUntraced(function* (
  file: ImportFile,
  rejected: ReadonlySet<number>,
  rows: number,
  path: string
) {
  let last = 0
  let left = 0
  const texts = RawRows.read(file.bytes, file).pipe(
    Stream.tap(({ row }) => Effect.sync(() => (last = row))),
    Stream.filter(({ row }) => row === 0 || rejected.has(row)),
    Stream.map(({ text }) => {
      if (text === undefined) left++
      return text ?? ""
    })
  )
  const check = Effect.suspend(() => (last === rows ? Effect.void : Effect.fail(otherFile)))
  yield* writeFile(Stream.concat(texts, Stream.fromEffectDrain(check)), path, "--rejects")
  if (left > 0) yield* Streams.note(`${left} rejected rows are not in the file: they are too long, or not UTF-8.`)
})

/** Goes through the outcomes once, and writes the files. */
export const write = Effect.fnUntraced(function* <E, R>(
  outcomes: Stream.Stream<Bulk.Outcome, E, R>,
  file: ImportFile,
  flags: ResultFlags
) {
  const rejected = new Set<number>()
  let rows = 0
  const seen = Stream.tap(outcomes, (outcome) =>
    Effect.sync(() => {
      rows++
      if (isRejected(outcome)) rejected.add(outcome.row)
    })
  )
  yield* flags.outcomes === undefined
    ? Stream.runDrain(seen)
    : writeFile(outcomeTexts(seen, flags.outcomes), flags.outcomes, "--outcomes")
  if (flags.rejects !== undefined) yield* writeRejects(file, rejected, rows, flags.rejects)
})
