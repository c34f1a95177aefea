import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Client } from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import type * as Errors from "../src/Errors.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Fake from "./support/FakeHttp.ts"

type Call = Effect.Effect<unknown, Errors.ContactError, Client>

/** A value of any type, as plain JavaScript can pass it. */
const untyped = <A>(value: unknown): A => value as A

const id = "cmwsk55x8000com7dj9qcuwx6"
const fingerprint = "crm-0001-ada-lovelace"

const create = (request: unknown): Call => Contact.create(untyped(request))
const update = (request: unknown): Call => Contact.update(id, untyped(request))
/** Adds a valid fingerprint to a request without one. */
const ensure = (request: object): Call =>
  Contact.ensure(untyped(Object.defineProperties({ fingerprint }, Object.getOwnPropertyDescriptors(request))))
const writes: Readonly<Record<string, (request: object) => Call>> = { create, update, ensure }

/** Objects and arrays in turn, `depth` of them. */
const nested = (depth: number): object => {
  let value: object = {}
  for (let level = 1; level < depth; level++) value = level % 2 === 0 ? { d: value } : [value]
  return value
}

/** Meta that is `depth` deep, itself included. */
const meta = (depth: number): object => ({ d: nested(depth - 1) })

const parsed = (text: string): object => JSON.parse(text)

const throwing = {
  get name(): string {
    throw new Error("canary")
  }
}
const hostile = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error("canary")
    }
  }
)
const sparse: Array<number> = [1]
sparse[2] = 3

/** The requests that any write refuses, and the field that the failure names. */
const refused: Readonly<Record<string, readonly [request: object, field: string]>> = {
  "name: null": [{ name: null }, "name"],
  "description: null": [{ description: null }, "description"],
  "fingerprint: null": [{ fingerprint: null }, "fingerprint"],
  "a lone surrogate in a text": [{ preferences: "canary\ud800" }, "preferences"],
  "a lone surrogate in meta": [{ meta: { a: ["\udc00canary"] } }, "meta.a.0"],
  "a lone surrogate in a key of meta": [{ meta: { "canary\ud800": 1 } }, "meta.…"],
  "meta 124 deep": [{ meta: meta(124) }, `meta.d${".d.0".repeat(3)}.…`],
  "meta 100,000 deep": [{ meta: meta(100_000) }, `meta.d${".d.0".repeat(3)}.…`],
  "__proto__ in meta": [{ meta: parsed('{"__proto__":{"a":"canary"}}') }, "meta.__proto__"],
  "__proto__ deeper in meta": [{ meta: parsed('{"a":[{"__proto__":1}]}') }, "meta.a.0.__proto__"],
  "__proto__ in the request": [parsed('{"__proto__":{"name":"canary"}}'), "__proto__"],
  "a function": [{ meta: { a: () => "canary" } }, "meta.a"],
  "a symbol": [{ meta: { a: Symbol("canary") } }, "meta.a"],
  "a bigint": [{ meta: { a: 1n } }, "meta.a"],
  "a date": [{ meta: { a: { b: new Date(0) } } }, "meta.a.b"],
  "a date as meta": [{ meta: new Date(0) }, "meta"],
  "a map": [{ meta: { a: new Map() } }, "meta.a"],
  "a boxed text": [{ name: new String("canary") }, "name"],
  "an instance of a class": [{ meta: new URLSearchParams() }, "meta"],
  "a toJSON method": [{ name: "a", toJSON: () => ({ name: "canary" }) }, "toJSON"],
  "not a number": [{ meta: { a: Number.NaN } }, "meta.a"],
  "no finite number": [{ meta: { a: Number.NEGATIVE_INFINITY } }, "meta.a"],
  "an array with holes": [{ meta: { a: sparse } }, "meta.a.1"],
  "a key that is data": [{ meta: { "Ada Lovelace, canary": () => 1 } }, "meta.…"],
  "a getter that throws": [throwing, "name"],
  "a getter in meta that throws": [{ meta: throwing }, "meta.name"],
  "a proxy in meta that throws": [{ meta: { a: hostile } }, "meta.a"],
  "a 100 MB text": [{ description: "canary ".repeat(15_000_000) }, "description"],
  "more than 1 MiB in all": [{ meta: { a: Array.from({ length: 200 }, () => "canary ".repeat(1000)) } }, "meta.a.149"],
  // Each character has 3 bytes.
  "more than 1 MiB as UTF-8": [{ description: "€".repeat(350_000) }, "request"]
}

