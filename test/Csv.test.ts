import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Inspectable, Redacted, Schema, Stream } from "effect"
import * as Csv from "../src/Csv.ts"
import { byteStream, bytesOf, textStream } from "./support/Chunks.ts"

/** The rows of a text, with unreadable ones as `LINE: REASON`. */
const rowsOf = (file: string | Uint8Array, options?: Csv.ReadOptions) =>
  Stream.make(file).pipe(
    Csv.read(options),
    Stream.map((row) => (Csv.isUnreadableRow(row) ? `${row.line}: ${row.description}` : row)),
    Stream.runCollect
  )

const refusalOf = (file: string, options?: Csv.ReadOptions) => Effect.flip(rowsOf(file, options))

const files: Readonly<Record<string, readonly [file: string | Uint8Array, rows: ReadonlyArray<unknown>]>> = {
  "a header only": ["email,name\n", []],
  "a header without a line ending": ["email,name", []],
  LF: [
    "email,name\na@b.co,Ada\nc@d.co,Bob\n",
    [
      { email: "a@b.co", name: "Ada" },
      { email: "c@d.co", name: "Bob" }
    ]
  ],
  CRLF: ["name\r\nAda\r\nBob\r\n", [{ name: "Ada" }, { name: "Bob" }]],
  CR: ["name\rAda\rBob\r", [{ name: "Ada" }, { name: "Bob" }]],
  "mixed line endings": ["name\rAda\r\n\nBob\n\rCid", [{ name: "Ada" }, { name: "Bob" }, { name: "Cid" }]],
  "no line ending at the end": ["name\nAda", [{ name: "Ada" }]],
  "a byte order mark": [bytesOf([0xef, 0xbb, 0xbf], "name\nAda\n"), [{ name: "Ada" }]],
  "a byte order mark before a quoted name": ['\ufeff"name"\nAda\n', [{ name: "Ada" }]],
  "a byte order mark that is data": ["name\n\ufeffAda\n", [{ name: "\ufeffAda" }]],
  "quoted cells": ['name,nick\n"Lovelace, Ada","a ""b"""\n', [{ name: "Lovelace, Ada", nick: 'a "b"' }]],
  "line breaks in quotes": [
    'name,nick\n"a\nb\r\nc\rd",x\nBob,y\n',
    [
      { name: "a\nb\r\nc\rd", nick: "x" },
      { name: "Bob", nick: "y" }
    ]
  ],
  "blank lines in quotes": ['name\n"\n\n\n"\nBob\n', [{ name: "\n\n\n" }, { name: "Bob" }]],
  "blanks kept": ["name,nick\n Ada , \n", [{ name: " Ada ", nick: " " }]],
  "blanks around the names of columns": [" name , nick\nAda,x\n", [{ name: "Ada", nick: "x" }]],
  "empty cells": ['name,nick,email\nAda,,""\n', [{ name: "Ada" }]],
  "lines without a value": [
    "name,nick\n\n,\n  \nAda,x\n",
    ["4: the row has 1 cells, and the header 2", { name: "Ada", nick: "x" }]
  ],
  "a quoted empty cell alone": ['name\n""\n', [{}]],
  "too few and too many cells": [
    "name,nick\nAda\nBob,b\nCid,c,d\n",
    ["2: the row has 1 cells, and the header 2", { name: "Bob", nick: "b" }, "4: the row has 3 cells, and the header 2"]
  ],
  "a quote in a plain cell": [
    'name,nick\n5" pipe,x\nBob,b\n',
    ["2: a quote is inside of a cell that does not begin with one", { name: "Bob", nick: "b" }]
  ],
  "text after a closing quote": [
    'name,nick\n"Ada"x,y\nBob,b\n',
    ["2: text follows a closing quote", { name: "Bob", nick: "b" }]
  ],
  "an unclosed quote at the end": ['name\nAda\n"Bob', [{ name: "Ada" }, "3: a quote is not closed"]],
  "an unclosed quote before other rows": [
    'name,nick\n"Ada,x\nBob,b\nCid,c\n',
    ["2: a quote is not closed", { name: "Bob", nick: "b" }, { name: "Cid", nick: "c" }]
  ],
  "an unclosed quote before a quoted row": [
    'name,nick\n"Ada,x\nBob,b\n"Cid, C","c"\nDan,d\n',
    ["2: a quote is not closed", { name: "Bob", nick: "b" }, { name: "Cid, C", nick: "c" }, { name: "Dan", nick: "d" }]
  ],
  "types of meta": [
    'meta.tier,meta.age:number,meta.vip:boolean,meta.tags:json,meta.zip:text\ngold,30.5,TRUE,"[1,""a""]",01234\n',
    [{ meta: { tier: "gold", age: 30.5, vip: true, tags: [1, "a"], zip: "01234" } }]
  ],
  "nested meta": [
    "meta.a.b,name,meta.a.c:number,meta.d\nx,Ada,-1e3,y\n,Bob,,\n",
    [{ meta: { a: { b: "x", c: -1000 }, d: "y" }, name: "Ada" }, { name: "Bob" }]
  ],
  "keys of meta that objects inherit": [
    "meta.constructor.name,meta.toString\nx,y\n",
    [{ meta: { constructor: { name: "x" }, toString: "y" } }]
  ],
  "meta as JSON": [
    'meta,name\n"{""a"":[1]}",Ada\n[1],Bob\n1,Cid\n{,Dan\n',
    [{ meta: { a: [1] }, name: "Ada" }, "3: column 1 is not JSON", "4: column 1 is not JSON", "5: column 1 is not JSON"]
  ],
  "cells of another type": [
    "verifiedAt,meta.n:number,meta.b:boolean\n1e999,,\n,1 2,\n,,yes\n0x10,,\n 5 ,-.5, False\n",
    [
      "2: column 1 is not a number",
      "3: column 2 is not a number",
      "4: column 3 is not true or false",
      "5: column 1 is not a number",
      { verifiedAt: 5, meta: { n: -0.5, b: false } }
    ]
  ],
  "whole numbers that are too large to be exact": [
    "verifiedAt\n12345678901234567890\n-9007199254740993\n9007199254740992\n1e+21\n007\n",
    [
      "2: column 1 is not a number",
      "3: column 1 is not a number",
      { verifiedAt: 9_007_199_254_740_992 },
      { verifiedAt: 1e21 },
      { verifiedAt: 7 }
    ]
  ],
  "guarded cells": ["phone,name\n'+442079460000,'-tis\n", [{ phone: "+442079460000", name: "-tis" }]],
  "apostrophes that are no guard": ["name,nick\n'tis,''\n", [{ name: "'tis", nick: "''" }]],
  "invalid UTF-8 in one row": [
    bytesOf("name,nick\nAda,\u00e9\n", [0xff], "Bob,b\nCid,\ufffd\nDan,", [0xc3], "\n", [0xed, 0xa0, 0x80], ",x"),
    [
      { name: "Ada", nick: "\u00e9" },
      "3: the text is not UTF-8",
      { name: "Cid", nick: "\ufffd" },
      "5: the text is not UTF-8",
      "6: the text is not UTF-8"
    ]
  ],
  "a character cut off at the end": [
    bytesOf("name\nAda\nB", [0xf0, 0x9f]),
    [{ name: "Ada" }, "3: the text is not UTF-8"]
  ],
  "invalid UTF-8 in quotes": [
    bytesOf('name\n"a\nb', [0xff], '\nc"\nBob\n'),
    ["2: the text is not UTF-8", { name: "Bob" }]
  ]
}

