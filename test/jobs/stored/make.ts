/**
 * Makes a stored job of this release: `node test/jobs/stored/make.ts`. See README.md in this folder.
 *
 * It kills the worker of a job half way, and writes the database as SQL, beside the input of the job and the contacts that the server
 * had by then.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Effect, FileSystem, Layer } from "effect"
import { DatabaseSync } from "node:sqlite"
import packageJson from "../../../package.json" with { type: "json" }
import * as Emulator from "../../../src/layers/Emulator.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import * as FaultyApi from "../FaultyApi.ts"
import * as Input from "../Input.ts"
import * as Processes from "../Processes.ts"

const seed = "stored job"
const rows = 200
const chunkSize = 20

/** The time of a create, so that the worker is killed half way. */
const delay = 50

/** The SQL that makes a database again. */
const dump = (filename: string): string => {
  const db = new DatabaseSync(filename)
  const objects = db
    .prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    )
    .all()
  const inserts = objects.flatMap(({ name, type }) => {
    if (type !== "table") return []
    const columns = db.prepare(`SELECT name FROM pragma_table_info('${name}')`).all()
    const values = columns.map((column) => `quote("${column["name"]}")`).join(" || ', ' || ")
    return db
      .prepare(`SELECT ${values} AS line FROM "${name}" ORDER BY rowid`)
      .all()
      .map(({ line }) => `INSERT INTO "${name}" VALUES (${line});`)
  })
  db.close()
  return ["BEGIN;", ...objects.map(({ sql }) => `${sql};`), ...inserts, "COMMIT;", ""].join("\n")
}

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const api = yield* InMemory.InMemory
  const { url } = yield* Emulator.Emulator
  const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.sqlite`
  const input = Input.make(seed, rows)
  yield* FaultyApi.inject(seed, delay)
  const worker = yield* Processes.start("worker.ts", [filename, url, seed, String(rows), String(chunkSize)])
  yield* FaultyApi.untilCreates(rows / 2)
  yield* worker.signal("SIGKILL")
  yield* worker.ended
  const contacts = yield* api.contacts(FaultyApi.token)
  const base = `${import.meta.dirname}/${packageJson.version}`
  yield* fs.writeFileString(`${base}.sql`, dump(filename))
  yield* fs.writeFileString(`${base}.json`, `${JSON.stringify({ input, contacts })}\n`)
  console.log(`${base}: ${contacts.length} of ${Input.contactCount(input)} contacts were made`)
})

await Effect.runPromise(
  make.pipe(Effect.scoped, Effect.provide(Layer.merge(Emulator.layer({ requestLogLimit: 0 }), NodeFileSystem.layer)))
)
