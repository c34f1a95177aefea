import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema, Stream } from "effect"
import type * as Contact from "../src/Contact.ts"
import * as Csv from "../src/Csv.ts"
import * as ContactArbitrary from "../src/internal/server/contacts/ContactArbitrary.ts"
import { byteStream, bytesOf } from "./support/Chunks.ts"

const ada: Contact.Contact = {
  id: "c1",
  name: "Lovelace, Ada",
  description: "",
  fingerprint: "crm-0001-ada-lovelace",
  email: "ada@example.com",
  phone: "+442079460000",
  nick: null,
  preferences: 'says "hi"\nand bye',
  verifiedAt: 5,
  meta: { tier: "gold", age: 36, address: { city: "=London" }, vip: true, none: null },
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_001
}

const textOf = (contacts: ReadonlyArray<Csv.WritableContact>, options?: Csv.WriteOptions) =>
  Stream.fromIterable(contacts).pipe(Csv.write(options), Stream.mkString)

const read = (text: string, options?: Csv.ReadOptions) => Stream.runCollect(Csv.read(Stream.make(text), options))

/** A contact as a file can hold it: null and empty text are an empty cell, which is read as an absent field. */
const withoutEmpty = (contact: object) =>
  Object.fromEntries(Object.entries(contact).filter(([, value]) => value !== null && value !== ""))

describe("Csv.write", () => {
  it.effect("writes all fields, with meta as JSON, and guards formulas", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* textOf([ada]),
        "id,name,description,fingerprint,email,phone,nick,preferences,verifiedAt,createdAt,updatedAt,meta\r\n" +
          'c1,"Lovelace, Ada",,crm-0001-ada-lovelace,ada@example.com,\'+442079460000,,"says ""hi""\nand bye",5,' +
          '1700000000000,1700000000001,"{""tier"":""gold"",""age"":36,""address"":{""city"":""=London""},""vip"":true,""none"":null}"\r\n'
      )
      assert.deepStrictEqual(yield* read(yield* textOf([ada])), [withoutEmpty(ada)])
    })
  )

  it.effect("writes members of meta in columns, which are read with their types", () =>
    Effect.gen(function* () {
      const columns = [
        "email",
        "meta.tier",
        "meta.age:number",
        "meta.address.city",
        "meta.vip:boolean",
        "meta.x.y"
      ] as const
      const text = yield* textOf([ada, { email: "b@c.co" }], { columns })
      assert.strictEqual(
        text,
        "email,meta.tier,meta.age:number,meta.address.city,meta.vip:boolean,meta.x.y\r\n" +
          "ada@example.com,gold,36,'=London,true,\r\nb@c.co,,,,,\r\n"
      )
      assert.deepStrictEqual(yield* read(text), [
        { email: "ada@example.com", meta: { tier: "gold", age: 36, address: { city: "=London" }, vip: true } },
        { email: "b@c.co" }
      ])
    })
  )

  it.effect("writes text of a member as it is, and other values as JSON", () =>
    Effect.gen(function* () {
      const text = yield* textOf([{ meta: { a: [1], b: "x", c: { d: 1 } } }], {
        columns: ["meta.a", "meta.b:json", "meta.c:number"]
      })
      assert.strictEqual(text, 'meta.a,meta.b:json,meta.c:number\r\n[1],"""x""","{""d"":1}"\r\n')
    })
  )

  it.effect("writes columns under other names, by another delimiter, after a byte order mark", () =>
    Effect.gen(function* () {
      const columns = { "E-Mail": "email", Phone: "phone" } as const
      const text = yield* textOf([ada], { byteOrderMark: true, columns, delimiter: ";" })
      assert.strictEqual(text, "\ufeffE-Mail;Phone\r\nada@example.com;'+442079460000\r\n")
      assert.deepStrictEqual(yield* read(text, { columns, delimiter: ";" }), [
        { email: "ada@example.com", phone: "+442079460000" }
      ])
    })
  )

  it.effect("guards the names of columns too", () =>
    Effect.gen(function* () {
      const columns = { "+Phone": "phone", "'-x": "nick" } as const
      const text = yield* textOf([{ phone: "+44", nick: "a" }], { columns })
      assert.strictEqual(text, "'+Phone,''-x\r\n'+44,a\r\n")
      assert.deepStrictEqual(yield* read(text, { columns }), [{ phone: "+44", nick: "a" }])
    })
  )

  it.effect("writes each chunk as one text, and reads no more contacts than it needs", () =>
    Effect.gen(function* () {
      let pulls = 0
      const parts = yield* Stream.forever(Stream.make({ name: "a" }, { name: "b" })).pipe(
        Stream.tap(() => Effect.sync(() => pulls++)),
        Csv.write({ columns: ["name"] }),
        Stream.take(3),
        Stream.runCollect
      )
      assert.strictEqual(parts.join("").slice(0, 12), "name\r\na\r\nb\r\n".slice(0, 12))
      assert.isAtMost(pulls, 6)
    })
  )

  it.effect("writes a header for no contacts", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* textOf([], { columns: ["email"] }), "email\r\n")
    })
  )

  it.effect("guards what begins as a formula, and nothing else", () =>
    Effect.gen(function* () {
      const texts = [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "\nx",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'=1",
        "''=1",
        "'x",
        "a=1",
        " =1"
      ]
      const text = yield* textOf(
        texts.map((name) => ({ name })),
        { columns: ["name"] }
      )
      const cells = yield* read(text, { guardFormulas: false })
      assert.deepStrictEqual(
        cells,
        texts.map((name, index) => ({ name: index < 13 ? `'${name}` : name }))
      )
      assert.deepStrictEqual(
        yield* read(text),
        texts.map((name) => ({ name }))
      )
      assert.strictEqual(yield* textOf([{ name: "=1" }], { columns: ["name"], guardFormulas: false }), "name\r\n=1\r\n")
    })
  )

  it.effect("dies of a column that no field has", () =>
    Effect.gen(function* () {
      const columns = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Any))('["emial"]')
      assert.isTrue(Exit.hasDies(yield* Effect.exit(textOf([], { columns }))))
    })
  )

  it.effect("passes on the failure of the contacts", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(Csv.write(Stream.fail("gone")))), "gone")
    })
  )

  it.effect("writes outcomes", () =>
    Effect.gen(function* () {
      const outcomes = [
        { row: 1, outcome: "created", id: "c1" },
        { row: 2, outcome: "invalid", field: "email", description: "a, b" },
        { row: 3, outcome: "duplicate", of: 1 },
        { row: 4, outcome: "failed", error: { _tag: "ServerError", message: "Contact.ensure failed" } }
      ]
      assert.strictEqual(
        yield* Stream.mkString(Csv.writeOutcomes(Stream.fromIterable(outcomes))),
        "row,outcome,id,of,field,description,error,message\r\n" +
          '1,created,c1,,,,,\r\n2,invalid,,,email,"a, b",,\r\n3,duplicate,,1,,,,\r\n' +
          "4,failed,,,,,ServerError,Contact.ensure failed\r\n"
      )
    })
  )
})

