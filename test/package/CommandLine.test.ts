import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import * as ChildProgram from "../cli/support/ChildProgram.ts"
import { installInEmptyFolder } from "./Install.ts"

const seed = { accounts: [{ token: "sk-demo", contacts: [{ id: "ada" }, { id: "grace" }] }] }

const hasJq = spawnSync("jq", ["--version"]).error === undefined

/** The package in an empty folder. */
const application = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))
    const path = installInEmptyFolder(folder)
    writeFileSync(join(path, "seed.json"), JSON.stringify(seed))
    writeFileSync(join(path, "people.csv"), "name,email\nGrace,grace@example.com\nAlan,alan@example.com\n")
    return { folder, path }
  }),
  ({ folder }) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

describe("the packed command line", () => {
  it.live(
    "runs in an empty folder: the emulator, conformance cases against it, a list through pipes, and an import",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { path: cwd } = yield* application
          const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`
          const env = { CHATBOTKIT_API_SECRET: "sk-demo", PATH: path, XDG_DATA_HOME: cwd, npm_config_offline: "true" }
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
          if (hasJq) {
            assert.deepStrictEqual(yield* shell(`${list} --format jsonl | head -1 | jq .id`), {
              exitCode: 0,
              stderr: "",
              stdout: '"ada"\n'
            })
          } else console.log("The list is not piped into jq, which is not installed")

          const imported = "npx effect-chatbotkit import people.csv --name people --fields rows,created,invalid --quiet"
          assert.deepStrictEqual(yield* shell(`CHATBOTKIT_BASE_URL=${url} ${imported}`), {
            exitCode: 0,
            stderr: "",
            stdout: '{"rows":2,"created":2,"invalid":0}\n'
          })
          assert.deepStrictEqual(yield* shell("npx effect-chatbotkit jobs list --fields name,state,left"), {
            exitCode: 0,
            stderr: "",
            stdout: '{"name":"people","state":"finished","left":0}\n'
          })
          yield* emulator.kill("SIGTERM")
          assert.strictEqual((yield* emulator.end).stderr, `ChatBotKit emulator at ${url}\n`)
        })
      ),
    240_000
  )
})
