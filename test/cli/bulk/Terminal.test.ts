import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Emulator from "../../../src/layers/Emulator.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import * as PseudoTerminal from "../support/PseudoTerminal.ts"

if (PseudoTerminal.missing !== undefined) console.log(`No test in a pseudo-terminal: ${PseudoTerminal.missing}`)

const rowCount = 300

/** A folder with a file of contacts. */
const folder = Effect.acquireRelease(
  Effect.sync(() => {
    const path = mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))
    const lines = Array.from(
      { length: rowCount },
      (_, index) => `Contact ${index + 1},contact-${index + 1}@example.com\n`
    )
    writeFileSync(join(path, "crm.csv"), `name,email\n${lines.join("")}`)
    return path
  }),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const onTerminal = Effect.gen(function* () {
  const cwd = yield* folder
  const { url } = yield* Emulator.Emulator
  const env = { CHATBOTKIT_API_SECRET: "sk-in-memory", CHATBOTKIT_BASE_URL: url, XDG_DATA_HOME: cwd, HOME: cwd }
  return (args: ReadonlyArray<string>, columns = 100) => PseudoTerminal.start(args, { cwd, columns, env })
})

/** The lines that a terminal has shown, those that were written over too. */
const linesOf = (screen: string): ReadonlyArray<string> => screen.split(/[\r\n]+/).filter((line) => line !== "")

/** The Ctrl-C key. */
const interrupt = "\u0003"

const layer = Layer.fresh(Emulator.layer())

describe.skipIf(PseudoTerminal.missing !== undefined)("import in a terminal", () => {
  it.live(
    "shows its progress, is paused by Ctrl-C, and goes on with --resume: each contact is made once",
    () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.delay("50 millis") })
        const start = yield* onTerminal
        const command = ["import", "crm.csv", "--mode", "create", "--concurrency", "4"]

        const first = yield* start(command)
        yield* first.shown(/\d+\/300 rows {2}[1-9]\d* rows\/s/)
        yield* first.type(interrupt)
        const paused = yield* first.end
        assert.strictEqual(paused.exitCode, 130)
        const last = linesOf(paused.screen).at(-1) ?? ""
        const [, done = "", name = ""] =
          /^Paused: (\d+) of 300 rows are done\. Go on with the same command and --resume, or with effect-chatbotkit jobs resume (crm\.csv-\w+)\.$/.exec(
            last
          ) ?? []
        assert.notStrictEqual(name, "", last)
        assert.isBelow(Number(done), rowCount)
        // The rows under way have ended: no contact is made that the journal does not have.
        assert.lengthOf(yield* api.contacts(), Number(done))

        const stopped = yield* (yield* start([...command, "--format", "json"])).end
        assert.strictEqual(stopped.exitCode, 1)
        assert.include(stopped.screen, `"code":"JobStopped"`)
        assert.include(stopped.screen, "--resume")

        const second = yield* start([...command, "--resume", "--format", "json"])
        const { exitCode, screen } = yield* second.end
        assert.strictEqual(exitCode, 0)
        assert.include(screen, `"state": "finished"`)
        assert.include(screen, `"created": 300`)
        const contacts = yield* api.contacts()
        assert.lengthOf(contacts, rowCount)
        assert.strictEqual(new Set(contacts.map(({ email }) => email)).size, rowCount)
      }).pipe(Effect.scoped, Effect.provide(layer)),
    120_000
  )

  it.live(
    "goes on by itself after a kill",
    () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.delay("50 millis") })
        const start = yield* onTerminal
        const command = ["import", "crm.csv", "--mode", "create", "--concurrency", "4"]
        const killed = yield* start(command)
        yield* killed.shown(/[1-9]\d*\/300 rows/)
        // Ctrl-\, which no handler catches.
        yield* killed.type("\u001c")
        yield* killed.end
        assert.isBelow((yield* api.contacts()).length, rowCount)
        const { exitCode, screen } = yield* (yield* start([...command, "--format", "json"])).end
        assert.strictEqual(exitCode, 0)
        assert.include(screen, `"rows": 300`)
        const contacts = yield* api.contacts()
        assert.lengthOf(contacts, rowCount)
        assert.strictEqual(new Set(contacts.map(({ email }) => email)).size, rowCount)
      }).pipe(Effect.scoped, Effect.provide(layer)),
    120_000
  )

  it.live(
    "ends at once after a second Ctrl-C, and goes on later",
    () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.stall })
        const start = yield* onTerminal
        const command = ["import", "crm.csv", "--mode", "create"]
        const program = yield* start(command)
        yield* program.shown(/0\/300 rows/)
        yield* program.type(interrupt)
        yield* program.shown(/Ctrl-C again ends at once/)
        // A second signal right after the first one is the same Ctrl-C, passed on by npm.
        const again = program
          .type(interrupt)
          .pipe(Effect.repeat(Schedule.spaced("200 millis")), Effect.andThen(Effect.never))
        const { exitCode } = yield* Effect.raceFirst(program.end, again)
        assert.strictEqual(exitCode, 130)
        yield* api.removeFaults
        assert.strictEqual((yield* (yield* start([...command, "--resume"])).end).exitCode, 0)
        const contacts = yield* api.contacts()
        assert.strictEqual(new Set(contacts.map(({ email }) => email)).size, rowCount)
        assert.lengthOf(contacts, rowCount)
      }).pipe(Effect.scoped, Effect.provide(layer)),
    120_000
  )

  for (const [key, exitCode, left] of [
    ["y\r", 0, 0],
    ["n\r", 6, 2]
  ] as const) {
    it.live(
      `asks before delete-all, and exits with ${exitCode} after ${JSON.stringify(key)}`,
      () =>
        Effect.gen(function* () {
          const api = yield* InMemory.InMemory
          yield* api.seed([{ name: "Ada" }, { name: "Grace" }])
          const start = yield* onTerminal
          const program = yield* start(["delete-all", "--all"])
          yield* program.shown(/Delete 2 contacts\? \[y\/N\] /)
          yield* program.type(key)
          const end = yield* program.end
          assert.strictEqual(end.exitCode, exitCode, end.screen)
          assert.lengthOf(yield* api.contacts(), left)
        }).pipe(Effect.scoped, Effect.provide(layer)),
      120_000
    )
  }
})
