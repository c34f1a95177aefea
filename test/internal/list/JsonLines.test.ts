import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import * as JsonLines from "../../../src/internal/list/JsonLines.ts"

interface Outcome {
  readonly values: Array<unknown>
  readonly lines: Array<number>
  readonly problem: string | undefined
}

const encode = (text: string) => new TextEncoder().encode(text)

/** Reads chunks as a stream of them would be read. */
const read = (chunks: Iterable<Uint8Array>): Outcome => {
  const reader = new JsonLines.Reader()
  const values: Array<unknown> = []
  const lines: Array<number> = []
  const take = (batch: JsonLines.Lines) => {
    values.push(...batch.values)
    lines.push(...batch.values.map((_, index) => batch.lineOf(index)))
    return batch.problem
  }
  for (const chunk of chunks) {
    const problem = take(reader.push(chunk))
    if (problem !== undefined) return { values, lines, problem }
  }
  return { values, lines, problem: take(reader.end()) }
}

/** Cuts bytes into chunks of these sizes, in turn. */
const cut = (bytes: Uint8Array, sizes: ReadonlyArray<number>): Array<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const bytesOf = (...parts: ReadonlyArray<string | ReadonlyArray<number>>): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => Array.from(typeof part === "string" ? encode(part) : part)))

const bodies: Readonly<Record<string, readonly [body: Uint8Array, expected: Outcome]>> = {
  empty: [bytesOf(), { values: [], lines: [], problem: undefined }],
  "only blank lines": [bytesOf("\n\r\n  \n"), { values: [], lines: [], problem: undefined }],
  "one line": [bytesOf('{"a":1}\n'), { values: [{ a: 1 }], lines: [1], problem: undefined }],
  "no final newline": [bytesOf("1\n2"), { values: [1, 2], lines: [1, 2], problem: undefined }],
  "blank last line": [bytesOf("1\n  "), { values: [1], lines: [1], problem: undefined }],
  CRLF: [bytesOf("1\r\n\r\n2\r\n"), { values: [1, 2], lines: [1, 3], problem: undefined }],
  BOM: [bytesOf([0xef, 0xbb, 0xbf], "1\n2\n"), { values: [1, 2], lines: [1, 2], problem: undefined }],
  "U+2028 and other scripts": [
    bytesOf('"\u2028é😀\ufeff"\n"漢"\n'),
    { values: ["\u2028é😀\ufeff", "漢"], lines: [1, 2], problem: undefined }
  ],
  "blank lines between": [bytesOf("\n1\n\n\n2\n"), { values: [1, 2], lines: [2, 5], problem: undefined }],
  "a bad line": [bytesOf("1\n\n{oops\n4\n"), { values: [1], lines: [1], problem: "line 3 is not JSON" }],
  "a bad last line": [bytesOf('1\n{"a"'), { values: [1], lines: [1], problem: "line 2 is not JSON" }],
  "two values on a line": [bytesOf("1\n2,3\n"), { values: [1], lines: [1], problem: "line 2 is not JSON" }],
  "a value over two lines": [bytesOf("[1\n2]\n"), { values: [], lines: [], problem: "line 1 is not JSON" }],
  "lines that are valid only together": [
    bytesOf("0\n1,2\n[3\n4]\n"),
    { values: [0], lines: [1], problem: "line 2 is not JSON" }
  ],
  "lines that close each other's brackets": [
    bytesOf("1],[2\n"),
    { values: [], lines: [], problem: "line 1 is not JSON" }
  ],
  "bytes that are not UTF-8": [
    bytesOf("1\n2\n", [0x22, 0xff, 0x22], "\n4\n"),
    { values: [1, 2], lines: [1, 2], problem: "line 3 is not UTF-8" }
  ],
  "a character that never ends": [
    bytesOf("1\n", [0x22, 0xe2, 0x80]),
    { values: [1], lines: [1], problem: "line 2 is not UTF-8" }
  ]
}

describe("Reader", () => {
  describe.each(Object.entries(bodies))("%s", (_, [body, expected]) => {
    it("in one chunk", () => assert.deepStrictEqual(read([body]), expected))
    it("byte by byte", () => assert.deepStrictEqual(read(cut(body, [1])), expected))
    it("cut once, anywhere", () => {
      for (let at = 0; at <= body.length; at++) {
        assert.deepStrictEqual(read([body.subarray(0, at), body.subarray(at)]), expected, `cut at ${at}`)
      }
    })
  })

  it.effect.prop(
    "any values come back, with their lines, however they are cut",
    {
      lines: Arbitrary.array(
        Arbitrary.all([
          Arbitrary.schema(Schema.Record(Schema.String, Schema.String)),
          Arbitrary.schema(Schema.Literals(["\n", "\r\n", "\n\n", " \r\n\n"]))
        ]),
        { maxLength: 8 }
      ),
      sizes: Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))), {
        minLength: 1,
        maxLength: 5
      })
    },
    ({ lines, sizes }) =>
      Effect.sync(() => {
        const texts = lines.map(([value, end]) => [JSON.stringify(value), end] as const)
        const body = encode(texts.flat().join(""))
        let line = 1
        const numbers = texts.map(([, end]) => {
          const at = line
          line += end.split("\n").length - 1
          return at
        })
        assert.deepStrictEqual(read(cut(body, sizes)), {
          values: texts.map(([text]): unknown => JSON.parse(text)),
          lines: numbers,
          problem: undefined
        })
      })
  )

  it("keeps no text of a bad line", () => {
    assert.notInclude(read([encode('{"email":"ada@example.com"\n')]).problem ?? "", "ada")
  })

  it("refuses a line that is longer than the limit, and keeps the lines before it", () => {
    const chunk = encode("a".repeat(1024 * 1024))
    let pushed = 0
    const { problem, values } = read(
      (function* () {
        yield encode('1\n"')
        for (; pushed < 1024; pushed++) yield chunk
      })()
    )
    assert.deepStrictEqual(values, [1])
    assert.strictEqual(problem, `line 2 is longer than ${JsonLines.maxLineLength} bytes`)
    assert.isAtMost(pushed, JsonLines.maxLineLength / chunk.length + 1)
  })

  it("reads a line just short of the limit", () => {
    const text = "a".repeat(JsonLines.maxLineLength - 2)
    assert.deepStrictEqual(read([encode(`"${text}`), encode('"\n')]).values, [text])
  })

  it("reads a line of many small pieces in linear time", () => {
    const length = 8 * 1024 * 1024
    const chunk = encode("a".repeat(64))
    const { problem, values } = read(
      (function* () {
        yield encode('"')
        for (let at = 0; at < length; at += chunk.length) yield chunk
        yield encode('"\n')
      })()
    )
    assert.isUndefined(problem)
    assert.strictEqual(String(values[0]).length, length)
  })
})
