/**
 * Imports a CSV of 1,000 contacts with a journal, in a process that is killed half way. The second process goes on: no contact is made
 * twice, and each row has one outcome.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Effect, FileSystem, Redacted, Stream } from "effect"
import { Bulk, Csv } from "effect-chatbotkit"
import * as Emulator from "effect-chatbotkit/layers/Emulator"
import * as FileJournal from "effect-chatbotkit/layers/FileJournal"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import * as Node from "effect-chatbotkit/layers/Node"
import * as assert from "node:assert/strict"
import { spawn } from "node:child_process"

const rowCount = 1000

const csv = ["Name,E-Mail,Tier"]
  .concat(Array.from({ length: rowCount }, (_, index) => `Person ${index + 1},person${index + 1}@example.com,gold`))
  .join("\n")

/** The import itself. It runs in a process of its own. */
const importFile = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const counts = new Map<string, number>()
  yield* fs.stream(`${folder}/people.csv`).pipe(
    Csv.read({ columns: { Name: "name", "E-Mail": "email", Tier: "meta.tier" } }),
    Bulk.ensure({ job: "import of people", concurrency: 16 }),
    Stream.runForEach(({ outcome, row }) =>
      Effect.sync(() => {
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
        if (row % 100 === 0) console.log(`row ${row} of ${rowCount}: ${JSON.stringify(Object.fromEntries(counts))}`)
      })
    )
  )
})

/** Runs the import in another process. It is killed after this row, and otherwise has to succeed. */
const runProcess = (url: string, folder: string, killAfter?: number) =>
  Effect.callback<void>((resume) => {
    const child = spawn(process.execPath, [import.meta.filename, url, folder], { stdio: ["ignore", "pipe", "inherit"] })
    let isKilled = false
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      process.stdout.write(text)
      if (killAfter === undefined || isKilled || !text.includes(`row ${killAfter} of`)) return
      isKilled = true
      child.kill("SIGKILL")
    })
    child.on("close", (code) =>
      resume(code === 0 || isKilled ? Effect.void : Effect.die(new Error(`The import ended with code ${code}`)))
    )
  })

const main = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { url } = yield* Emulator.Emulator
  const folder = yield* fs.makeTempDirectoryScoped()
  yield* fs.writeFileString(`${folder}/people.csv`, csv)

  yield* runProcess(url, folder, 500)
  console.log("The process was killed. Another one goes on.")
  yield* runProcess(url, folder)

  const api = yield* InMemory.InMemory
  const contacts = yield* api.contacts("sk-import")
  assert.equal(contacts.length, rowCount)
  assert.equal(new Set(contacts.map(({ email }) => email)).size, rowCount)
  console.log(`${contacts.length} contacts, after ${yield* api.requestCount("Contact.ensure")} requests`)
}).pipe(Effect.scoped)

const [url, folder] = process.argv.slice(2)
const program: Effect.Effect<void, unknown, FileSystem.FileSystem> =
  url === undefined || folder === undefined
    ? Effect.provide(main, Emulator.layer())
    : importFile(folder).pipe(
        Effect.provide([
          Node.layer({ secret: Redacted.make("sk-import"), baseUrl: url }),
          FileJournal.layer(`${folder}/people.journal`)
        ])
      )
await Effect.runPromise(Effect.provide(program, NodeFileSystem.layer))
