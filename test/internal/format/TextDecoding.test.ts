import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TextDecoding } from "../../../src/internal/format/TextDecoding.ts"
import { bytesOf, cut } from "../../support/Chunks.ts"

/** The text of bytes that arrive in chunks of these sizes. */
const textOf = (bytes: Uint8Array, ...sizes: ReadonlyArray<number>): string => {
  const decoding = new TextDecoding()
  const chunks = cut(bytes, sizes, (start, end) => bytes.subarray(start, end))
  return [...chunks.map((chunk) => decoding.push(chunk)), decoding.end()].join("")
}

const byte = Schema.Literals([
  0x61, 0x0a, 0x0d, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0xff, 0xef, 0xbd
])
const size = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 }))

describe("TextDecoding", () => {
  it.effect.prop("decodes any text, however it is cut", [Schema.String, size, size], ([text, one, other]) =>
    Effect.sync(() => {
      const whole = text.toWellFormed()
      assert.strictEqual(textOf(bytesOf(whole), one, other), whole)
    })
  )

  it.effect.prop(
    "marks exactly the lines that are not UTF-8, however they are cut",
    [Schema.Array(byte).check(Schema.isMaxLength(24)), size, size],
    ([bytes, one, other]) =>
      Effect.sync(() => {
        const lines = textOf(bytesOf(bytes), one, other).split(/[\r\n]/)
        const expected: Array<Array<number>> = [[]]
        for (const value of bytes) {
          if (value === 0x0a || value === 0x0d) expected.push([])
          else expected.at(-1)?.push(value)
        }
        const isUtf8 = expected.map((line) => {
          try {
            new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(line))
            return true
          } catch {
            return false
          }
        })
        assert.deepStrictEqual(
          lines.map((line) => line.isWellFormed()),
          isUtf8
        )
      }),
    { arbitrary: { runs: 500 } }
  )

  it("passes text on, and marks bytes before it that are no character", () => {
    const decoding = new TextDecoding()
    assert.strictEqual(decoding.push("é"), "é")
    decoding.push(new Uint8Array([0xc3]))
    assert.isFalse(decoding.push("a").isWellFormed())
  })
})
