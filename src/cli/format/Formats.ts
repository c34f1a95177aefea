/** The text of a stream of objects in each format, as it arrives. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as CsvWriter from "../../internal/format/CsvWriter.ts"
import type { Format } from "../support/GlobalFlags.ts"
import type { FieldPath } from "./FieldPath.ts"
import * as Path from "./FieldPath.ts"
import type { Shape } from "./Shape.ts"
import * as Table from "./TableFormat.ts"

/** The settings of the output. */
export interface Settings {
  readonly format: Format
  /** The paths of `--fields`. */
  readonly paths: ReadonlyArray<FieldPath> | undefined
  readonly shape: Shape
  /** The width of the terminal, in columns. */
  readonly width: number
  /** The rows of a table that are held back to measure the columns. */
  readonly screen: number
}

type Texts<E, R> = Stream.Stream<string, E, R>

const jsonLines = <A extends object, E, R>(items: Stream.Stream<A, E, R>): Texts<E, R> =>
  Stream.mapArray(items, (chunk) => [chunk.map((item) => `${JSON.stringify(item)}\n`).join("")])

const indented = (item: object): string => JSON.stringify(item, undefined, 2).replaceAll("\n", "\n  ")

/** One array. It is closed after a failure too, so that it can be read as far as it goes. */
const jsonArray = <A extends object, E, R>(items: Stream.Stream<A, E, R>): Texts<E, R> =>
  Stream.suspend(() => {
    let isEmpty = true
    const end = Stream.sync(() => (isEmpty ? "[]\n" : "\n]\n"))
    const entries = Stream.mapArray(items, (chunk) => {
      const text = chunk.map(indented).join(",\n  ")
      const start = isEmpty ? "[\n  " : ",\n  "
      isEmpty = false
      return [start + text]
    })
    return Stream.concat(
      Stream.catchCause(entries, (cause) => Stream.concat(end, Stream.failCause(cause))),
      end
    )
  })

const yamlOptions = { lineWidth: -1, noRefs: true, skipInvalid: true }

const loadYaml = Effect.promise(() => import("js-yaml"))

/** One list. */
const yamlList = <A extends object, E, R>(items: Stream.Stream<A, E, R>): Texts<E, R> =>
  Stream.unwrap(
    Effect.map(loadYaml, ({ dump }) => {
      let isEmpty = true
      const entries = Stream.mapArray(items, (chunk) => {
        isEmpty = false
        return [dump(chunk, yamlOptions)]
      })
      return Stream.concat(
        entries,
        Stream.suspend(() => (isEmpty ? Stream.make("[]\n") : Stream.empty))
      )
    })
  )

const csv = <A extends object, E, R>(items: Stream.Stream<A, E, R>, { paths, shape }: Settings): Texts<E, R> => {
  const columns = (paths ?? shape.fields.map(Path.make)).map(
    (path) => [path.join("."), { path, type: "text" as const }] as const
  )
  return CsvWriter.write(items, columns, { byteOrderMark: false, delimiter: ",", guardFormulas: true })
}

/** A screen of rows is held back, and its widths are those of the table. */
const table = <A extends object, E, R>(items: Stream.Stream<A, E, R>, settings: Settings): Texts<E, R> =>
  Stream.suspend(() => {
    const columns = settings.paths ?? settings.shape.table.map(Path.make)
    const layout = { columns, shape: settings.shape, width: settings.width }
    let held: Array<ReadonlyArray<string>> = []
    let widths: ReadonlyArray<number> | undefined
    const release = (): string => {
      const rows = held
      held = []
      if (widths !== undefined) return ""
      const measured = Table.widthsOf(layout, rows)
      widths = measured
      return [Table.namesOf(layout), ...rows].map((cells) => Table.lineOf(cells, measured)).join("")
    }
    const add = (item: A): string => {
      const cells = Table.cellsOf(layout, item)
      if (widths !== undefined) return Table.lineOf(cells, widths)
      held.push(cells)
      return held.length < settings.screen ? "" : release()
    }
    const rest = Stream.sync(release)
    return Stream.concat(
      Stream.mapArray(items, (chunk) => [chunk.map(add).join("")] as const).pipe(
        Stream.catchCause((cause) => Stream.concat(rest, Stream.failCause(cause)))
      ),
      rest
    )
  })

const projected = <A extends object, E, R>(items: Stream.Stream<A, E, R>, { paths }: Settings) =>
  paths === undefined ? items : Stream.map(items, Path.project(paths))

/** The text of a list. */
export const list = <A extends object, E, R>(items: Stream.Stream<A, E, R>, settings: Settings): Texts<E, R> => {
  switch (settings.format) {
    case "table":
      return table(items, settings)
    case "csv":
      return csv(items, settings)
    case "json":
      return jsonArray(projected(items, settings))
    case "yaml":
      return yamlList(projected(items, settings))
    case "jsonl":
      return jsonLines(projected(items, settings))
  }
}

/** The text of one object: in JSON and YAML the object itself, and in the other formats a list of one. */
export const item = (value: object, settings: Settings): Stream.Stream<string> => {
  const shown = settings.paths === undefined ? value : Path.project(settings.paths)(value)
  if (settings.format === "json") return Stream.make(`${JSON.stringify(shown, undefined, 2)}\n`)
  if (settings.format === "yaml") {
    return Stream.fromEffect(Effect.map(loadYaml, ({ dump }) => dump(shown, yamlOptions)))
  }
  return list(Stream.make(value), settings)
}
