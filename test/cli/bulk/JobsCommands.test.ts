import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { beforeAll } from "vitest"
import * as Contact from "../../../src/Contact.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import { type Folder, test } from "../support/Folder.ts"

// The in-memory API loads graphql with the first lookup. Meanwhile the test clock would run past the timeouts.
beforeAll(() => Effect.runPromise(Stream.runDrain(Contact.find()).pipe(Effect.provide(InMemory.layer()))))

/** The end of the line of a job, which depends on the time that the test took. */
const times = /"rowsPerSecond":.*$/gm

/** Imports two contacts, of which one is refused, as the job `crm`. */
const imported = (folder: Folder, ...flags: ReadonlyArray<string>) =>
  Effect.suspend(() => {
    folder.write("crm.jsonl", '{"name":"Ada","email":"ada@example.com"}\n{"name":"Grace","email":"no address"}\n')
    return folder.run(["import", "FOLDER/crm.jsonl", "--name", "crm", ...flags])
  })

const crm =
  '{"name":"crm","operation":"ensure","state":"finished","rows":2,"created":1,"existing":0,"updated":0,"deleted":0,"unchanged":0,' +
  '"duplicate":0,"invalid":1,"failed":0,"unknown":0,"notSent":0,"settled":2,"left":0,"run":1,'

/** A seed, and the upsert of it as the job `sync`. */
const synced = (folder: Folder) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.seed([{ id: "ada", name: "A", email: "ada@example.com", nick: "a" }])
    folder.write("sync.jsonl", '{"email":"ada@example.com","name":"Ada","nick":"ada"}\n{"email":"new@example.com"}\n')
    const args = ["import", "FOLDER/sync.jsonl", "--mode", "upsert", "--by", "email", "--name", "sync"]
    assert.deepInclude(JSON.parse((yield* folder.run(args)).stdout), { updated: 1, created: 1 })
  })