describe("Csv.read", () => {
  for (const [name, [file, rows]] of Object.entries(files)) {
    it.effect(`reads ${name}, however it is cut`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* rowsOf(file), rows)
        const bytes = typeof file === "string" ? bytesOf(file) : file
        for (const sizes of [[1], [2, 1], [3], [5, 7]]) {
          const read = yield* byteStream(bytes, ...sizes).pipe(
            Csv.read(),
            Stream.map((row) => (Csv.isUnreadableRow(row) ? `${row.line}: ${row.description}` : row)),
            Stream.runCollect
          )
          assert.deepStrictEqual(read, rows)
        }
      })
    )
  }

  it.effect("maps, ignores and types columns", () =>
    Effect.gen(function* () {
      const columns = { "E-Mail": "email", Tier: "meta.tier", Age: "meta.age:number", Notes: false } as const
      assert.deepStrictEqual(
        yield* rowsOf("E-Mail;Notes;Tier;Age;name\na@b.co;x;gold;30;Ada\n", { columns, delimiter: ";" }),
        [{ email: "a@b.co", meta: { tier: "gold", age: 30 }, name: "Ada" }]
      )
      assert.deepStrictEqual(yield* rowsOf("foo,name\nx,Ada\n", { otherColumns: "ignore" }), [{ name: "Ada" }])
    })
  )

  it.effect("leaves empty cells out, or clears their fields", () =>
    Effect.gen(function* () {
      const header = "id,name,description,fingerprint,email,phone,nick,preferences,verifiedAt,createdAt,updatedAt,meta"
      assert.deepStrictEqual(yield* rowsOf(`${header}\nc1,,,,,,,,,,,\n`), [{ id: "c1" }])
      assert.deepStrictEqual(yield* rowsOf(`${header}\nc1,,,,,,,,,,,\n`, { emptyCells: "clear" }), [
        {
          id: "c1",
          name: "",
          description: "",
          email: null,
          phone: null,
          nick: null,
          preferences: null,
          verifiedAt: null,
          meta: null
        }
      ])
      assert.deepStrictEqual(yield* rowsOf("name,meta.a.b\nAda,\n", { emptyCells: "clear" }), [
        { name: "Ada", meta: { a: { b: null } } }
      ])
    })
  )

  const refused: ReadonlyArray<
    readonly [title: string, file: string, columns: ReadonlyArray<number>, Csv.ReadOptions?]
  > = [
    ["an empty file", "", []],
    ["a file of blank lines", "\n\r\n\n", []],
    ["a header that cannot be read", '"name\n', []],
    ["columns that no field has", "name,foo,email,\nAda,x,a@b.co,y\n", [2, 4]],
    ["only columns that no field has", "foo,bar\n", [], { otherColumns: "ignore" }],
    ["a field twice", "name,email,name\n", [1, 3]],
    ["a field by its name and by the option", "Mail,email\n", [1, 2], { columns: { Mail: "email" } }],
    ["meta beside its members", "name,meta,meta.tier\n", [2, 3]],
    ["a member of meta beside its own members", "meta.a,meta.a.b\n", [1, 2]],
    ["one member with two types", "meta.a,meta.a:number\n", [1, 2]],
    ["a member without a key", "name,meta.\n", [2]],
    ["a member with an empty key", "name,meta.a..b\n", [2]],
    ["a key that the server refuses", "name,meta._a\n", [2]],
    ["a key that the server loses", "name,meta.a.__proto__\n", [2]],
    ["a mapped column that is missing", "name\n", [], { columns: { Mail: "email" } }],
    ["the name of a field in another case", "Email\n", [1]]
  ]
  for (const [title, file, columns, options] of refused) {
    it.effect(`refuses ${title}`, () =>
      Effect.gen(function* () {
        const error = yield* refusalOf(file, options)
        assert.strictEqual(error._tag, "InvalidHeader")
        assert.deepStrictEqual(error.columns, columns)
        assert.match(error.message, /^The header of the CSV file is refused: ./)
        const at = columns.length === 1 ? ` (column ${columns[0]})` : ` (columns ${columns.join(", ")})`
        assert.strictEqual(error.message.endsWith(at), columns.length > 0)
      })
    )
  }

  it.effect("refuses a mapping to no field, which a program can get from its user", () =>
    Effect.gen(function* () {
      const columns = Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Literal("email")))
      const error = yield* refusalOf("Mail\n", { columns: { ...columns({}), ...JSON.parse('{"Mail":"emial"}') } })
      assert.include(error.message, "a field that no contact has")
    })
  )

  it.effect("refuses a header before it reads more", () =>
    Effect.gen(function* () {
      let pulls = 0
      const source = Stream.make("foo\n", "a\n", "b\n").pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => pulls++))
      )
      yield* Effect.flip(Stream.runDrain(Csv.read(source)))
      assert.strictEqual(pulls, 1)
    })
  )

  it.effect("shows nothing of the file in a failure, and gives the names of columns on request", () =>
    Effect.gen(function* () {
      // A file without a header has data in its first line.
      const error = yield* refusalOf("Ada Lovelace,ada@example.com\n")
      const shown = [
        error.message,
        String(error),
        JSON.stringify(error),
        Inspectable.toStringUnknown(error),
        Cause.pretty(Cause.fail(error))
      ].join()
      assert.notMatch(shown, /ada/i)
      assert.deepStrictEqual(Redacted.value(error.names), ["Ada Lovelace", "ada@example.com"])
      const bad = yield* Stream.runCollect(
        Csv.read(Stream.make('name,meta.a:json,verifiedAt\n"Ada"l,,\nAda,{Ada,\nAda,,Ada'))
      )
      assert.strictEqual(bad.length, 3)
      assert.isTrue(bad.every(Csv.isUnreadableRow))
      assert.notMatch(JSON.stringify(bad), /Ada/)
    })
  )

  it.effect("refuses a row that is longer than the limit, and goes on", () =>
    Effect.gen(function* () {
      const long = "x".repeat(11)
      const file = `name\n${long}\nAda\n"${long}"\nBob\n"a\nb\nc\nd\ne\nf\nCid\n`
      const rows = [
        "2: the line is longer than 10 characters",
        { name: "Ada" },
        "4: the line is longer than 10 characters",
        { name: "Bob" },
        "6: a quote is not closed within 10 characters",
        ...["b", "c", "d", "e", "f", "Cid"].map((name) => ({ name }))
      ]
      assert.deepStrictEqual(yield* rowsOf(file, { maxRowLength: 10 }), rows)
      const cut = yield* Stream.runCollect(Csv.read(textStream(file, 1), { maxRowLength: 10 }))
      assert.strictEqual(cut.length, rows.length)
    })
  )

  it.effect("refuses a quote that stays open before a line that is too long", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* rowsOf(`name\n"a\nb\n${"x".repeat(11)}\nc\n`, { maxRowLength: 10 }), [
        "2: a quote is not closed",
        { name: "b" },
        "4: the line is longer than 10 characters",
        { name: "c" }
      ])
    })
  )

  it.effect("takes linear time for quotes that are never closed", () =>
    Effect.gen(function* () {
      const lines = [...Array(40_000).keys()].map((index) => (index % 2 === 0 ? 'x","' : "plain")).join("\n")
      const rows = yield* rowsOf(`name,nick\n${'"open\n'}${lines}`)
      assert.strictEqual(rows.length, 40_001)
      assert.strictEqual((yield* rowsOf(`name\n${'"\n'.repeat(20_001)}`)).length, 10_001)
    })
  )

  it.effect("reads no more of the source than it needs", () =>
    Effect.gen(function* () {
      let pulls = 0
      const endless = Stream.concat(
        Stream.make("name,email\n"),
        Stream.forever(Stream.make("Ada,a@b.co\nBob,b@c.co\n"))
      ).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => pulls++))
      )
      const rows = yield* endless.pipe(Csv.read(), Stream.take(4), Stream.runCollect)
      assert.strictEqual(rows.length, 4)
      assert.isAtMost(pulls, 4)
    })
  )

  it.effect("gives the rows so far, and then the failure of the source", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const source = Stream.concat(Stream.make("name\nAda\nBo"), Stream.fail("gone"))
      const error = yield* source.pipe(
        Csv.read(),
        Stream.runForEach((row) => Effect.sync(() => seen.push(row))),
        Effect.flip
      )
      assert.strictEqual(error, "gone")
      assert.deepStrictEqual(seen, [{ name: "Ada" }])
    })
  )

  it.effect("reads each run of a stream anew", () =>
    Effect.gen(function* () {
      const rows = Csv.read(Stream.make("name\nAda"))
      assert.deepStrictEqual(yield* Stream.runCollect(rows), yield* Stream.runCollect(rows))
    })
  )

  it.effect("dies of options that make no sense", () =>
    Effect.gen(function* () {
      const options: ReadonlyArray<Csv.ReadOptions> = [
        { delimiter: "" },
        { delimiter: ";;" },
        { delimiter: '"' },
        { delimiter: "\n" },
        { maxRowLength: 0 },
        { maxRowLength: NaN }
      ]
      for (const option of options) {
        assert.isTrue(Exit.hasDies(yield* Effect.exit(rowsOf("name\n", option))))
      }
    })
  )

  it.effect("keeps apostrophes if cells are not guarded", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* rowsOf("name\n'=1\n", { guardFormulas: false }), [{ name: "'=1" }])
    })
  )
})
