import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Stream } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import type * as Contact from "../../src/Contact.ts"
import * as Jobs from "../../src/jobs/Jobs.ts"
import * as SqliteJobs from "../../src/jobs/SqliteJobs.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Check from "./Check.ts"
import type { InputRow } from "./Input.ts"
import * as Job from "./Job.ts"

interface Stored {
  readonly input: ReadonlyArray<InputRow>
  readonly contacts: ReadonlyArray<Contact.Contact>
}

const folder = `${import.meta.dirname}/stored`
const versions = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .map((name) => name.slice(0, -".sql".length))

const restore = (filename: string, version: string) =>
  Effect.sync(() => {
    const db = new DatabaseSync(filename)
    db.exec(readFileSync(`${folder}/${version}.sql`, "utf8"))
    db.close()
  })

describe("a job whose worker was killed", () => {
  it.live.each(versions)("goes on with this release, if it is of %s", (version) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const api = yield* InMemory.InMemory
      const { contacts, input }: Stored = JSON.parse(readFileSync(`${folder}/${version}.json`, "utf8"))
      const filename = `${yield* fs.makeTempDirectoryScoped()}/jobs.sqlite`
      yield* restore(filename, version)
      yield* api.seed(contacts)
      const outcomes = yield* Effect.andThen(Job.settle, Stream.runCollect(Jobs.outcomes(Job.name))).pipe(
        Effect.provide(SqliteJobs.layer({ filename }))
      )
      assert.deepStrictEqual(Check.problems(input, outcomes, yield* api.contacts()), [])
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(InMemory.layer(), NodeFileSystem.layer)))
  )
})
