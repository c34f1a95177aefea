import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as MetaPath from "../../../../src/internal/server/lists/MetaPath.ts"

const metas = [
  {
    a: { b: "x", "": { a: 1 }, a: [1, [true, { b: null }]] },
    "a.b": "q",
    'a"b': "k",
    "a]": 1,
    b: ["x", { a: "y" }, []]
  },
  { a: ["x", "y", { a: { b: [] } }], b: "text", "": 0, '"': 1, '"a"': 2, "\n": [[[["deep"]]]], "a\\b": {}, é: "u" }
]

const parts = [
  "a",
  "b",
  "é",
  ".",
  ".",
  "[",
  "]",
  "[0]",
  "[1]",
  "[#-1]",
  "[#]",
  "[00]",
  "[-1]",
  '"',
  '""',
  '"a"',
  "\\",
  "\\n",
  '"\\u0061"',
  '"\\"',
  "a]",
  ' "',
  "#",
  "9"
]

/** The value that SQLite finds, as JSON text; null if there is none, undefined if SQLite can't read the path. */
const sqlite = (database: DatabaseSync) => {
  const statement = database.prepare("select ? -> ? as found")
  return (meta: unknown, path: string): unknown => {
    try {
      return statement.get(JSON.stringify(meta), `$.${path}`)?.["found"]
    } catch {
      return undefined
    }
  }
}

const ours = (meta: unknown, path: MetaPath.MetaPath): unknown => {
  const found = MetaPath.valueAt(meta, path)
  if (found === MetaPath.unreadable) return undefined
  return found === undefined ? null : JSON.stringify(found)
}

describe("Paths into metadata (contract 4)", () => {
  it.effect("find the values that SQLite finds, and fail where SQLite fails", () =>
    Effect.gen(function* () {
      const database = yield* Effect.acquireRelease(
        Effect.sync(() => new DatabaseSync(":memory:")),
        (opened) => Effect.sync(() => opened.close())
      )
      const find = sqlite(database)
      const counts = { found: 0, nothing: 0, fails: 0, neverReadable: 0 }
      for (let round = 0; round < 20_000; round++) {
        const length = yield* Random.nextIntBetween(1, 7)
        let path = ""
        for (let index = 0; index < length; index++) {
          path += parts[yield* Random.nextIntBetween(0, parts.length - 1)] ?? ""
        }
        const parsed = MetaPath.parse(path)
        for (const meta of metas) {
          const expected = find(meta, path)
          if (parsed === undefined) {
            // SQLite finds nothing here, unless a row makes it read up to the invalid part.
            counts.neverReadable++
            assert.include([null, undefined], expected, path)
          } else {
            assert.strictEqual(ours(meta, parsed), expected, `${path} in ${JSON.stringify(meta)}`)
            counts[expected === undefined ? "fails" : expected === null ? "nothing" : "found"]++
          }
        }
      }
      for (const count of Object.values(counts)) assert.isAbove(count, 500)
    }).pipe(Random.withSeed("paths"))
  )
})
