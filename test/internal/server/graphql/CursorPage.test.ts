import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { accountNamed, layer, numbered, remove, seed } from "../Harness.ts"
import { cursor, errorOf, found, query } from "./Queries.ts"

const id = (index: number) => `id-${String(index).padStart(4, "0")}`

/** The ids from one index to another, both included, in that order. */
const range = (from: number, to: number): ReadonlyArray<string> =>
  from <= to
    ? Array.from({ length: to - from + 1 }, (_, at) => id(from + at))
    : Array.from({ length: from - to + 1 }, (_, at) => id(from - at))

const at = (index: number) => `"${cursor(id(index))}"`

describe("Paging in GraphQL (contract 12.2)", () => {
  for (const [args, expected] of [
    ["", range(129, 110)],
    ["(order:desc)", range(129, 110)],
    ["(order:null)", range(129, 110)],
    ["(order:asc)", range(0, 19)],
    ["(first:null,last:null,after:null,before:null)", range(129, 110)],
    ["(first:3)", range(129, 127)],
    ["(first:0)", []],
    ["(first:100)", range(129, 30)],
    ["(first:101)", range(129, 30)],
    ["(first:2147483647)", range(129, 30)],
    ["(last:3)", range(2, 0)],
    ["(last:0)", []],
    ["(last:101)", range(99, 0)],
    ["(last:3,order:asc)", range(127, 129)],
    ["(first:5,last:2)", range(1, 0)],
    ["(first:2,last:5)", range(4, 0)],
    [`(after:${at(127)})`, range(126, 107)],
    [`(after:${at(127)},first:2)`, range(126, 125)],
    [`(after:${at(2)},first:50)`, range(1, 0)],
    [`(after:${at(2)},first:2,order:asc)`, range(3, 4)],
    [`(after:${at(0)})`, []],
    [`(before:${at(100)})`, range(120, 101)],
    [`(before:${at(100)},last:2)`, range(102, 101)],
    [`(before:${at(127)},last:50)`, range(129, 128)],
    [`(before:${at(3)},last:2,order:asc)`, range(1, 2)],
    [`(before:${at(129)})`, []],
    [`(after:${at(500)})`, []],
    [`(before:${at(500)})`, []],
    [`(after:"${cursor("")}")`, []]
  ] as const) {
    it.effect(`contacts${args}`, () =>
      Effect.gen(function* () {
        yield* seed(numbered(130))
        assert.deepStrictEqual(yield* found(args), expected)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("orders by the time of creation and then by id", () =>
    Effect.gen(function* () {
      yield* seed([
        { id: "b", createdAt: 2 },
        { id: "c", createdAt: 1, updatedAt: 9 },
        { id: "a", createdAt: 2 }
      ])
      assert.deepStrictEqual(yield* found("(order:asc)"), ["c", "a", "b"])
      assert.deepStrictEqual(yield* found(""), ["b", "a", "c"])
      assert.deepStrictEqual(yield* found("(last:2)"), ["a", "c"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("lists every contact once, page by page in both directions", () =>
    Effect.gen(function* () {
      yield* seed(numbered(250))
      for (const [order, all] of [
        ["asc", range(0, 249)],
        ["desc", range(249, 0)]
      ] as const) {
        const forward: Array<string> = []
        for (let after = "null"; ; after = `"${cursor(forward.at(-1) ?? "")}"`) {
          const page = yield* found(`(order:${order},first:37,after:${after})`)
          if (page.length === 0) break
          forward.push(...page)
        }
        assert.deepStrictEqual(forward, all)
        const backward: Array<string> = []
        for (let before = "null"; ; before = `"${cursor(backward[0] ?? "")}"`) {
          const page = yield* found(`(order:${order},last:37,before:${before})`)
          if (page.length === 0) break
          backward.unshift(...page)
        }
        assert.deepStrictEqual(backward, all)
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a cursor of a deleted contact gives no edges", () =>
    Effect.gen(function* () {
      yield* seed(numbered(5))
      yield* remove(id(2))
      assert.deepStrictEqual(yield* found(`(after:${at(2)})`), [])
      assert.deepStrictEqual(yield* found(`(before:${at(2)})`), [])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a cursor of another account's contact is a position, and the first own row from there on is lost", () =>
    Effect.gen(function* () {
      yield* seed(numbered(5))
      yield* seed([{ id: "theirs", createdAt: 2.5 }], yield* accountNamed("sk-other"))
      const theirs = `"${cursor("theirs")}"`
      assert.deepStrictEqual(yield* found(`(after:${theirs})`), range(1, 0))
      assert.deepStrictEqual(yield* found(`(after:${theirs},order:asc)`), range(4, 4))
      assert.deepStrictEqual(yield* found(`(before:${theirs})`), range(4, 4))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a cursor that the filter does not match loses the next match", () =>
    Effect.gen(function* () {
      yield* seed(numbered(6, (index) => ({ odd: String(index % 2 === 1) })))
      const odd = 'meta:{odd:"true"},order:asc'
      assert.deepStrictEqual(yield* found(`(${odd},after:${at(1)})`), [id(3), id(5)])
      assert.deepStrictEqual(yield* found(`(${odd},after:${at(2)})`), [id(5)])
    }).pipe(Effect.provide(layer()))
  )
})

describe("Cursors and pageInfo (contract 12.2)", () => {
  const page = (args: string) =>
    Effect.map(
      query(`{contacts${args}{edges{cursor} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}`),
      (got) => got.data.contacts
    )

  it.effect("a cursor is base64 of GPC:S: and the id", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "cmwsk55x8000com7dj9qcuwx6" }])
      assert.deepStrictEqual((yield* page("")).edges, [{ cursor: "R1BDOlM6Y213c2s1NXg4MDAwY29tN2RqOXFjdXd4Ng==" }])
    }).pipe(Effect.provide(layer()))
  )

  for (const [args, hasNextPage, hasPreviousPage, start, end] of [
    ["", false, false, 4, 0],
    ["(first:5)", false, false, 4, 0],
    ["(first:4)", true, false, 4, 1],
    [`(first:1,after:${at(2)})`, true, true, 1, 1],
    [`(first:2,after:${at(2)})`, false, true, 1, 0],
    [`(first:9,after:${at(4)})`, false, true, 3, 0],
    [`(after:${at(0)})`, false, true, undefined, undefined],
    [`(after:${at(500)})`, false, true, undefined, undefined],
    ["(first:0)", true, false, undefined, undefined],
    ["(last:5)", false, false, 4, 0],
    ["(last:4)", false, true, 3, 0],
    ["(last:0)", false, true, undefined, undefined],
    [`(last:1,before:${at(2)})`, true, true, 3, 3],
    [`(last:2,before:${at(2)})`, true, false, 4, 3],
    [`(before:${at(2)})`, true, false, 4, 3],
    [`(before:${at(4)})`, true, false, undefined, undefined],
    [`(before:${at(500)})`, true, false, undefined, undefined]
  ] as const) {
    it.effect(`pageInfo of contacts${args}`, () =>
      Effect.gen(function* () {
        yield* seed(numbered(5))
        assert.deepStrictEqual((yield* page(args)).pageInfo, {
          hasNextPage,
          hasPreviousPage,
          startCursor: start === undefined ? null : cursor(id(start)),
          endCursor: end === undefined ? null : cursor(id(end))
        })
      }).pipe(Effect.provide(layer()))
    )
  }
})

describe("Refused arguments of a page (contract 12.2 and 12.3)", () => {
  const together = (left: string, right: string) =>
    `Arguments "${left}" and "${right}" are not supported at the same time`
  const [some, other] = [`"${cursor("a")}"`, `"${cursor("b")}"`]
  for (const [args, message] of [
    ["first:-1", 'Argument "first" must be a non-negative integer'],
    ["last:-2147483648", 'Argument "last" must be a non-negative integer'],
    ["first:-1,last:-1", 'Argument "first" must be a non-negative integer'],
    [`before:${some},first:1`, together("before", "first")],
    [`after:${some},last:1`, together("after", "last")],
    [`before:${some},after:${other}`, together("before", "after")],
    [`before:${some},after:${other},first:0,last:0`, together("before", "after")],
    ['after:""', "Invalid cursor: "],
    ['before:""', "Invalid cursor: "],
    ['after:"a"', "Invalid cursor: a"],
    ["after:5", "Invalid cursor: 5"],
    [`after:"${btoa("GPC:N:5")}"`, `Invalid cursor: ${btoa("GPC:N:5")}`],
    [`after:"${btoa("gpc:s:a")}"`, `Invalid cursor: ${btoa("gpc:s:a")}`],
    [`after:"${btoa("a")}"`, `Invalid cursor: ${btoa("a")}`],
    [`after:"${cursor("ab").slice(0, -1)}"`, `Invalid cursor: ${cursor("ab").slice(0, -1)}`],
    [`after:"${cursor("a")}\\n"`, `Invalid cursor: ${cursor("a")}\n`],
    [`before:"R1BDOlM6/w=="`, "Invalid cursor: R1BDOlM6/w=="],
    ['after:"\\ud83d\\ude00"', "Invalid cursor: 😀"]
  ] as const) {
    it.effect(args, () =>
      Effect.gen(function* () {
        yield* seed([{ id: "a" }, { id: "b" }])
        assert.deepStrictEqual(yield* query(`{contacts(${args}){edges{cursor}}}`), {
          errors: [{ message, locations: [{ line: 1, column: 2 }], path: ["contacts"] }],
          data: { contacts: null }
        })
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const args of [
    "first:2147483648",
    "first:-2147483649",
    'first:"1"',
    "first:1.5",
    "first:true",
    "last:[1]",
    "order:ASC",
    'order:"asc"',
    "after:1.5",
    "take:1"
  ]) {
    it.effect(`${args} is an error of validation`, () =>
      Effect.gen(function* () {
        const got = yield* query(`{contacts(${args}){edges{cursor}}}`)
        assert.strictEqual(errorOf(got).code, "GRAPHQL_VALIDATION_FAILED")
        assert.notProperty(got, "data")
      }).pipe(Effect.provide(layer()))
    )
  }
})
