/** The file of an import. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import * as Csv from "../../../Csv.ts"
import * as Column from "../../../internal/format/Column.ts"
import * as Jsonl from "../../../Jsonl.ts"
import { UsageError } from "../../support/CliFailure.ts"

/** The flags that say what the file holds. */
export interface FileFlags {
  readonly file: string
  readonly input: "csv" | "jsonl" | undefined
  readonly map: ReadonlyArray<readonly [column: string, field: string]>
  readonly ignoreOthers: boolean
  readonly delimiter: string | undefined
}

/** A file that can be read more than once. */
export interface ImportFile {
  readonly path: string
  /** The name of the file, for the name of the job. */
  readonly label: string
  readonly format: "csv" | "jsonl"
  readonly delimiter: string
  /** The digest of the content. */
  readonly digest: string
  readonly bytes: Stream.Stream<Uint8Array, UsageError, FileSystem.FileSystem>
  readonly rows: Stream.Stream<
    Csv.ContactRow | Csv.UnreadableRow,
    UsageError | Csv.InvalidHeader,
    FileSystem.FileSystem
  >
}

const unreadable = new UsageError({ message: "The file cannot be read", next: "Check the path of the file." })

const noFormat = new UsageError({ message: "The format of the file is not known", next: "Give --input csv or jsonl." })

const formatOf = ({ file, input }: FileFlags): "csv" | "jsonl" | undefined => {
  if (input !== undefined) return input
  const extension = /\.(\w+)$/.exec(file.toLowerCase())?.[1]
  if (extension === "csv") return "csv"
  return extension === "jsonl" || extension === "ndjson" ? "jsonl" : undefined
}

/** Copies standard input to a file that is removed with the scope: it is read once for its digest, and once for its rows. */
const spool = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  if (yield* stdio.stdinIsTerminal) {
    return yield* new UsageError({ message: "There is no input", next: "Give a file, or pipe one to standard input." })
  }
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const path = paths.join(yield* fs.makeTempDirectoryScoped({ prefix: "effect-chatbotkit-" }), "input")
  yield* Stream.run(stdio.stdin, fs.sink(path, { mode: 0o600 }))
  return path
}).pipe(
  Effect.catchTag("PlatformError", () =>
    Effect.fail(
      new UsageError({ message: "Standard input cannot be copied", next: "Check the space in the temporary folder." })
    )
  )
)

const digestOf = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>) =>
  Effect.suspend(() => {
    const hash = createHash("sha256")
    return Effect.map(
      Stream.runForEach(bytes, (chunk) => Effect.sync(() => void hash.update(chunk))),
      () => hash.digest("hex")
    )
  })

const isField = (field: string): field is Csv.ColumnField => Option.isSome(Column.make(field))

/** The fields of the columns. An empty field ignores a column. */
const columnsOf = (
  map: FileFlags["map"]
): Effect.Effect<Readonly<Record<string, Csv.ColumnField | false>>, UsageError> => {
  const columns: Array<readonly [string, Csv.ColumnField | false]> = []
  for (const [column, field] of map) {
    if (field === "") columns.push([column, false])
    else if (isField(field)) columns.push([column, field])
    else {
      return Effect.fail(
        new UsageError({
          message: "--map names a field that no contact has",
          next: "Give a field such as email, meta.tier or meta.age:number."
        })
      )
    }
  }
  return Effect.succeed(Object.fromEntries(columns))
}

/** Opens the file of the flags. */
export const open = Effect.fnUntraced(function* (flags: FileFlags) {
  const { delimiter = ",", file, ignoreOthers, map } = flags
  const format = formatOf(flags) ?? (yield* noFormat)
  if (format === "jsonl" && (map.length > 0 || flags.delimiter !== undefined)) {
    return yield* new UsageError({
      message: "--map and --delimiter are for CSV only",
      next: "Leave them out: JSON Lines name the fields of a contact."
    })
  }
  const columns = yield* columnsOf(map)
  const path = file === "-" ? yield* spool : file
  const paths = yield* Path.Path
  const bytes = Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => fs.stream(path))).pipe(
    Stream.mapError(() => unreadable)
  )
  const opened: ImportFile = {
    path,
    label: file === "-" ? "stdin" : paths.basename(file),
    format,
    delimiter,
    digest: yield* digestOf(bytes),
    bytes,
    rows:
      format === "csv"
        ? Csv.read(bytes, { columns, delimiter, otherColumns: ignoreOthers ? "ignore" : "refuse" })
        : Jsonl.read(bytes, { otherFields: ignoreOthers ? "ignore" : "refuse" })
  }
  return opened
})