describe("jobs", () => {
  test("lists all jobs, the oldest first", (folder) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* folder.run(["jobs", "list"]), { stdout: "", stderr: "", exitCode: 0 })
      yield* imported(folder)
      folder.write("other.jsonl", '{"name":"Alan"}\n')
      yield* folder.run(["import", "FOLDER/other.jsonl", "--name", "another job"])
      const { exitCode, stderr, stdout } = yield* folder.run(["jobs", "list"])
      assert.deepStrictEqual([stderr, exitCode], ["", 0])
      const lines = stdout.trim().split("\n")
      assert.strictEqual(lines[0]?.replace(times, ""), crm)
      assert.deepInclude(JSON.parse(lines[1] ?? ""), { name: "another job", rows: 1, created: 1 })
      const names = yield* folder.run(["jobs", "list", "--format", "csv", "--fields", "name,state,rows,left"])
      assert.strictEqual(names.stdout, "name,state,rows,left\r\ncrm,finished,2,0\r\nanother job,finished,1,0\r\n")
    }))

  test("needs no secret but to run a job", (folder) =>
    Effect.gen(function* () {
      yield* imported(folder)
      const env = { CHATBOTKIT_API_SECRET: "" }
      for (const args of [
        ["list"],
        ["status", "crm"],
        ["outcomes", "crm"],
        ["pause", "crm"],
        ["remove", "crm", "--yes"]
      ]) {
        assert.strictEqual((yield* folder.run(["jobs", ...args], { env })).exitCode, 0, args[0])
      }
    }))

  test("has the jobs of a file of its own with --jobs", (folder) =>
    Effect.gen(function* () {
      yield* imported(folder, "--jobs", "FOLDER/jobs.db")
      assert.strictEqual((yield* folder.run(["jobs", "list"])).stdout, "")
      const { stdout } = yield* folder.run(["jobs", "list", "--jobs", "FOLDER/jobs.db"])
      assert.strictEqual(stdout.trim().replace(times, ""), crm)
      const missing = yield* folder.run(["jobs", "list", "--jobs", "FOLDER/none.db"])
      assert.deepStrictEqual(
        [missing.exitCode, JSON.parse(missing.stderr).message],
        [2, "There is no such file of jobs"]
      )
      assert.isFalse(folder.exists("none.db"))
    }))

  test("shows a job", (folder) =>
    Effect.gen(function* () {
      yield* imported(folder)
      const run = yield* folder.run(["jobs", "status", "crm"])
      assert.deepStrictEqual(
        { ...run, stdout: run.stdout.trim().replace(times, "") },
        { stdout: crm, stderr: "", exitCode: 0 }
      )
    }))

  for (const command of ["status", "pause", "resume", "cancel", "outcomes", "undo", "remove"]) {
    test(`exits with 5 if ${command} finds no job`, (folder) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* folder.run(["jobs", command, "none"]), {
          stdout: "",
          stderr:
            '{"code":"JobNotFound","outcome":"not-sent","message":"Job none: There is no job of this name",' +
            '"next":"See the jobs with effect-chatbotkit jobs list."}\n',
          exitCode: 5
        })
        assert.isFalse(folder.exists("effect-chatbotkit/jobs"))
      }))
  }

  test("writes the outcomes", (folder) =>
    Effect.gen(function* () {
      yield* imported(folder)
      const [contact] = yield* Effect.flatMap(InMemory.InMemory, (api) => api.contacts())
      const created = `{"row":1,"outcome":"created","id":"${contact?.id}"}\n`
      const invalid =
        '{"row":2,"outcome":"invalid","field":"email","description":"\\"email\\" must be a valid email"}\n'
      const all = yield* folder.run(["jobs", "outcomes", "crm"])
      assert.deepStrictEqual(all, { stdout: created + invalid, stderr: "", exitCode: 0 })
      assert.strictEqual((yield* folder.run(["jobs", "outcomes", "crm", "--failed"])).stdout, invalid)
    }))

  test("pauses a job from another terminal, whose command ends with 1, and resumes it", (folder) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.delay("1 second") })
      folder.write("crm.jsonl", Array.from({ length: 30 }, (_, index) => `{"name":"Contact ${index}"}\n`).join(""))
      const args = ["import", "FOLDER/crm.jsonl", "--name", "crm", "--mode", "create", "--concurrency", "1"]
      const run = yield* folder.runUntil(args, ["jobs", "pause", "crm"])
      assert.strictEqual(run.exitCode, 1)
      const { created, notSent, state } = JSON.parse(run.stdout)
      assert.strictEqual(state, "paused")
      assert.strictEqual(created + notSent, 30)
      assert.isAbove(notSent, 0)
      assert.deepStrictEqual(JSON.parse(run.stderr), {
        code: "JobStopped",
        outcome: "unknown",
        message: `Job crm is paused, and ${notSent} rows of 30 are left`,
        next: "Go on with effect-chatbotkit jobs resume crm."
      })
      yield* api.removeFaults
      const resumed = yield* folder.run(["jobs", "resume", "crm"])
      assert.deepInclude(JSON.parse(resumed.stdout), { state: "finished", created: 30, notSent: 0 })
      assert.deepStrictEqual([resumed.stderr, resumed.exitCode], ["", 0])
      assert.lengthOf(yield* api.contacts(), 30)
    }))

  test("undoes updates after a confirmation, and leaves made contacts", (folder) =>
    Effect.gen(function* () {
      yield* synced(folder)
      const api = yield* InMemory.InMemory
      const missing = yield* folder.run(["jobs", "undo", "sync"])
      assert.strictEqual(missing.exitCode, 6)
      assert.isTrue(
        missing.stderr.startsWith("Undo the changes of 1 contact by the job sync:\n  ada  A  ada@example.com\n"),
        missing.stderr
      )
      const dry = JSON.parse((yield* folder.run(["jobs", "undo", "sync", "--dry-run"])).stdout)
      assert.deepInclude(dry, { dryRun: true, operation: "Jobs.undo", count: 1 })
      const changed = (yield* api.contacts()).find(({ id }) => id === "ada")
      assert.deepInclude(changed, { name: "Ada", nick: "ada" })
      const run = yield* folder.run(["jobs", "undo", "sync", "--confirm", dry.digest, "--quiet"])
      assert.deepInclude(JSON.parse(run.stdout), { name: "undo of sync", state: "finished", rows: 1, updated: 1 })
      assert.deepStrictEqual([run.stderr, run.exitCode], ["", 0])
      const restored = (yield* api.contacts()).find(({ id }) => id === "ada")
      assert.deepInclude(restored, { name: "A", nick: "a", email: "ada@example.com" })
      assert.lengthOf(yield* api.contacts(), 2)
      assert.strictEqual((yield* folder.run(["jobs", "status", "undo of sync"])).exitCode, 0)
    }))

  test("cannot undo an import that has updated nothing", (folder) =>
    Effect.gen(function* () {
      yield* imported(folder)
      const { exitCode, stderr } = yield* folder.run(["jobs", "undo", "crm", "--yes"])
      assert.deepStrictEqual([JSON.parse(stderr).code, exitCode], ["JobNotUndoable", 1])
    }))

  test("removes a job after a confirmation, with its file", (folder) =>
    Effect.gen(function* () {
      yield* imported(folder)
      const missing = yield* folder.run(["jobs", "remove", "crm"])
      assert.strictEqual(missing.exitCode, 6)
      assert.isTrue(missing.stderr.startsWith("Remove the job crm with 2 rows, of which 0 are left:\n  crm\n"))
      const run = yield* folder.run(["jobs", "remove", "crm", "--yes", "--quiet"])
      assert.deepStrictEqual(run, { stdout: '{"name":"crm","removed":true}\n', stderr: "", exitCode: 0 })
      assert.strictEqual((yield* folder.run(["jobs", "status", "crm"])).exitCode, 5)
      assert.deepStrictEqual(
        folder.files("effect-chatbotkit/jobs").filter((name) => !name.endsWith(".lock")),
        []
      )
    }))
})
