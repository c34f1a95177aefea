import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { TestClock } from "effect/testing"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import * as Journal from "../../src/Journal.ts"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"
import * as SqlJournal from "../../src/layers/SqlJournal.ts"

const job = "crm 2026-11"
const script = join(import.meta.dirname, "../support/RecordingProcess.ts")

/** Runs a process that records outcomes, kills it after some of them, and gives the rows that it has printed. */
const killedAfter = (filename: string, count: number) =>
  Effect.callback<ReadonlyArray<number>, Error>((resume) => {
    const rows: Array<number> = []
    const child = spawn(process.execPath, [script, filename, job], { stdio: ["ignore", "pipe", "inherit"] })
    child.once("error", (error) => resume(Effect.fail(error)))
    child.once("close", () => resume(Effect.succeed(rows)))
    createInterface(child.stdout).on("line", (line) => {
      rows.push(Number(line))
      if (rows.length === count) child.kill("SIGKILL")
    })
  })

describe("the journal of a process that was killed", () => {
  it.effect(
    "has all outcomes that were recorded, and another process goes on with it",
    () =>
      Effect.gen(function* () {
        const folder = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
        const filename = `${folder}/test.db`
        const layer = SqlJournal.layer({ ownerExpiry: 20 }).pipe(Layer.provide(NodeSqlite.layer({ filename })))
        for (const count of [1, 100, 500]) {
          const recorded = yield* killedAfter(filename, count)
          assert.isAtLeast(recorded.length, count)
          const read = Effect.gen(function* () {
            const journal = yield* Effect.flatMap(Journal.Journal, (journal) => journal.open(job))
            return yield* journal.read(recorded)
          }).pipe(Effect.scoped, Effect.provide(layer))
          const entries = yield* TestClock.withLive(read)
          assert.sameMembers([...entries.keys()], [...recorded])
          for (const [row, { outcome }] of entries) {
            assert.deepStrictEqual(outcome, { row, outcome: "created", id: `c${row}` })
          }
        }
      }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)),
    { timeout: 120_000 }
  )
})
