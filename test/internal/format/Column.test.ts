import { assert, describe, it } from "@effect/vitest"
import { Option } from "effect"
import * as Column from "../../../src/internal/format/Column.ts"

const columns: ReadonlyArray<readonly [field: string, path: ReadonlyArray<string>, type: Column.MetaType]> = [
  ["email", ["email"], "text"],
  ["verifiedAt", ["verifiedAt"], "number"],
  ["meta", ["meta"], "json"],
  ["meta.tier", ["meta", "tier"], "text"],
  ["meta.a.b.c", ["meta", "a", "b", "c"], "text"],
  ["meta.a:number", ["meta", "a"], "number"],
  ["meta.a:boolean", ["meta", "a"], "boolean"],
  ["meta.a:json", ["meta", "a"], "json"],
  ["meta.a:number:text", ["meta", "a:number"], "text"],
  ["meta.a:date", ["meta", "a:date"], "text"],
  ["meta.a._b", ["meta", "a", "_b"], "text"],
  ["meta.a\nb", ["meta", "a\nb"], "text"]
]

describe("Column", () => {
  it.each(columns)("%j is a field", (field, path, type) => {
    const column = Option.getOrThrow(Column.make(field))
    assert.deepStrictEqual([...column.path], path)
    assert.strictEqual(column.type, type)
  })

  it.each([
    "",
    "Email",
    "emial",
    "toString",
    "__proto__",
    "meta.",
    "meta.a.",
    "meta..a",
    "meta._a",
    "meta.__proto__",
    "meta.:number"
  ])("%j is none", (field) => {
    assert.isTrue(Option.isNone(Column.make(field)))
  })
})
