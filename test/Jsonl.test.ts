import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import * as Jsonl from "../src/Jsonl.ts"
import * as ContactArbitrary from "../src/internal/server/contacts/ContactArbitrary.ts"
import { byteStream, bytesOf } from "./support/Chunks.ts"

const shown = Stream.map((row: Jsonl.ContactRow | Jsonl.UnreadableRow) =>
  Jsonl.isUnreadableRow(row) ? `${row.line}: ${row.description}` : row
)

const rowsOf = (file: string | Uint8Array, options?: Jsonl.ReadOptions) =>
  Stream.make(file).pipe(Jsonl.read(options), shown, Stream.runCollect)

const files: Readonly<Record<string, readonly [file: string | Uint8Array, rows: ReadonlyArray<unknown>]>> = {
  "an empty file": ["", []],
  "blank lines": ['\n\r\n  \n{"name":"Ada"}\n\n', [{ name: "Ada" }]],
  "LF, CRLF and CR": [
    '{"name":"a"}\n{"name":"b"}\r\n{"name":"c"}\r{"name":"d"}',
    ["a", "b", "c", "d"].map((name) => ({ name }))
  ],
  "a byte order mark": [bytesOf([0xef, 0xbb, 0xbf], '{"name":"Ada"}\n'), [{ name: "Ada" }]],
  "all fields": [
    '{"id":"c1","name":"","email":null,"verifiedAt":5,"createdAt":6,"meta":{"a":[1,null]},"phone":"+44"}\n',
    [{ id: "c1", name: "", email: null, verifiedAt: 5, createdAt: 6, meta: { a: [1, null] }, phone: "+44" }]
  ],
  "lines that are no contact": [
    '{"name":"Ada"}\n\n{"name":\n[]\nnull\n1\n{"name":1}\n{"name":null}\n{"verifiedAt":"5"}\n{"meta":[]}\n{"nmae":"x"}\n{}\n',
    [
      { name: "Ada" },
      "3: the line is not JSON",
      "4: the line is not a JSON object",
      "5: the line is not a JSON object",
      "6: the line is not a JSON object",
      "7: the field name is not text",
      "8: the field name is not text",
      "9: the field verifiedAt is not a number",
      "10: the field meta is not an object",
      "11: a field is none of a contact",
      {}
    ]
  ],
  "data that looks like an unreadable row": [
    '{"_tag":"UnreadableRow","line":1,"description":"x"}\n',
    ["1: a field is none of a contact"]
  ],
  "invalid UTF-8 in one line": [
    bytesOf('{"name":"a"}\n{"name":"', [0xff], '"}\r\n{"name":"\ufffd"}\n{"name":"', [0xe2, 0x82]),
    [{ name: "a" }, "2: the text is not UTF-8", { name: "\ufffd" }, "4: the text is not UTF-8"]
  ],
  "U+2028 and other scripts": ['{"name":"\u2028é😀\ufeff"}\n', [{ name: "\u2028é😀\ufeff" }]]
}

describe("Jsonl.read", () => {
  for (const [name, [file, rows]] of Object.entries(files)) {
    it.effect(`reads ${name}, however the file is cut`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* rowsOf(file), rows)
        const bytes = typeof file === "string" ? bytesOf(file) : file
        for (const sizes of [[1], [2, 1], [3], [5, 7]]) {
          assert.deepStrictEqual(yield* byteStream(bytes, ...sizes).pipe(Jsonl.read(), shown, Stream.runCollect), rows)
        }
      })
    )
  }

  it.effect("ignores other fields on request", () =>
    Effect.gen(function* () {
      const rows = yield* rowsOf('{"name":"Ada","x":1,"__proto__":{"email":"e"}}\n', { otherFields: "ignore" })
      assert.deepStrictEqual(rows, [{ name: "Ada" }])
    })
  )

  it.effect("refuses lines longer than the limit, and goes on", () =>
    Effect.gen(function* () {
      const file = bytesOf(`{"name":"${"x".repeat(20)}"}\n{"name":"Ada"}\n${"x".repeat(100)}`)
      const rows = yield* byteStream(file, 7).pipe(Jsonl.read({ maxLineLength: 20 }), shown, Stream.runCollect)
      assert.deepStrictEqual(rows, [
        "1: the line is longer than 20 characters",
        { name: "Ada" },
        "3: the line is longer than 20 characters"
      ])
    })
  )

  it.effect("dies of a limit that makes no sense", () =>
    Effect.gen(function* () {
      assert.isTrue(Exit.hasDies(yield* Effect.exit(rowsOf("", { maxLineLength: 0 }))))
    })
  )

  it.effect("reads no more of the source than it needs", () =>
    Effect.gen(function* () {
      let pulls = 0
      const rows = yield* Stream.forever(Stream.make('{"name":"a"}\n{"name":"b"}\n')).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => pulls++)),
        Jsonl.read(),
        Stream.take(4),
        Stream.runCollect
      )
      assert.strictEqual(rows.length, 4)
      assert.isAtMost(pulls, 3)
    })
  )
})

describe("Jsonl.write", () => {
  it.effect("writes contacts that are read as they were", () =>
    Effect.gen(function* () {
      const drawn = yield* ContactArbitrary.sample(200, new Set())
      const rows = yield* Stream.fromIterable(drawn).pipe(Jsonl.write, Jsonl.read(), Stream.runCollect)
      assert.deepStrictEqual(rows, [...drawn])
    })
  )

  it.effect("writes one value a line", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* Stream.mkString(Jsonl.write(Stream.make({ a: "x\ny" }, { b: null }))),
        '{"a":"x\\ny"}\n{"b":null}\n'
      )
    })
  )

  it.effect("dies of a value that JSON cannot hold", () =>
    Effect.gen(function* () {
      for (const value of [{ a: 1n }, () => 1]) {
        assert.isTrue(Exit.hasDies(yield* Effect.exit(Stream.runDrain(Jsonl.write(Stream.make(value))))))
      }
    })
  )
})