const verified = {
  "before the year 0": -62_167_219_200_001,
  "after the year 9999": 253_402_300_800_000,
  "with a fraction": 0.5
}

const expectRefused = (call: Call, field: string) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    const error = yield* Effect.flip(call)
    assert.deepInclude(error, { _tag: "InvalidRequest", field, outcome: "not-sent", attempts: 0, isRetryable: false })
    assert.notInclude(Fake.renderings(error), "canary")
    assert.isBelow(error.message.length, 400)
    assert.strictEqual(yield* api.requestCount(), 0)
  }).pipe(Effect.provide(InMemory.layer()))

describe.each(Object.keys(writes))("%s refuses, with nothing sent:", (name) => {
  const write = writes[name] ?? create
  it.effect.each(Object.entries(refused))("%s", ([, [request, field]]) => expectRefused(write(request), field))
})

describe("create and update refuse, with nothing sent:", () => {
  it.effect("a proxy that throws", () =>
    Effect.andThen(expectRefused(create(hostile), "request"), expectRefused(update(hostile), "request"))
  )

  it.effect("an endless array", () => {
    const endless = new Proxy([], { get: (_, key) => (key === "length" ? Number.POSITIVE_INFINITY : "") })
    return expectRefused(create({ meta: { endless } }), "meta.endless.524279")
  })

  it.effect.each(Object.entries(verified))("verifiedAt %s", ([, verifiedAt]) =>
    Effect.andThen(
      expectRefused(create({ verifiedAt }), "verifiedAt"),
      expectRefused(update({ verifiedAt }), "verifiedAt")
    )
  )
})

describe("any operation on a contact refuses, with nothing sent:", () => {
  const ids: Readonly<Record<string, unknown>> = {
    "an alias": "@canary",
    "an alias in blanks": " @canary ",
    "an alias of the parent": "@@canary",
    "an alias of another account": "@canary@b",
    "no alias": "@",
    "no name": "()",
    "a blank name": " (  ) ",
    "a 100 MB id": "c".repeat(100_000_000),
    "100 MB of blanks": " ".repeat(100_000_000),
    "a symbol": Symbol("canary"),
    "a function": () => "canary",
    "an object": { toString: () => "canary" },
    "a proxy": hostile,
    "a bigint": 1n
  }
  it.effect.each(Object.entries(ids))("%s as an id", ([, id]) =>
    Effect.gen(function* () {
      for (const call of [Contact.fetch, Contact.delete, (id: string) => Contact.update(id, {})]) {
        yield* expectRefused(call(untyped(id)), "id")
      }
    })
  )
})

/** The reply to any request. */
const answer = Fake.json(200, { id })

const sent = (call: Call) =>
  Effect.gen(function* () {
    const fake = Fake.script(answer)
    yield* Fake.successOf(Effect.provide(call, Fake.layer(fake)))
    return fake.sent.map(({ body }): unknown => JSON.parse(body))
  })

