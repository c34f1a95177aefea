import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

const seeded = Effect.flatMap(InMemory.InMemory, (api) => api.seed([CommandLine.ada, CommandLine.mallory]))

/** The output of a list of the two contacts, by format. */
const outputs = {
  jsonl:
    '{"id":"cmallory00000000000000000","name":"日本語\\u001b[31m\u202eevil","nick":null,"meta":{"tier":null}}\n' +
    '{"id":"cada000000000000000000000","name":"Ada \\"Countess\\", Lovelace","nick":"=ada","meta":{"tier":"gold"}}\n',
  json: `[
  {
    "id": "cmallory00000000000000000",
    "name": "日本語\\u001b[31m\u202eevil",
    "nick": null,
    "meta": {
      "tier": null
    }
  },
  {
    "id": "cada000000000000000000000",
    "name": "Ada \\"Countess\\", Lovelace",
    "nick": "=ada",
    "meta": {
      "tier": "gold"
    }
  }
]
`,
  yaml: `- id: cmallory00000000000000000
  name: "日本語\\e[31m\u202eevil"
  nick: null
  meta:
    tier: null
- id: cada000000000000000000000
  name: Ada "Countess", Lovelace
  nick: '=ada'
  meta:
    tier: gold
`,
  csv:
    "id,name,nick,meta.tier\r\n" +
    "cmallory00000000000000000,日本語\u001b[31m\u202eevil,,\r\n" +
    'cada000000000000000000000,"Ada ""Countess"", Lovelace",\'=ada,gold\r\n',
  table: `id                         name                        nick  meta.tier
cmallory00000000000000000  日本語\\u001b[31m\\u202eevil
cada000000000000000000000  Ada "Countess", Lovelace    =ada  gold
`
} as const

/** The output of an empty list, by format. */
const empty = {
  jsonl: "",
  json: "[]\n",
  yaml: "[]\n",
  csv: "id,name,nick,meta.tier\r\n",
  table: "id  name  nick  meta.tier\n"
} as const

describe("list", () => {
  for (const [format, expected] of Object.entries(outputs)) {
    test(`writes ${format}`, () =>
      Effect.gen(function* () {
        yield* seeded
        const args = ["list", "--format", format, "--fields", "id,name,nick,meta.tier"]
        assert.deepStrictEqual(yield* CommandLine.run(args), { stdout: expected, stderr: "", exitCode: 0 })
      }))
  }

  for (const [format, expected] of Object.entries(empty)) {
    test(`writes an empty list in ${format}`, () =>
      Effect.gen(function* () {
        const args = ["list", "--format", format, "--fields", "id,name,nick,meta.tier"]
        assert.deepStrictEqual(yield* CommandLine.run(args), { stdout: expected, stderr: "", exitCode: 0 })
      }))
  }

  test("writes JSON Lines with all fields if standard output is no terminal", () =>
    Effect.gen(function* () {
      yield* seeded
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["list", "--order", "asc", "--take", "1"])
      assert.strictEqual(stdout, `${JSON.stringify(CommandLine.ada)}\n`)
      assert.deepStrictEqual([stderr, exitCode], ["", 0])
    }))

  test("writes a table to a terminal, that fits its width", () =>
    Effect.gen(function* () {
      yield* seeded
      const { stdout } = yield* CommandLine.run(["list"], { columns: 80 })
      assert.strictEqual(
        stdout,
        `id                         name      email     phone     nick  createdAt
cmallory00000000000000000  日本語\\…                            2023-11-14T22:13Z
cada000000000000000000000  Ada "Co…  ada@exa…  +120255…  =ada  2023-11-14T22:13Z
`
      )
    }))

  for (const format of ["jsonl", "json", "yaml", "csv", "table"]) {
    test(`escapes control characters in ${format} on a terminal`, () =>
      Effect.gen(function* () {
        yield* seeded
        const { stdout } = yield* CommandLine.run(["list", "--format", format], { columns: 200 })
        // oxlint-disable-next-line no-control-regex -- control characters are the point
        assert.notMatch(stdout, /\r(?!\n)|[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/)
      }))
  }

  test("selects by meta, cursor, order and take", () =>
    Effect.gen(function* () {
      yield* seeded
      const ids = (...args: ReadonlyArray<string>) =>
        Effect.map(CommandLine.run(["list", "--format", "csv", "--fields", "id", ...args]), ({ stdout }) =>
          stdout.split("\r\n").slice(1, -1)
        )
      const [first, second] = ["cada000000000000000000000", "cmallory00000000000000000"]
      assert.deepStrictEqual(yield* ids("--meta", "tier=gold"), [first])
      assert.deepStrictEqual(yield* ids("--meta", "tier=silver"), [])
      assert.deepStrictEqual(yield* ids("--order", "asc"), [first, second])
      assert.deepStrictEqual(yield* ids("--take", "1"), [second])
      assert.deepStrictEqual(yield* ids("--cursor", second), [first])
    }))

  const failure =
    '{"code":"ServerError","outcome":"unknown","message":"Contact.list: System error occurred (200 GENERIC_ERROR, GET /contact/list, 1 attempt, 1 received)",' +
    '"next":"List the rest with --cursor cmallory00000000000000000, or run the command again."}\n'

  for (const [format, expected] of [
    ["jsonl", '{"id":"cmallory00000000000000000"}\n'],
    ["json", '[\n  {\n    "id": "cmallory00000000000000000"\n  }\n]\n'],
    ["yaml", "- id: cmallory00000000000000000\n"],
    ["csv", "id\r\ncmallory00000000000000000\r\n"],
    ["table", "id\ncmallory00000000000000000\n"]
  ] as const) {
    test(`writes what has arrived before a failure in ${format}`, () =>
      Effect.gen(function* () {
        yield* seeded
        const api = yield* InMemory.InMemory
        yield* api.inject({ operation: "Contact.list", fault: InMemory.Fault.errorAfter(1) })
        const run = yield* CommandLine.run(["list", "--format", format, "--fields", "id"])
        assert.strictEqual(run.stdout, expected)
        assert.strictEqual(run.exitCode, 75)
        if (format === "jsonl" || format === "json") assert.strictEqual(run.stderr, failure)
        else
          assert.match(
            run.stderr,
            /^error: Contact\.list: .* List the rest with --cursor cmallory0{17}, or run the command again\.\n$/
          )
      }))
  }

  test("refuses a field that no contact has", () =>
    Effect.gen(function* () {
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["list", "--format", "csv", "--fields", "id,mail"])
      assert.strictEqual(stdout, "")
      assert.strictEqual(
        stderr,
        "error: --fields names a field that the output does not have. The fields are id, name, description, fingerprint, email, phone, " +
          "nick, preferences, verifiedAt, meta, createdAt, updatedAt. Dots go into objects, as in meta.tier.\n"
      )
      assert.strictEqual(exitCode, 2)
    }))
})
