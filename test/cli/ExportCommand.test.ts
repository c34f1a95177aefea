import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

const seeded = Effect.flatMap(InMemory.InMemory, (api) => api.seed([CommandLine.ada, CommandLine.mallory]))

/** A folder of the test, removed after it. */
const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const inFolder = (name: string, body: (path: string) => Effect.Effect<void, unknown, CommandLine.Needs>) =>
  test(name, () => Effect.scoped(Effect.flatMap(folder, body)))

describe("export", () => {
  test("writes JSON Lines to standard output, on a terminal too", () =>
    Effect.gen(function* () {
      yield* seeded
      const args = ["export", "--order", "asc", "--fields", "id,meta"]
      const stdout =
        '{"id":"cada000000000000000000000","meta":{"tier":"gold","tags":["a","b"]}}\n' +
        '{"id":"cmallory00000000000000000","meta":{}}\n'
      assert.deepStrictEqual(yield* CommandLine.run(args), { stdout, stderr: "", exitCode: 0 })
      assert.strictEqual((yield* CommandLine.run(args, { columns: 80 })).stdout, stdout)
    }))

  for (const [file, text] of [
    ["contacts.csv", "id,phone,nick\r\ncada000000000000000000000,'+12025550123,'=ada\r\n"],
    [
      "contacts.json",
      '[\n  {\n    "id": "cada000000000000000000000",\n    "phone": "+12025550123",\n    "nick": "=ada"\n  }\n]\n'
    ],
    ["contacts.yml", "- id: cada000000000000000000000\n  phone: '+12025550123'\n  nick: '=ada'\n"],
    ["contacts", '{"id":"cada000000000000000000000","phone":"+12025550123","nick":"=ada"}\n']
  ] as const) {
    inFolder(`writes ${file} in the format of its name, for its owner only`, (path) =>
      Effect.gen(function* () {
        yield* seeded
        const output = join(path, file)
        const args = ["export", "--output", output, "--meta", "tier=gold", "--fields", "id,phone,nick"]
        const run = yield* CommandLine.run(args)
        assert.deepStrictEqual(run, { stdout: "", stderr: "Exported 1 contact\n", exitCode: 0 })
        assert.strictEqual(readFileSync(output, "utf8"), text)
        assert.strictEqual(statSync(output).mode & 0o777, 0o600)
      })
    )
  }

  inFolder("leaves an older file as it is if the list fails", (path) =>
    Effect.gen(function* () {
      yield* seeded
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.export", fault: InMemory.Fault.errorAfter(1) })
      const output = join(path, "contacts.jsonl")
      writeFileSync(output, "older")
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["export", "-o", output])
      assert.strictEqual(stdout, "")
      assert.deepInclude(JSON.parse(stderr), { code: "ServerError", next: "Run the command again later." })
      assert.strictEqual(exitCode, 75)
      assert.strictEqual(readFileSync(output, "utf8"), "older")
      assert.deepStrictEqual(readdirSync(path), ["contacts.jsonl"])
    })
  )

  inFolder("fails for a folder that does not exist", (path) =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* CommandLine.run(["export", "-o", join(path, "none", "contacts.csv")])
      assert.deepInclude(JSON.parse(stderr), { code: "PlatformError", next: "Check the path and its permissions." })
      assert.strictEqual(exitCode, 1)
    })
  )
})
