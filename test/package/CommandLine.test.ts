import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import * as ChildProgram from "../cli/support/ChildProgram.ts"
import { installInEmptyFolder } from "./Install.ts"

const seed = { accounts: [{ token: "sk-demo", contacts: [{ id: "ada" }, { id: "grace" }] }] }

/** The package in an empty folder. */
const application = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))
    const path = installInEmptyFolder(folder)
    writeFileSync(join(path, "seed.json"), JSON.stringify(seed))
    return { folder, path }
  }),
  ({ folder }) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

describe("the packed command line", () => {
  it.live(
    "runs in an empty folder: the emulator, conformance cases against it, and a list through a pipe",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { path: cwd } = yield* application
          const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`
          const env = { CHATBOTKIT_API_SECRET: "sk-demo", PATH: path, npm_config_offline: "true" }
          /** Runs a line in a shell. */
          const shell = (line: string) =>
            Effect.flatMap(ChildProgram.start(["-c", line], { cwd, env, program: ["sh"] }), ({ end }) => end)

          const emulator = yield* ChildProgram.start(["emulator", "--port", "0", "--seed", "seed.json"], {
            cwd,
            env,
            program: ["npx", "effect-chatbotkit"]
          })
          const url = yield* emulator.url

          const cases = "--case verbs --case success-is-200 --fields id,passed"
          assert.deepStrictEqual(yield* shell(`npx effect-chatbotkit conformance --base-url ${url} ${cases}`), {
            exitCode: 0,
            stderr: "",
            stdout: '{"id":"verbs","passed":true}\n{"id":"success-is-200","passed":true}\n'
          })

          const list = `npx effect-chatbotkit list --base-url ${url} --order asc --fields id`
          assert.deepStrictEqual(yield* shell(list), {
            exitCode: 0,
            stderr: "",
            stdout: '{"id":"ada"}\n{"id":"grace"}\n'
          })
          assert.deepStrictEqual(yield* shell(`${list} | head -1`), {
            exitCode: 0,
            stderr: "",
            stdout: '{"id":"ada"}\n'
          })
          yield* emulator.kill("SIGTERM")
          assert.strictEqual((yield* emulator.end).stderr, `ChatBotKit emulator at ${url}\n`)
        })
      ),
    240_000
  )
})
