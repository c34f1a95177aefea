import { assert, describe, it } from "@effect/vitest"
import manifest from "js-yaml/package.json" with { type: "json" }
import * as NumericText from "../../../../src/internal/server/contacts/NumericText.ts"
import * as Assumptions from "../../../../src/internal/server/Assumptions.ts"
import * as ContactJson from "../../../../src/internal/server/contacts/ContactJson.ts"
import type { ContactRecord } from "../../../../src/internal/server/store/Store.ts"

describe("Numbers in text (contract 2)", () => {
  const unsafe = Number.POSITIVE_INFINITY
  const cases: ReadonlyArray<readonly [text: string, number: number | undefined]> = [
    ["0", 0],
    ["-0", 0],
    ["7", 7],
    [" 7\n", 7],
    ["+7", 7],
    ["007", 7],
    ["-007.50", -7.5],
    ["1.", 1],
    [".5", 0.5],
    ["-.5", -0.5],
    ["1e3", 1000],
    ["1.10E2", 110],
    ["10e-1", 1],
    ["1e-7", 1e-7],
    ["0.0000001", 1e-7],
    ["9007199254740991", 9_007_199_254_740_991],
    ["9007199254740993", unsafe],
    ["12345678.12345678901234567890", unsafe],
    ["1e400", unsafe],
    ["", undefined],
    [" ", undefined],
    ["x", undefined],
    ["1x", undefined],
    ["1 2", undefined],
    ["0x10", undefined],
    ["1_0", undefined],
    ["Infinity", undefined],
    ["NaN", undefined],
    ["\u0661", undefined]
  ]
  for (const [text, number] of cases) {
    it(`${JSON.stringify(text)} -> ${number}`, () => assert.strictEqual(NumericText.parse(text), number))
  }
})

describe("YAML (contract 5.4)", () => {
  const contact: ContactRecord = {
    id: "a",
    account: "b",
    name: "",
    description: "",
    fingerprint: "f",
    email: null,
    phone: null,
    nick: null,
    preferences: null,
    verifiedAt: null,
    meta: null,
    createdAt: 1,
    updatedAt: 1
  }
  const cases: ReadonlyArray<readonly [meta: ContactRecord["meta"], yaml: string]> = [
    [null, "{}\n"],
    [{ a: ["1_0", "1e1000", "0x1_F", "1_000.5"] }, "a:\n  - 1_0\n  - 1e1000\n  - 0x1_F\n  - 1_000.5\n"],
    [{ a: "x ".repeat(100) + "y" }, `a: ${"x ".repeat(100)}y\n`],
    [{ b: { c: 1 }, a: { c: 1 } }, "b:\n  c: 1\na:\n  c: 1\n"],
    [{ "#a": 1, b: { "#c": 1 } }, "b: {}\n"],
    [{ toString: "x", a: { toString: 1 } }, "toString: x\na:\n  toString: 1\n"],
    [
      { n: Number.NaN, i: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] },
      "'n': $NaN\ni:\n  - $Infinity\n  - '-$Infinity'\n"
    ],
    [{}, "{}\n"],
    [{ a: [], b: {} }, "a: []\nb: {}\n"],
    [
      { a: 1, b: true, c: null, d: 1.5, e: 1e21, f: 1e-7, g: -0 },
      "a: 1\nb: true\nc: null\nd: 1.5\ne: 1e+21\nf: 1.e-7\ng: -0.0\n"
    ],
    [{ a: { b: { c: 1 } } }, "a:\n  b:\n    c: 1\n"],
    [
      { a: [1, [2, [3]], { b: 1, c: [4] }, {}] },
      "a:\n  - 1\n  - - 2\n    - - 3\n  - b: 1\n    c:\n      - 4\n  - {}\n"
    ],
    [
      { a: ["x y", "A-b_c.d", "http://x.y/z?a=b", "a#b", "a:b"] },
      "a:\n  - x y\n  - A-b_c.d\n  - http://x.y/z?a=b\n  - a#b\n  - a:b\n"
    ],
    [
      { a: ["", "30", "1.5", "true", "null", "~", "yes", "n"] },
      "a:\n  - ''\n  - '30'\n  - '1.5'\n  - 'true'\n  - 'null'\n  - '~'\n  - 'yes'\n  - 'n'\n"
    ],
    [
      { a: ["2024-01-01", "12:30", "a: b", "a #b", "- a", "it's", "'q'", " a", "a:", "@a"] },
      "a:\n  - '2024-01-01'\n  - '12:30'\n  - 'a: b'\n  - 'a #b'\n  - '- a'\n  - it's\n  - '''q'''\n  - ' a'\n  - 'a:'\n  - '@a'\n"
    ],
    [{ a: "l1\nl2" }, "a: |-\n  l1\n  l2\n"],
    [{ a: "l1\n\nl2\n" }, "a: |\n  l1\n\n  l2\n"],
    [{ a: "l1\n\n" }, "a: |+\n  l1\n\n"],
    [{ a: " l1\nl2" }, "a: |2-\n   l1\n  l2\n"],
    [{ a: ["l1\nl2"] }, "a:\n  - |-\n    l1\n    l2\n"],
    [{ a: "t\tb", b: "\u0000\u001b\u0001\u2028\uFEFF" }, 'a: "t\\tb"\nb: "\\0\\e\\x01\\L\\uFEFF"\n'],
    [{ "": 1, "a b": 1, "1": 1, y: 1, "a\nb": 1 }, "'1': 1\n'': 1\na b: 1\n'y': 1\n\"a\\nb\": 1\n"],
    [{ a: "日本 😀 é" }, "a: 日本 😀 é\n"]
  ]
  for (const [value, yaml] of cases) {
    it(`${JSON.stringify(value).slice(0, 70)}`, () =>
      assert.strictEqual(ContactJson.exportCsv.cells({ ...contact, meta: value })?.at(-1), yaml))
  }

  it("is written by the assumed version of js-yaml", () =>
    assert.match(manifest.version, new RegExp(`^${Assumptions.yamlVersion.replace(".", "\\.")}\\.`)))
})
