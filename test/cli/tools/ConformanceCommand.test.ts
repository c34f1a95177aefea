import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LiveRun from "../../../src/conformance/LiveRun.ts"
import * as Report from "../../../src/conformance/Report.ts"
import * as Emulator from "../../../src/layers/Emulator.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import * as ChildProgram from "../support/ChildProgram.ts"
import * as CommandLine from "../support/CommandLine.ts"

const { casesForAnyServer } = LiveRun

const total = casesForAnyServer.length

/** The report if all cases pass. */
const report = Report.live(
  LiveRun.resultsOf(
    casesForAnyServer.map((self) => [self, { problems: [], brokenInvariants: [], replies: [] }] as const)
  )
)

/** The notes on the progress. */
const notes = Array.from(
  { length: Math.floor(total / 100) },
  (_, index) => `${(index + 1) * 100} of ${total} cases\n`
).join("")

/** The output of two cases that pass, by format. */
const outputs = {
  table: `id              passed  clauses
verbs           true    ["0.verbs","6.405","6.odd.verb","6.order.verb"]
success-is-200  true    ["0.success","3.1.create","3.1.ensure","3.1.update","3.…
`,
  jsonl: `{"id":"verbs","passed":true,"clauses":["0.verbs","6.405","6.odd.verb","6.order.verb"]}
{"id":"success-is-200","passed":true,"clauses":["0.success","3.1.create","3.1.ensure","3.1.update","3.1.delete","3.1.fetch"]}
`,
  json: `[
  {
    "id": "verbs",
    "passed": true,
    "clauses": [
      "0.verbs",
      "6.405",
      "6.odd.verb",
      "6.order.verb"
    ]
  },
  {
    "id": "success-is-200",
    "passed": true,
    "clauses": [
      "0.success",
      "3.1.create",
      "3.1.ensure",
      "3.1.update",
      "3.1.delete",
      "3.1.fetch"
    ]
  }
]
`,
  csv:
    "id,passed,clauses\r\n" +
    'verbs,true,"[""0.verbs"",""6.405"",""6.odd.verb"",""6.order.verb""]"\r\n' +
    'success-is-200,true,"[""0.success"",""3.1.create"",""3.1.ensure"",""3.1.update"",""3.1.delete"",""3.1.fetch""]"\r\n',
  yaml: `- id: verbs
  passed: true
  clauses:
    - 0.verbs
    - '6.405'
    - 6.odd.verb
    - 6.order.verb
- id: success-is-200
  passed: true
  clauses:
    - 0.success
    - 3.1.create
    - 3.1.ensure
    - 3.1.update
    - 3.1.delete
    - 3.1.fetch
`
} as const

/** Runs the command against an emulator. */
const conformance = (baseUrl: string, ...args: ReadonlyArray<string>) =>
  CommandLine.run(["conformance", "--base-url", baseUrl, ...args])

/** An emulator, and the client of sockets. */
const emulator = (options?: Emulator.Options) => Layer.merge(NodeHttpClient.layerUndici, Emulator.layer(options))

describe("conformance", () => {
  for (const [format, stdout] of Object.entries(outputs)) {
    it.live(`writes the outcomes of the cases: ${format}`, () =>
      Effect.gen(function* () {
        const { url } = yield* Emulator.Emulator
        const args = ["--case", "verbs", "--case", "success-is-200", "--fields", "id,passed,clauses"]
        const run = yield* conformance(url, "--format", format, ...args)
        assert.deepStrictEqual(run, { stdout, stderr: "", exitCode: 0 })
      }).pipe(Effect.provide(emulator()))
    )
  }

  it.live("runs all cases, and writes the report and notes on the progress", () =>
    Effect.gen(function* () {
      const { url } = yield* Emulator.Emulator
      const run = yield* conformance(url, "--format", "table")
      assert.deepStrictEqual(run, { stdout: `${report}\n`, stderr: notes, exitCode: 0 })
    }).pipe(Effect.provide(emulator()))
  )

  it.live("exits with 3 if a case fails, and names its problem", () =>
    Effect.gen(function* () {
      const { url } = yield* Emulator.Emulator
      const { exitCode, stderr, stdout } = yield* conformance(url, "--quiet", "--case", "verbs")
      assert.strictEqual(exitCode, 3)
      assert.match(stdout, /^\{"id":"verbs","passed":false,"clauses":\[.*\],"problems":\["step \d+, .*503.*"\]\}\n$/)
      const error = {
        code: "RowsFailed",
        outcome: "unknown",
        message: "1 of 1 cases fail",
        next: "Compare the problems of the cases with docs/wire-contract.md."
      }
      assert.strictEqual(stderr, `${JSON.stringify(error)}\n`)
    }).pipe(
      Effect.provide(
        emulator({ faults: [{ operation: "Contact.create", attempt: 1, fault: InMemory.Fault.status(503) }] })
      )
    )
  )

  it.live("exits with 130 on Ctrl-C, and leaves no contact", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { url } = yield* Emulator.Emulator
        const args = ["conformance", "--base-url", url, "--format", "jsonl", "--fields", "id", "--quiet"]
        const program = yield* ChildProgram.start(args, { env: { CHATBOTKIT_API_SECRET: "sk-in-memory" } })
        // The case after the first one is under way.
        assert.strictEqual(yield* program.line, '{"id":"verbs"}')
        yield* program.kill("SIGINT")
        assert.deepInclude(yield* program.end, { exitCode: 130, stderr: "" })
        const api = yield* InMemory.InMemory
        assert.deepStrictEqual(yield* api.contacts(), [])
      })
    ).pipe(Effect.provide(Emulator.layer()))
  )

  for (const [args, code, exitCode] of [
    [[], "UsageError", 2],
    [["--base-url", "http://127.0.0.1:1", "--case", "none"], "UsageError", 2],
    [["--base-url", "example.com"], "UsageError", 2],
    [["--base-url", "http://127.0.0.1:1/path"], "UsageError", 2],
    [["--base-url", "https://example.com"], "ConfirmationMissing", 6],
    [["--base-url", "http://127.0.0.1.example.com"], "ConfirmationMissing", 6]
  ] as const) {
    CommandLine.test(`sends nothing with ${args.join(" ") || "no flag"}`, () =>
      Effect.gen(function* () {
        const run = yield* CommandLine.run(["conformance", ...args])
        assert.deepInclude(run, { stdout: "", exitCode })
        assert.deepInclude(JSON.parse(run.stderr), { code })
        const api = yield* InMemory.InMemory
        assert.strictEqual(yield* api.requestCount(), 0)
      })
    )
  }

  it.effect("runs no case if the server refuses the secret", () =>
    Effect.gen(function* () {
      const { url } = yield* Emulator.Emulator
      const env = { CHATBOTKIT_API_SECRET: "wrong" }
      const run = yield* CommandLine.run(["conformance", "--base-url", url], { env })
      assert.deepInclude(run, { stdout: "", exitCode: 4 })
      const api = yield* InMemory.InMemory
      assert.strictEqual(yield* api.requestCount(), 1)
    }).pipe(Effect.provide(emulator()))
  )
})
