import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

const seeded = Effect.flatMap(InMemory.InMemory, (api) => api.seed([CommandLine.ada, CommandLine.mallory]))
const remaining = Effect.flatMap(InMemory.InMemory, (api) =>
  Effect.map(api.contacts(), (contacts) => contacts.map(({ id }) => id))
)

const ada = "cada000000000000000000000"
const mallory = "cmallory00000000000000000"
const none = "cnone00000000000000000000"

const sampleOfAda = `Delete 1 contact:\n  ${ada}  Ada "Countess", Lovelace  ada@example.com\n`

const missing =
  '{"code":"ConfirmationMissing","outcome":"not-sent","message":"The confirmation is missing. Nothing was changed",' +
  '"next":"Give --yes, or run the command with --dry-run and give its digest with --confirm."}\n'

describe("delete", () => {
  test("shows the sample and exits with 6 without a terminal or a confirmation", () =>
    Effect.gen(function* () {
      yield* seeded
      const run = yield* CommandLine.run(["delete", ada])
      assert.deepStrictEqual(run, { stdout: "", stderr: sampleOfAda + missing, exitCode: 6 })
      assert.deepStrictEqual(yield* remaining, [ada, mallory])
    }))

  test("deletes with --yes", () =>
    Effect.gen(function* () {
      yield* seeded
      const run = yield* CommandLine.run(["delete", ada, "--yes"])
      assert.deepStrictEqual(run, { stdout: `{"id":"${ada}"}\n`, stderr: sampleOfAda, exitCode: 0 })
      assert.deepStrictEqual(yield* remaining, [mallory])
    }))

  test("shows nothing with --quiet", () =>
    Effect.gen(function* () {
      yield* seeded
      const run = yield* CommandLine.run(["delete", ada, "--yes", "--quiet"])
      assert.deepStrictEqual(run, { stdout: `{"id":"${ada}"}\n`, stderr: "", exitCode: 0 })
    }))

  for (const [typed, code, left] of [
    [["y"], 0, [mallory]],
    [["YES"], 0, [mallory]],
    [["n"], 6, [ada, mallory]],
    [[""], 6, [ada, mallory]],
    [[], 6, [ada, mallory]]
  ] as const) {
    test(`asks on a terminal, and exits with ${code} for ${JSON.stringify(typed)}`, () =>
      Effect.gen(function* () {
        yield* seeded
        const { exitCode, stderr, stdout } = yield* CommandLine.run(["delete", ada], { columns: 80, typed })
        assert.isTrue(stderr.startsWith(`${sampleOfAda}Delete 1 contact? [y/N] `))
        assert.strictEqual(stdout, code === 0 ? `id\n${ada}\n` : "")
        assert.strictEqual(exitCode, code)
        assert.deepStrictEqual(yield* remaining, [...left])
      }))
  }

  test("counts a contact that is named twice once", () =>
    Effect.gen(function* () {
      yield* seeded
      const { stderr } = yield* CommandLine.run(["delete", "--dry-run"], { stdin: `${ada}\n${ada}\n` })
      assert.strictEqual(stderr, sampleOfAda)
    }))

  test("does not ask on a terminal if the ids come from standard input", () =>
    Effect.gen(function* () {
      yield* seeded
      const { exitCode } = yield* CommandLine.run(["delete"], { columns: 80, stdin: ada, typed: ["y"] })
      assert.strictEqual(exitCode, 6)
      assert.deepStrictEqual(yield* remaining, [ada, mallory])
    }))

  test("writes the plan of a dry run, whose digest confirms the same selection only", () =>
    Effect.gen(function* () {
      yield* seeded
      const stdin = `${mallory}\n${ada}\n`
      const dry = yield* CommandLine.run(["delete", "--dry-run", "--quiet"], { stdin })
      const plan: Record<string, unknown> & { readonly digest: string } = JSON.parse(dry.stdout)
      assert.deepInclude(plan, { dryRun: true, operation: "Contact.delete", count: 2 })
      assert.deepStrictEqual([dry.stderr, dry.exitCode], ["", 0])
      assert.deepStrictEqual(yield* remaining, [ada, mallory])

      const other = yield* CommandLine.run(["delete", "--confirm", plan.digest, "--yes"], { stdin: ada })
      assert.strictEqual(other.exitCode, 6)
      assert.deepStrictEqual(yield* remaining, [ada, mallory])

      const run = yield* CommandLine.run(["delete", "--confirm", plan.digest, "--quiet"], { stdin })
      assert.deepStrictEqual(run, {
        stdout: `{"row":1,"ok":true,"id":"${mallory}"}\n{"row":2,"ok":true,"id":"${ada}"}\n`,
        stderr: "",
        exitCode: 0
      })
      assert.deepStrictEqual(yield* remaining, [])
    }))

  test("writes a result for each id, and exits with 3 if one is not found", () =>
    Effect.gen(function* () {
      yield* seeded
      const { exitCode, stdout } = yield* CommandLine.run(["delete", ada, none, mallory, "--yes"])
      const lines = stdout.split("\n")
      assert.strictEqual(lines[0], `{"row":1,"ok":true,"id":"${ada}"}`)
      assert.include(lines[1], '{"row":2,"ok":false,"code":"NotFound"')
      assert.strictEqual(lines[2], `{"row":3,"ok":true,"id":"${mallory}"}`)
      assert.strictEqual(exitCode, 3)
    }))

  test("exits with 5 if the one contact is not found", () =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* CommandLine.run(["delete", none, "--yes"])
      assert.include(stderr, '"code":"NotFound"')
      assert.strictEqual(exitCode, 5)
    }))

  test("shows at most 5 contacts, and how many more there are", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const seeds = yield* api.seed(Array.from({ length: 7 }, (_, index) => ({ name: `Contact ${index}` })))
      const stdin = seeds.map(({ id }) => `${id}\n`).join("")
      const { stderr } = yield* CommandLine.run(["delete"], { stdin })
      assert.isTrue(stderr.startsWith(`Delete 7 contacts:\n  ${seeds[0]?.id}  Contact 0\n`))
      assert.include(stderr, `  ${seeds[4]?.id}  Contact 4\n  and 2 more\n`)
    }))

  test("deletes nothing of an empty input", () =>
    Effect.gen(function* () {
      const run = yield* CommandLine.run(["delete"], { stdin: "\n" })
      assert.deepStrictEqual(run, { stdout: "", stderr: "", exitCode: 0 })
    }))

  test("escapes the control characters of the sample", () =>
    Effect.gen(function* () {
      yield* seeded
      const { stderr } = yield* CommandLine.run(["delete", mallory], { columns: 80 })
      assert.include(stderr, "日本語\\u001b[31m\\u202eevil")
    }))
})
