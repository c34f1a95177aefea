import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as ChildProgram from "./support/ChildProgram.ts"
import * as Folder from "./support/Folder.ts"
import * as PseudoTerminal from "./support/PseudoTerminal.ts"

const environment = Effect.map(Emulator.Emulator, ({ url }) => ({
  HOME: "/nonexistent",
  NO_COLOR: "",
  TERM: "xterm",
  CHATBOTKIT_BASE_URL: url,
  CHATBOTKIT_API_SECRET: "sk-in-memory"
}))

const start = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(environment, (env) => ChildProgram.start(args, { env }))

const startInTerminal = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(environment, (env) => PseudoTerminal.start(args, { env }))

const test = (
  name: string,
  body: () => Effect.Effect<void, unknown, Emulator.Emulator | InMemory.InMemory | Scope.Scope>
) => it.live(name, () => Effect.scoped(Effect.provide(Effect.suspend(body), Emulator.layer())), 60_000)

const seed = (count: number) =>
  Effect.flatMap(InMemory.InMemory, (api) =>
    api.seed(Array.from({ length: count }, (_, index) => ({ name: `Contact ${index}`, createdAt: index })))
  )

describe("the program", () => {
  test("ends quietly if the reader of its output goes away, as head does", () =>
    Effect.gen(function* () {
      yield* seed(3000)
      const program = yield* start("list", "--format", "jsonl")
      yield* program.line
      yield* program.closeOutput
      assert.deepInclude(yield* program.end, { exitCode: 0, stderr: "" })
    }))

  test("exits with 130 on Ctrl-C, without a word", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seed(2)
      yield* api.inject({ operation: "Contact.list", fault: InMemory.Fault.stallAfter({ lines: 1 }) })
      const program = yield* start("list", "--fields", "name")
      yield* program.line
      yield* program.kill("SIGINT")
      assert.deepStrictEqual(yield* program.end, { exitCode: 130, stdout: '{"name":"Contact 1"}\n', stderr: "" })
    }))

  test("leaves standard input to the command if a program gives the secret", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ id: "cada000000000000000000000", name: "Ada" }])
      const folder = yield* Folder.make
      mkdirSync(join(folder.path, "effect-chatbotkit"))
      const program = JSON.stringify([process.execPath, "-p", "fs.readFileSync(0); 'sk-in-memory'"])
      folder.write("effect-chatbotkit/config.toml", `[profiles.default]\nsecretCommand = ${program}\n`)
      const env = { ...(yield* environment), XDG_CONFIG_HOME: folder.path, CHATBOTKIT_API_SECRET: "" }
      const stdin = "cada000000000000000000000\n"
      const { end } = yield* ChildProgram.start(["get", "--fields", "name"], { env, stdin })
      assert.deepStrictEqual(yield* end, { exitCode: 0, stdout: '{"name":"Ada"}\n', stderr: "" })
    }))

  test("writes all of a long output before it ends with a failure", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seed(2000)
      yield* api.inject(
        { operation: "Contact.list", times: 1, fault: InMemory.Fault.errorAfter(2000) },
        { operation: "Contact.list", fault: InMemory.Fault.status(500) }
      )
      const { exitCode, stdout } = yield* (yield* start("list", "--format", "json")).end
      assert.strictEqual(exitCode, 75)
      assert.lengthOf(JSON.parse(stdout), 2000)
    }))
})

if (PseudoTerminal.missing !== undefined) console.log(`No test in a pseudo-terminal: ${PseudoTerminal.missing}`)

describe.skipIf(PseudoTerminal.missing !== undefined)("the program in a terminal", () => {
  test("writes a table", () =>
    Effect.gen(function* () {
      yield* seed(2)
      const { exitCode, screen } = yield* (yield* startInTerminal("list", "--fields", "name,createdAt")).end
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(
        screen,
        "name       createdAt\r\nContact 1  1970-01-01T00:00Z\r\nContact 0  1970-01-01T00:00Z\r\n"
      )
    }))

  for (const [answer, code, left] of [
    ["y\n", 0, 0],
    ["n\n", 6, 1],
    // Ctrl-D and Ctrl-C.
    ["\u0004", 6, 1],
    ["\u0003", 130, 1]
  ] as const) {
    test(`asks before a delete, and exits with ${code} for ${JSON.stringify(answer)}`, () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const [contact] = yield* seed(1)
        const program = yield* startInTerminal("delete", String(contact?.id))
        yield* program.shown(/Delete 1 contact\? \[y\/N\] /)
        yield* program.type(answer)
        const { exitCode, screen } = yield* program.end
        assert.strictEqual(exitCode, code)
        assert.lengthOf(yield* api.contacts(), left)
        assert.notInclude(screen, "    at ")
      }))
  }

  test("writes an error in red", () =>
    Effect.gen(function* () {
      const { exitCode, screen } = yield* (yield* startInTerminal("get", "cnone00000000000000000000")).end
      assert.strictEqual(exitCode, 5)
      assert.isTrue(screen.startsWith("\u001b[31merror:\u001b[0m Contact.fetch: "))
      assert.isTrue(screen.endsWith(" Check the id.\r\n"))
    }))
})
