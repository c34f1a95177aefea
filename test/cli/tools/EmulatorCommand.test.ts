import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type * as Client from "../../../src/Client.ts"
import * as Contact from "../../../src/Contact.ts"
import * as ContactMemory from "../../../src/ContactMemory.ts"
import * as Emulator from "../../../src/layers/Emulator.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import * as Node from "../../../src/layers/Node.ts"
import * as ChildProgram from "../support/ChildProgram.ts"
import * as CommandLine from "../support/CommandLine.ts"

const { test } = CommandLine

const seed = {
  accounts: [
    { token: "sk-demo", contacts: [{ id: "ada", name: "Ada", memories: [{ text: "likes tea" }] }, { name: "Grace" }] }
  ]
}

const faults = `rules:
  - operation: Contact.create
    attempt: 1
    fault: { kind: status, status: 503 }
  - operation: Contact.export
    fault: { kind: stallAfter, at: 0 }
`

/** A folder with the files of the test. */
const folder = Effect.acquireRelease(
  Effect.sync(() => {
    const path = mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))
    writeFileSync(join(path, "seed.json"), JSON.stringify(seed))
    writeFileSync(join(path, "faults.yaml"), faults)
    return path
  }),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const clientOf = (baseUrl: string): Layer.Layer<Client.Client> =>
  Layer.orDie(Node.layer({ secret: Redacted.make("sk-demo"), baseUrl, retry: { retries: 0 } }))

/** The URL in the first line of standard output. */
const urlIn = (line: string): string => {
  const { url } = JSON.parse(line)
  return String(url)
}

describe("emulator", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it.live(`serves the files' contacts and faults, until ${signal} cuts its connections and ends it with 0`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const args = ["emulator", "--port", "0", "--seed", "seed.json", "--faults", "faults.yaml"]
          const program = yield* ChildProgram.start([...args, "--format", "jsonl"], { cwd: yield* folder })
          const line = yield* program.line
          const url = urlIn(line)
          assert.strictEqual(line, JSON.stringify({ url, accounts: 1, contacts: 2, rules: 2 }))
          yield* Effect.gen(function* () {
            const contacts = yield* Stream.runCollect(Contact.list({ order: "asc" }))
            assert.deepStrictEqual(contacts.map(({ name }) => name).toSorted(), ["Ada", "Grace"])
            const memories = yield* Stream.runCollect(ContactMemory.list("ada"))
            assert.deepStrictEqual(
              memories.map(({ text }) => text),
              ["likes tea"]
            )
            assert.strictEqual((yield* Effect.flip(Contact.create({ name: "Alan" })))._tag, "ServerError")
            yield* Contact.create({ name: "Alan" })
          }).pipe(Effect.provide(clientOf(url)))
          const headers = { authorization: "Bearer sk-demo", accept: "application/jsonl" }
          const stalled = yield* Effect.promise(() => fetch(`${url}/api/v1/contact/export`, { headers }))
          yield* program.kill(signal)
          assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.tryPromise(() => stalled.text()))))
          assert.strictEqual(yield* program.line, "")
          assert.deepInclude(yield* program.end, { exitCode: 0, stderr: `ChatBotKit emulator at ${url}\n` })
        })
      )
    )
  }

  for (const [format, output] of [
    ["table", () => ""],
    ["json", () => "{"],
    ["yaml", (url: string) => `url: ${url}`],
    ["csv", () => "url,accounts,contacts,rules"]
  ] as const) {
    it.live(
      `writes the URL to standard error, and an object to standard output unless the format is table: ${format}`,
      () =>
        Effect.scoped(
          Effect.gen(function* () {
            const program = yield* ChildProgram.start(["emulator", "--port", "0", "--format", format])
            const url = yield* program.url
            assert.strictEqual(format === "table" ? "" : yield* program.line, output(url))
            yield* program.kill("SIGTERM")
            assert.deepInclude(yield* program.end, { exitCode: 0, stderr: `ChatBotKit emulator at ${url}\n` })
          })
        )
    )
  }

  it.live("writes nothing to standard error with --quiet", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const program = yield* ChildProgram.start(["emulator", "--port", "0", "--format", "jsonl", "--quiet"])
        assert.match(yield* program.line, /^\{"url":"http:\/\/127\.0\.0\.1:\d+",/)
        yield* program.kill("SIGTERM")
        assert.deepInclude(yield* program.end, { exitCode: 0, stderr: "" })
      })
    )
  )

  const refused: ReadonlyArray<readonly [args: ReadonlyArray<string>, message: string, next: string, code: string]> = [
    [["--seed", "none.json"], "--seed: the file: it cannot be read", "Correct the file.", "InvalidFile"],
    [["--faults", "none.json"], "--faults: the file: it cannot be read", "Correct the file.", "InvalidFile"],
    [["--port", "65536"], "--port must be from 0 to 65535", "Give another --port.", "UsageError"]
  ]
  for (const [args, message, next, code] of refused) {
    test(`does not start with ${args.join(" ")}`, () =>
      Effect.gen(function* () {
        const stderr = `${JSON.stringify({ code, outcome: "not-sent", message, next })}\n`
        assert.deepStrictEqual(yield* CommandLine.run(["emulator", ...args]), { stdout: "", stderr, exitCode: 2 })
      }))
  }

  it.effect("names the place of the problem in a file", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "seed.json")
      const { stderr, ...run } = yield* CommandLine.run(["emulator", "--faults", path, "--format", "table"])
      assert.deepStrictEqual(run, { stdout: "", exitCode: 2 })
      assert.strictEqual(stderr, "error: --faults: accounts: There is no such field. Correct the file.\n")
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  test("says that the port is in use", () =>
    Effect.gen(function* () {
      const { url } = yield* Emulator.Emulator
      const { port } = new URL(url)
      const args = ["emulator", "--format", "table", "--port", port]
      assert.deepStrictEqual(yield* CommandLine.run(args), {
        stdout: "",
        stderr: `error: Port ${port} is in use. Give another --port, or 0 for a free one.\n`,
        exitCode: 1
      })
    }).pipe(Effect.provide(Emulator.layer())))
})
