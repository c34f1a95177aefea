/**
 * Contacts in JSON Lines: a stream of bytes or text to a stream of rows, and a stream of values to a stream of text. Files of any size
 * are read and written in bounded memory.
 */
import { dual } from "effect/Function"
import * as Stream from "effect/Stream"
import type { ContactRow } from "./internal/format/ContactRow.ts"
import { JsonReader } from "./internal/format/JsonReader.ts"
import * as RowStream from "./internal/format/RowStream.ts"
import type { UnreadableRow } from "./internal/format/UnreadableRow.ts"

export type { ContactRow } from "./internal/format/ContactRow.ts"
export { isUnreadableRow, UnreadableRow } from "./internal/format/UnreadableRow.ts"

/** The options of {@link read}. */
export interface ReadOptions {
  /**
   * The fields that no contact has: `refuse` makes the row unreadable, and `ignore` drops them.
   *
   * @default "refuse"
   */
  readonly otherFields?: "refuse" | "ignore" | undefined
  /**
   * The longest line that is read, in characters.
   *
   * @default 1_048_576
   */
  readonly maxLineLength?: number | undefined
}

/**
 * Reads contacts, one JSON object a line. Lines may end in LF, CRLF or CR, and blank lines are skipped.
 *
 * A line that cannot be read is an {@link UnreadableRow}, and reading goes on: one that is not a JSON object, is not UTF-8, has a field of
 * another type or one that no contact has (unless `otherFields` is `ignore`), or is longer than `maxLineLength`.
 *
 * @example
 * ```ts
 * const rows = fs.stream("contacts.jsonl").pipe(Jsonl.read())
 * ```
 */
export const read: {
  (
    options?: ReadOptions
  ): <E, R>(source: Stream.Stream<Uint8Array | string, E, R>) => Stream.Stream<ContactRow | UnreadableRow, E, R>
  <E, R>(
    source: Stream.Stream<Uint8Array | string, E, R>,
    options?: ReadOptions
  ): Stream.Stream<ContactRow | UnreadableRow, E, R>
} = /* @__PURE__ */ dual(
  (args) => Stream.isStream(args[0]),
  <E, R>(
    source: Stream.Stream<Uint8Array | string, E, R>,
    { maxLineLength = RowStream.maxRowLength, otherFields = "refuse" }: ReadOptions = {}
  ): Stream.Stream<ContactRow | UnreadableRow, E, R> =>
    Stream.suspend(() => {
      if (!(maxLineLength > 0)) throw new Error("Jsonl: expected maxLineLength to be positive")
      return RowStream.make(source, maxLineLength, () => new JsonReader({ maxLineLength, otherFields }))
    })
)

const line = (value: object): string => {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw new TypeError("Jsonl: expected a value that JSON can hold")
  return `${text}\n`
}

/**
 * Writes values, one a line: contacts, or anything else that JSON can hold. A value that it cannot is a defect.
 *
 * @example
 * ```ts
 * const text = Contact.export().pipe(Jsonl.write)
 * ```
 */
export const write = <A extends object, E, R>(values: Stream.Stream<A, E, R>): Stream.Stream<string, E, R> =>
  Stream.mapArray(values, (chunk) => [chunk.map(line).join("")])