describe("what Csv.write writes", () => {
  const hostile = Schema.String.pipe(Schema.check(Schema.isMaxLength(12)))
  const pieces = Schema.Array(
    Schema.Literals([
      '"',
      ",",
      ";",
      "\r",
      "\n",
      "\t",
      "'",
      "=",
      "+",
      "-",
      "@",
      "\ufeff",
      "\ufffd",
      "é",
      "🦊",
      " ",
      "a",
      "\0"
    ])
  ).check(Schema.isMaxLength(10))

  it.effect.prop(
    "is read as the same fields: any texts, delimiter and cut",
    [
      Schema.Array(Schema.Struct({ name: hostile, nick: pieces, tier: pieces })).check(Schema.isMaxLength(6)),
      Schema.Literals([",", ";", "\t", "|", "'", "="]),
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))
    ],
    ([drawn, delimiter, size]) =>
      Effect.gen(function* () {
        const contacts = drawn.map(({ name, nick, tier }, index) => ({
          id: `c${index}`,
          name: name.toWellFormed(),
          nick: nick.join(""),
          meta: { tier: `t${tier.join("")}` }
        }))
        const columns = ["name", "id", "nick", "meta.tier"] as const
        const text = yield* textOf(contacts, { columns, delimiter })
        const rows = yield* Stream.runCollect(Csv.read(byteStream(bytesOf(text), size), { delimiter }))
        assert.deepStrictEqual(rows, contacts.map(withoutEmpty))
      })
  )

  it.effect("is read as the same fields: any contacts of the API", () =>
    Effect.gen(function* () {
      const drawn = yield* ContactArbitrary.sample(300, new Set())
      const contacts = drawn.map((contact, index) => ({ ...contact, id: `c${index}` }))
      const rows = yield* Stream.fromIterable(contacts).pipe(Csv.write(), Csv.read(), Stream.runCollect)
      assert.deepStrictEqual(rows, contacts.map(withoutEmpty))
      const cleared = yield* Stream.fromIterable(contacts).pipe(
        Csv.write(),
        Csv.read({ emptyCells: "clear" }),
        Stream.runCollect
      )
      // An empty text and null are the same cell.
      const normal = contacts.map((contact) => ({
        ...contact,
        email: contact.email || null,
        phone: contact.phone || null,
        nick: contact.nick || null,
        preferences: contact.preferences || null
      }))
      assert.deepStrictEqual(cleared, normal)
    })
  )

  it.effect.prop(
    "is never refused as a whole: any text is rows or unreadable rows",
    [pieces, hostile],
    ([some, other]) =>
      Effect.gen(function* () {
        const rows = yield* read(`name,nick\n${some.join("")}${other}\nAda,x\n`)
        assert.isTrue(rows.length > 0)
      })
  )
})
