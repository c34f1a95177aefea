import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema, Stream } from "effect"
import { Csv } from "effect/encoding"
import { CsvRecords } from "../../../src/internal/format/CsvRecords.ts"
import { LineSplitter } from "../../../src/internal/format/LineSplitter.ts"
import { UnreadableRow } from "../../../src/internal/format/UnreadableRow.ts"

const maxLength = 1_000_000

/** The records of a text that arrives in chunks of a size. */
const recordsOf = (text: string, size: number) => {
  const records = new CsvRecords(",", maxLength)
  const splitter = new LineSplitter(records, maxLength)
  for (let at = 0; at < text.length; at += size) splitter.push(text.slice(at, at + size))
  splitter.end()
  records.end()
  return records.take()
}

const decoded = (text: string) =>
  Stream.make(text).pipe(Stream.pipeThroughChannel(Csv.decodeString()), Stream.runCollect, Effect.exit)

const pieces = Schema.Array(
  Schema.Literals(['"', '""', '"a', 'b"', ",", "\r", "\n", "\r\n", "a", "b", '","', "\ufeff"])
)

describe("CsvRecords", () => {
  it.effect.prop(
    "reads what Effect's decoder reads, but for records without a value, and finds a problem where it fails",
    [pieces.check(Schema.isMaxLength(20)), Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 }))],
    ([drawn, size]) =>
      Effect.gen(function* () {
        const text = drawn.join("")
        const records = recordsOf(text, size)
        const exit = yield* decoded(text)
        if (Exit.isFailure(exit)) {
          assert.isTrue(records.some((record) => record instanceof UnreadableRow))
          return
        }
        const hasValue = (cells: ReadonlyArray<string>) => cells.some((cell) => cell !== "")
        const cells = records.map((record) => (record instanceof UnreadableRow ? [record.description] : record.cells))
        assert.deepStrictEqual(cells.filter(hasValue), exit.value.filter(hasValue))
      }),
    { arbitrary: { runs: 500 } }
  )

  it.effect.prop(
    "gives the same records however the text is cut, in the order of their lines",
    [pieces.check(Schema.isMaxLength(30))],
    ([drawn]) =>
      Effect.sync(() => {
        const text = drawn.join("")
        const records = recordsOf(text, text.length + 1)
        assert.deepStrictEqual(recordsOf(text, 1), records)
        const lines = records.map(({ line }) => line)
        assert.deepStrictEqual(
          lines,
          [...new Set(lines)].toSorted((one, other) => one - other)
        )
      })
  )
})
