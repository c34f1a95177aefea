import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

const seeded = Effect.flatMap(InMemory.InMemory, (api) => api.seed([CommandLine.ada, CommandLine.mallory]))
const requestCount = Effect.flatMap(InMemory.InMemory, (api) => api.requestCount())

const ada = '{"id":"cada000000000000000000000"}\n'
const mallory = '{"id":"cmallory00000000000000000"}\n'

describe("find", () => {
  for (const [args, stdout, stderr] of [
    [["--id", "cada000000000000000000000", "--id", "cnone00000000000000000000"], ada, ""],
    [["--fingerprint", "crm-0002-mallory-xxxx"], mallory, ""],
    [["--email", "ada@example.com"], ada, ""],
    [["--meta", "tier=gold"], ada, ""],
    [["--meta", "tier=silver"], "", ""],
    [["--meta-json", 'tags=["a"]'], ada, ""],
    [["--meta-json", "tier=1"], "", ""],
    [["--email", "ada@example.com", "--phone", "(202) 555-0123"], ada, ""],
    [["--email", "ada@example.com", "--phone", "+12025550124"], "", ""],
    [["--phone", "+1 202 555 0123"], ada, "The server cannot look up a phone number: reading all contacts\n"]
  ] as const) {
    test(`writes the contacts of ${args.join(" ")}`, () =>
      Effect.gen(function* () {
        yield* seeded
        const run = yield* CommandLine.run(["find", "--fields", "id", ...args])
        assert.deepStrictEqual(run, { stdout, stderr, exitCode: 0 })
      }))
  }

  test("writes one contact with --one", () =>
    Effect.gen(function* () {
      yield* seeded
      const run = yield* CommandLine.run(["find", "--email", "ada@example.com", "--one", "--format", "json"])
      const { preferences: _, ...found } = CommandLine.ada
      assert.deepStrictEqual(run, { stdout: `${JSON.stringify(found, undefined, 2)}\n`, stderr: "", exitCode: 0 })
    }))

  for (const [args, message] of [
    [["--email", "nobody@example.com"], "No contact meets the conditions"],
    [
      ["--id", "cada000000000000000000000", "--id", "cmallory00000000000000000"],
      "More than one contact meets the conditions"
    ]
  ] as const) {
    test(`exits with 5 for --one: ${message}`, () =>
      Effect.gen(function* () {
        yield* seeded
        const { exitCode, stderr, stdout } = yield* CommandLine.run(["find", "--one", ...args])
        assert.deepInclude(JSON.parse(stderr), { code: "NotOne", message })
        assert.deepStrictEqual([stdout, exitCode], ["", 5])
      }))
  }

  for (const [args, message] of [
    [[], "There is no condition"],
    [["--order", "asc"], "There is no condition"],
    [["--phone", "Ada"], "A value of --phone is not a phone number"],
    [["--meta-json", "age=old"], "A value of --meta-json is not JSON"]
  ] as const) {
    test(`refuses ${args.join(" ")}: ${message}`, () =>
      Effect.gen(function* () {
        const { exitCode, stderr, stdout } = yield* CommandLine.run(["find", ...args])
        assert.deepInclude(JSON.parse(stderr), { code: "UsageError", message })
        assert.deepStrictEqual([stdout, exitCode], ["", 2])
        assert.strictEqual(yield* requestCount, 0)
      }))
  }
})
