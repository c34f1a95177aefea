import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as PlainJson from "../../../../src/internal/call/request/PlainJson.ts"

const copied = (request: unknown, options?: PlainJson.CopyOptions) =>
  Result.getOrThrow(PlainJson.copy(request, options))

const problem = (request: unknown, options?: PlainJson.CopyOptions) =>
  Result.match(PlainJson.copy(request, options), {
    onFailure: ({ field }) => field,
    onSuccess: () => "copied"
  })

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })

describe("copy", () => {
  it("copies plain JSON into objects of its own", () => {
    const request = { name: "Zoë", meta: { list: [1, null, true, { a: "b" }] } }
    const copy = copied(request)
    assert.deepStrictEqual(copy, request)
    request.meta.list.length = 0
    assert.notDeepEqual(copy, request)
  })

  it("leaves out members that are undefined, unless they are kept", () => {
    assert.deepStrictEqual(copied({ name: undefined, email: "a" }), { email: "a" })
    assert.deepStrictEqual(copied({ name: undefined }, { keepsUndefined: true }), { name: undefined })
  })

  it("reads each member once", () => {
    let reads = 0
    const request = {
      get name() {
        return `read ${++reads}`
      }
    }
    assert.deepStrictEqual(copied(request), { name: "read 1" })
    assert.strictEqual(reads, 1)
  })

  it("accepts an object of another realm or without a prototype", () => {
    assert.deepStrictEqual(copied({ meta: Object.assign(Object.create(null), { a: 1 }) }), { meta: { a: 1 } })
  })

  it.each([
    ["a date", { meta: { born: new Date(0) } }, "meta.born"],
    ["an instance of a class", { meta: new Map() }, "meta"],
    ["a function", { meta: { f: () => 1 } }, "meta.f"],
    ["a bigint", { meta: { n: 1n } }, "meta.n"],
    ["a symbol", { meta: { s: Symbol("s") } }, "meta.s"],
    ["NaN", { meta: { n: [Number.NaN] } }, "meta.n.0"],
    ["infinity", { meta: { n: Number.POSITIVE_INFINITY } }, "meta.n"],
    ["a lone surrogate", { name: "\ud800" }, "name"],
    ["a __proto__ key", { meta: JSON.parse('{"__proto__":{}}') }, "meta.__proto__"],
    ["undefined in an array", { meta: { list: [undefined] } }, "meta.list.0"]
  ])("refuses %s, and names the field", (_name, request, field) => {
    assert.strictEqual(problem(request), field)
  })

  it("refuses a member that cannot be read, and a proxy that throws", () => {
    const throwing = {
      get name(): string {
        throw new Error("secret")
      }
    }
    assert.strictEqual(problem(throwing), "name")
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("secret")
        }
      }
    )
    assert.strictEqual(problem(hostile), "request")
  })

  it("accepts 123 levels of meta, and refuses 124 levels and cycles", () => {
    assert.strictEqual(problem({ meta: nested(123) }), "copied")
    assert.match(problem({ meta: nested(124) }), /^meta\.a/)
    const cycle: Record<string, unknown> = {}
    cycle["a"] = cycle
    assert.match(problem({ meta: cycle }), /^meta\.a/)
  })

  it("does not count $update as a level of an update", () => {
    assert.strictEqual(problem({ meta: { $update: nested(123) } }, { isUpdate: true }), "copied")
    assert.match(problem({ meta: { $update: nested(123) } }), /^meta\.\$update/)
  })

  it("refuses a request that is too large before all of it is read", () => {
    let reads = 0
    const list = new Proxy(Array.from({ length: 10_000_000 }), {
      get: (target, key, receiver) => {
        if (key === "length") return Reflect.get(target, key, receiver)
        reads++
        return 1
      }
    })
    assert.match(problem({ meta: { list } }), /^meta\.list/)
    assert.isAtMost(reads, 1_048_577)
  })
})