describe.each(Object.keys(writes))("%s sends", (name) => {
  const write = writes[name] ?? create
  const others = name === "ensure" ? { fingerprint } : {}

  it.effect("meta 123 deep", () =>
    Effect.gen(function* () {
      const request = { meta: meta(123) }
      assert.deepStrictEqual(yield* sent(write(request)), [{ ...others, ...request }])
    })
  )

  it.effect("no field that is undefined", () =>
    Effect.gen(function* () {
      const request = { name: undefined, nick: null, meta: { a: undefined, b: [{ c: undefined }] } }
      assert.deepStrictEqual(yield* sent(write(request)), [{ ...others, nick: null, meta: { b: [{}] } }])
    })
  )

  it.effect("the request that it has checked, and reads each property once", () =>
    Effect.gen(function* () {
      const reads: Array<string> = []
      const changing = <A extends object>(object: A): A =>
        new Proxy(object, {
          get: (target, key) => {
            const isFirst = !reads.includes(String(key))
            reads.push(String(key))
            return isFirst ? Reflect.get(target, key) : { _changed: new Date() }
          }
        })
      const request = { name: "Ada", meta: changing({ tier: "gold", toJSON: "text" }) }
      assert.deepStrictEqual(yield* sent(write(name === "ensure" ? request : changing(request))), [
        { ...others, name: "Ada", meta: { tier: "gold", toJSON: "text" } }
      ])
      const own = name === "ensure" ? [] : ["meta", "name"]
      assert.deepStrictEqual(reads.toSorted(), [...own, "tier", "toJSON"])
    })
  )

  it.effect("no inherited property", () =>
    Effect.gen(function* () {
      const bare = Object.assign(Object.create(null), { tier: "gold" })
      assert.deepStrictEqual(yield* sent(write({ meta: bare })), [{ ...others, meta: { tier: "gold" } }])
    })
  )
})

describe("requests at the limits are sent:", () => {
  it.effect("$update does not count as a level of meta", () =>
    Effect.gen(function* () {
      const request = { meta: { $update: meta(123) } }
      assert.deepStrictEqual(yield* sent(update(request)), [request])
      yield* expectRefused(update({ meta: { $update: meta(124) } }), `meta.$update.d${".d.0".repeat(2)}.d.…`)
      yield* expectRefused(create(request), `meta.$update${".d.0".repeat(3)}.…`)
    })
  )

  it.effect("the first and the last time of verifiedAt", () =>
    Effect.gen(function* () {
      for (const verifiedAt of [-62_167_219_200_000, 253_402_300_799_999]) {
        assert.deepStrictEqual(yield* sent(create({ verifiedAt })), [{ verifiedAt }])
      }
    })
  )

  it.effect("a body of exactly 1 MiB", () =>
    Effect.gen(function* () {
      const description = "x".repeat(1_048_576 - '{"description":""}'.length)
      assert.lengthOf(yield* sent(create({ description })), 1)
      yield* expectRefused(create({ description: `${description}x` }), "request")
    })
  )

  it.effect("a name in parentheses, and an id of 1,024 characters", () =>
    Effect.gen(function* () {
      for (const contactId of ["(Ada Lovelace)", "(", "()x", "a@b", "é".repeat(1024)]) {
        assert.lengthOf(yield* sent(Contact.delete(contactId)), 1)
      }
    })
  )
})

describe("a reply about another contact", () => {
  const other = "cmwsk55x8000com7dj9qcuwx7"
  const byId: Readonly<Record<string, (contactId: string) => Call>> = {
    fetch: Contact.fetch,
    update: (contactId) => Contact.update(contactId, { nick: "ada" }),
    delete: Contact.delete
  }
  const about = (contactId: string) => Fake.script(Fake.json(200, Fake.contact(contactId)))

  it.effect.each(Object.entries(byId))("to %s is an UnexpectedResponse", ([, call]) =>
    Effect.gen(function* () {
      const fake = about(other)
      const error = yield* Fake.failureOf(Effect.provide(call(id), Fake.layer(fake)))
      assert.deepInclude(error, { _tag: "UnexpectedResponse", outcome: "unknown", status: 200, attempts: 1 })
      assert.lengthOf(fake.sent, 1)
    })
  )

  it.effect.each(Object.entries(byId))("to %s is accepted if the caller gave a name, or the id in blanks", ([, call]) =>
    Effect.gen(function* () {
      yield* Fake.successOf(Effect.provide(call("(Ada)"), Fake.layer(about(other))))
      yield* Fake.successOf(Effect.provide(call(` ${id}\n`), Fake.layer(about(id))))
      // A database may compare ids without regard to case.
      yield* Fake.successOf(Effect.provide(call(id.toUpperCase()), Fake.layer(about(id))))
    })
  )
})
