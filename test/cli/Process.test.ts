import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"

const main = join(import.meta.dirname, "../../src/cli/main.ts")

/** A running program, with what it has written so far. */
const start = Effect.fnUntraced(function* (file: string, args: ReadonlyArray<string>) {
  const { url } = yield* Emulator.Emulator
  const env = {
    ...process.env,
    HOME: "/nonexistent",
    NO_COLOR: "",
    TERM: "xterm",
    CHATBOTKIT_BASE_URL: url,
    CHATBOTKIT_API_SECRET: "sk-in-memory"
  }
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawn(file, args, { env })),
    (started) => Effect.sync(() => started.kill("SIGKILL"))
  )
  const output = { stdout: "", stderr: "" }
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
  const closed = once(child, "close")
  return {
    child,
    output,
    exitCode: Effect.map(
      Effect.promise(() => closed),
      () => child.exitCode
    )
  }
})

/** Waits until a condition holds for the output of the program. */
const until = (child: { readonly stdout: NodeJS.ReadableStream }, condition: () => boolean) =>
  Effect.promise(async () => {
    // oxlint-disable-next-line no-await-in-loop -- one part of the output after another
    while (!condition()) await once(child.stdout, "data")
  })

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
      const { child, exitCode, output } = yield* start(process.execPath, [main, "list", "--format", "jsonl"])
      yield* until(child, () => output.stdout !== "")
      child.stdout.destroy()
      assert.strictEqual(yield* exitCode, 0)
      assert.strictEqual(output.stderr, "")
    }))

  test("exits with 130 on Ctrl-C, without a word", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seed(2)
      yield* api.inject({ operation: "Contact.list", fault: InMemory.Fault.stallAfter({ lines: 1 }) })
      const { child, exitCode, output } = yield* start(process.execPath, [main, "list", "--fields", "name"])
      yield* until(child, () => output.stdout.endsWith("\n"))
      child.kill("SIGINT")
      assert.strictEqual(yield* exitCode, 130)
      assert.deepStrictEqual(output, { stdout: '{"name":"Contact 1"}\n', stderr: "" })
    }))

  test("writes all of a long output before it ends with a failure", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seed(2000)
      yield* api.inject(
        { operation: "Contact.list", times: 1, fault: InMemory.Fault.errorAfter(2000) },
        { operation: "Contact.list", fault: InMemory.Fault.status(500) }
      )
      const { exitCode, output } = yield* start(process.execPath, [main, "list", "--format", "json"])
      assert.strictEqual(yield* exitCode, 75)
      assert.lengthOf(JSON.parse(output.stdout), 2000)
    }))
})

/** The program in a pseudo-terminal, by the `script` of util-linux. */
const startInTerminal = (...args: ReadonlyArray<string>) => {
  const command = [process.execPath, main, ...args].map((arg) => `'${arg}'`).join(" ")
  return start("script", ["--quiet", "--flush", "--return", "--command", command, "/dev/null"])
}

const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true
if (!hasScript) console.log("No test in a pseudo-terminal: the script of util-linux is not installed")

describe.runIf(hasScript)("the program in a terminal", () => {
  test("writes a table", () =>
    Effect.gen(function* () {
      yield* seed(2)
      const { exitCode, output } = yield* startInTerminal("list", "--fields", "name,createdAt")
      assert.strictEqual(yield* exitCode, 0)
      assert.strictEqual(
        output.stdout,
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
        const { child, exitCode, output } = yield* startInTerminal("delete", String(contact?.id))
        yield* until(child, () => output.stdout.includes("Delete 1 contact? [y/N] "))
        child.stdin.write(answer)
        assert.strictEqual(yield* exitCode, code)
        assert.lengthOf(yield* api.contacts(), left)
        assert.notInclude(output.stdout, "    at ")
      }))
  }

  test("writes an error in red", () =>
    Effect.gen(function* () {
      const { exitCode, output } = yield* startInTerminal("get", "cnone00000000000000000000")
      assert.strictEqual(yield* exitCode, 5)
      assert.isTrue(output.stdout.startsWith("\u001b[31merror:\u001b[0m Contact.fetch: "))
      assert.isTrue(output.stdout.endsWith(" Check the id.\r\n"))
    }))
})
