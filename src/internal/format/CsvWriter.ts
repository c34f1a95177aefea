/** The cells of CSV. */
import type * as Arr from "effect/Array"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import * as Csv from "effect/encoding/Csv"
import * as CellGuard from "./CellGuard.ts"
import type { Column } from "./Column.ts"

/** The options for writing CSV, with their defaults. */
export interface Settings {
  readonly delimiter: string
  readonly guardFormulas: boolean
  readonly byteOrderMark: boolean
}

/** The text of a value: text as it is, an absent value as an empty cell, and any other value as JSON. */
const textOf = (value: unknown, type: Column["type"]): string => {
  if (value === undefined || value === null) return ""
  return typeof value === "string" && type !== "json" ? value : JSON.stringify(value)
}

const memberOf = (row: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce(
    (value: unknown, key) => (Predicate.isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    row
  )

/** Writes records, after a header. The columns are given by their names. */
export const write = <A, E, R>(
  source: Stream.Stream<A, E, R>,
  columns: ReadonlyArray<readonly [name: string, column: Pick<Column, "path" | "type">]>,
  { byteOrderMark, delimiter, guardFormulas }: Settings
): Stream.Stream<string, E, R> => {
  const guard = guardFormulas ? CellGuard.add : (cell: string) => cell
  const names = columns.map(([name]) => guard(name))
  const toCells = (row: A) => columns.map(([, { path, type }]) => guard(textOf(memberOf(row, path), type)))
  const text = Stream.concat(Stream.make(names), Stream.map(source, toCells)).pipe(
    Stream.pipeThroughChannel(Csv.encodeString<E>({ delimiter })),
    // One text for each chunk, so that a file is not written record by record.
    Stream.mapArray((records): Arr.NonEmptyReadonlyArray<string> => [records.join("")])
  )
  return byteOrderMark ? Stream.concat(Stream.make("\ufeff"), text) : text
}
