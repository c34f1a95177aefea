import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { beforeAll } from "vitest"
import * as Contact from "../../../src/Contact.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import { test } from "../support/Folder.ts"

// The in-memory API loads graphql with the first lookup. Meanwhile the test clock would run past the timeouts.
beforeAll(() => Effect.runPromise(Stream.runDrain(Contact.find()).pipe(Effect.provide(InMemory.layer()))))

/** Two good rows, a contact that is there, a duplicate, a row that the server refuses, and one that cannot be read. */
const mixed = `name,E-Mail,fingerprint
Ada,ada@example.com,crm-0001-ada-lovelace
Grace,grace@example.com,crm-0003-grace-hopper
"Alan ""the
machine""",alan@example.com,crm-0004-alan-turing-x
Grace again,,crm-0003-grace-hopper

Bad,no address,crm-0005-bad-address-x
too,many,cells,here
`

const importMixed = ["import", "FOLDER/crm.csv", "--map", "E-Mail=email", "--name", "crm"]

const seeded = Effect.flatMap(InMemory.InMemory, (api) =>
  api.seed([{ name: "Ada", email: "ada@example.com", fingerprint: "crm-0001-ada-lovelace", verifiedAt: 1 }])
)

/** The totals of the mixed file, by format. */
const totals = {
  jsonl:
    '{"name":"crm","operation":"ensure","state":"finished","rows":6,"created":2,"existing":1,"updated":0,"deleted":0,"unchanged":0,' +
    '"duplicate":1,"invalid":2,"failed":0,"unknown":0,"notSent":0}\n',
  json: `{
  "name": "crm",
  "operation": "ensure",
  "state": "finished",
  "rows": 6,
  "created": 2,
  "existing": 1,
  "updated": 0,
  "deleted": 0,
  "unchanged": 0,
  "duplicate": 1,
  "invalid": 2,
  "failed": 0,
  "unknown": 0,
  "notSent": 0
}
`,
  yaml: `name: crm
operation: ensure
state: finished
rows: 6
created: 2
existing: 1
updated: 0
deleted: 0
unchanged: 0
duplicate: 1
invalid: 2
failed: 0
unknown: 0
notSent: 0
`,
  csv:
    "dryRun,name,operation,state,reason,rows,created,existing,updated,deleted,unchanged,duplicate,invalid,failed,unknown,notSent\r\n" +
    ",crm,ensure,finished,,6,2,1,0,0,0,1,2,0,0,0\r\n",
  table: `name  state     rows  created  existing  duplicate  invalid
crm   finished  6     2        1         1          2
`
} as const

const failedRows = "2 of 6 rows failed"
const correct = "Correct these rows, and import them again."
const errorLine = `error: ${failedRows}. ${correct}\n`
const errorObject = `${JSON.stringify({ code: "RowsFailed", outcome: "unknown", message: failedRows, next: correct })}\n`

describe("import", () => {
  for (const [format, expected] of Object.entries(totals)) {
    test(`writes the totals in ${format}`, (folder) =>
      Effect.gen(function* () {
        yield* seeded
        folder.write("crm.csv", mixed)
        const run = yield* folder.run([...importMixed, "--format", format])
        const stderr = format === "json" || format === "jsonl" ? errorObject : errorLine
        assert.deepStrictEqual(run, { stdout: expected, stderr, exitCode: 3 })
        const contacts = yield* Effect.flatMap(InMemory.InMemory, (api) => api.contacts())
        assert.sameMembers(
          contacts.map(({ name }) => name),
          ["Ada", "Grace", 'Alan "the\nmachine"']
        )
      }))
  }

  test("gives the same totals when it runs again, and sends nothing", (folder) =>
    Effect.gen(function* () {
      yield* seeded
      const api = yield* InMemory.InMemory
      folder.write("crm.csv", mixed)
      const first = yield* folder.run(importMixed)
      yield* api.clear
      const second = yield* folder.run(importMixed)
      assert.deepStrictEqual(second, {
        ...first,
        stderr: `The job crm has finished before, and nothing is sent again. Another --name makes another job.\n${errorObject}`
      })
      assert.strictEqual(yield* api.requestCount(), 0)
    }))

  test("looks only with --dry-run", (folder) =>
    Effect.gen(function* () {
      yield* seeded
      const api = yield* InMemory.InMemory
      folder.write("crm.csv", mixed)
      const args = [
        ...importMixed,
        "--dry-run",
        "--outcomes",
        "FOLDER/outcomes.jsonl",
        "--rejects",
        "FOLDER/rejects.csv"
      ]
      const run = yield* folder.run(args)
      assert.deepStrictEqual(run, {
        stdout:
          '{"dryRun":true,"name":"crm","operation":"ensure","rows":6,"created":3,"existing":1,"updated":0,"deleted":0,"unchanged":0,' +
          '"duplicate":1,"invalid":1,"failed":0,"unknown":0,"notSent":0}\n',
        stderr: `${errorObject.replace("2 of 6", "1 of 6")}`,
        exitCode: 3
      })
      assert.lengthOf(yield* api.contacts(), 1)
      assert.strictEqual(yield* api.requestCount("Contact.create"), 0)
      assert.include(folder.read("outcomes.jsonl"), '{"row":2,"outcome":"created"}\n')
      assert.strictEqual(folder.read("rejects.csv"), "name,E-Mail,fingerprint\ntoo,many,cells,here\n")
      assert.isFalse(folder.exists("effect-chatbotkit"))
    }))

  test("writes the outcomes, and the rejected rows, which can be imported again", (folder) =>
    Effect.gen(function* () {
      yield* seeded
      folder.write("crm.csv", mixed)
      const api = yield* InMemory.InMemory
      const files = ["--outcomes", "FOLDER/outcomes.csv", "--rejects", "FOLDER/rejects.csv"]
      yield* folder.run([...importMixed, ...files])
      const created = (yield* api.contacts()).find(({ name }) => name === "Grace")
      assert.deepStrictEqual(
        folder
          .read("outcomes.csv")
          .split("\r\n")
          .slice(1, 7)
          .map((line) => line.split(",").slice(0, 2)),
        [
          ["1", "existing"],
          ["2", "created"],
          ["3", "created"],
          ["4", "duplicate"],
          ["5", "invalid"],
          ["6", "invalid"]
        ]
      )
      assert.include(folder.read("outcomes.csv"), `2,created,${created?.id},,,,,\r\n`)
      const rejects = folder.read("rejects.csv")
      assert.strictEqual(
        rejects,
        "name,E-Mail,fingerprint\nBad,no address,crm-0005-bad-address-x\ntoo,many,cells,here\n"
      )
      folder.write(
        "rejects.csv",
        rejects.replace("no address", "bad@example.com").replace("too,many,cells,here", "Tim,,crm-0006-tim-xxxxxxx")
      )
      const args = ["import", "FOLDER/rejects.csv", "--map", "E-Mail=email", "--fields", "rows,created"]
      assert.deepStrictEqual(yield* folder.run(args), { stdout: '{"rows":2,"created":2}\n', stderr: "", exitCode: 0 })
    }))

  test("writes no rejected rows of a file that the job of this name was not made of", (folder) =>
    Effect.gen(function* () {
      folder.write("crm.csv", mixed)
      yield* folder.run(importMixed)
      folder.write("crm.csv", mixed.replace(/^Ada.*\n/m, ""))
      const { exitCode, stderr } = yield* folder.run([
        ...importMixed,
        "--rejects",
        "FOLDER/rejects.csv",
        "--format",
        "csv"
      ])
      assert.include(stderr, "error: The job of this name has other rows than the file")
      assert.strictEqual(exitCode, 2)
      assert.isFalse(folder.exists("rejects.csv"))
    }))

  test("reads JSON Lines from standard input, and writes rejected lines as they are", (folder) =>
    Effect.gen(function* () {
      const stdin = '{"name":"Ada"}\n\n{"name":1}\n  {"name": "Grace", "x": 1}\r\nnot json'
      const args = ["import", "-", "--input", "jsonl", "--rejects", "FOLDER/rejects.jsonl"]
      const { exitCode, stdout } = yield* folder.run(args, { stdin })
      const { name, ...counts } = JSON.parse(stdout)
      assert.match(name, /^stdin-[0-9a-f]{12}$/)
      assert.deepInclude(counts, { rows: 4, created: 1, invalid: 3 })
      assert.strictEqual(exitCode, 3)
      assert.strictEqual(folder.read("rejects.jsonl"), '{"name":1}\n  {"name": "Grace", "x": 1}\r\nnot json\n')
      const others = yield* folder.run(["import", "-", "--input", "jsonl", "--ignore-others"], { stdin })
      assert.deepInclude(JSON.parse(others.stdout), { rows: 4, created: 2, invalid: 2 })
      assert.notStrictEqual(JSON.parse(others.stdout).name, name)
    }))

  test("updates with --mode upsert, and keeps the contacts before it", (folder) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([
        { name: "A", email: "ada@example.com" },
        { name: "Grace", email: "grace@example.com" }
      ])
      folder.write(
        "crm.jsonl",
        '{"email":"ada@example.com","name":"Ada"}\n{"email":"grace@example.com","name":"Grace"}\n'
      )
      const args = [
        "import",
        "FOLDER/crm.jsonl",
        "--mode",
        "upsert",
        "--by",
        "email",
        "--outcomes",
        "FOLDER/outcomes.jsonl"
      ]
      const { exitCode, stdout } = yield* folder.run(args)
      assert.deepInclude(JSON.parse(stdout), { rows: 2, updated: 1, unchanged: 1 })
      assert.strictEqual(exitCode, 0)
      const [updated] = folder
        .read("outcomes.jsonl")
        .split("\n")
        .map((line) => JSON.parse(line || "{}"))
      assert.deepInclude(updated, { row: 1, outcome: "updated" })
      assert.deepInclude(updated.before, { name: "A", email: "ada@example.com" })
    }))

  test("sends rows again whose outcomes are not final with --resume", (folder) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.status(503) })
      folder.write("crm.jsonl", '{"name":"Ada"}\n{"name":"Grace"}\n')
      const args = [
        "import",
        "FOLDER/crm.jsonl",
        "--mode",
        "create",
        "--name",
        "my crm",
        "--rejects",
        "FOLDER/rejects.jsonl"
      ]
      const first = yield* folder.run(args)
      assert.strictEqual(first.exitCode, 3)
      const { created, failed, notSent, rows, unknown } = JSON.parse(first.stdout)
      assert.deepStrictEqual([rows, created, failed + unknown + notSent], [2, 0, 2])
      assert.strictEqual(
        JSON.parse(first.stderr).next,
        "Send the 2 rows without a final outcome again with effect-chatbotkit jobs resume 'my crm'."
      )
      assert.strictEqual(folder.read("rejects.jsonl"), "")
      yield* api.removeFaults
      assert.strictEqual((yield* folder.run(args)).exitCode, 3)
      const second = yield* folder.run([...args, "--resume"])
      assert.deepInclude(JSON.parse(second.stdout), { state: "finished", rows: 2, created: 2, notSent: 0 })
      assert.deepStrictEqual([second.stderr, second.exitCode], ["", 0])
      assert.lengthOf(yield* api.contacts(), 2)
    }))

  test("exits with 4 if the secret is refused, and goes on with another one", (folder) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      folder.write("crm.jsonl", '{"name":"Ada"}\n{"name":"Grace"}\n')
      const args = ["import", "FOLDER/crm.jsonl", "--name", "crm"]
      yield* api.inject({ fault: InMemory.Fault.status(401) })
      const first = yield* folder.run(args)
      assert.strictEqual(first.exitCode, 4)
      assert.deepInclude(JSON.parse(first.stdout), { state: "parked", reason: "Unauthorized", rows: 2, created: 0 })
      assert.deepStrictEqual(JSON.parse(first.stderr), {
        code: "SecretRefused",
        outcome: "unknown",
        message: "Job crm has stopped: the server refuses the secret",
        next: "Correct the secret, and go on with effect-chatbotkit jobs resume crm."
      })
      const stopped = yield* folder.run(args)
      assert.deepStrictEqual([stopped.stdout, stopped.exitCode], ["", 1])
      assert.deepStrictEqual(JSON.parse(stopped.stderr), {
        code: "JobStopped",
        outcome: "unknown",
        message: "Job crm is parked (Unauthorized), and 2 of 2 rows are left",
        next: "Go on with the same command and --resume, or with effect-chatbotkit jobs resume crm."
      })
      yield* api.removeFaults
      const second = yield* folder.run([...args, "--resume"])
      assert.deepStrictEqual([second.stderr, second.exitCode], ["", 0])
      assert.lengthOf(yield* api.contacts(), 2)
    }))

  test("writes a line of progress every ten seconds if standard error is no terminal, and none with --quiet", (folder) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.delay("2 seconds") })
      folder.write("crm.jsonl", Array.from({ length: 16 }, (_, index) => `{"name":"Contact ${index}"}\n`).join(""))
      const args = ["import", "FOLDER/crm.jsonl", "--concurrency", "1", "--mode", "create"]
      const lines = yield* folder.progress([...args, "--name", "a"])
      assert.isAtLeast(lines.length, 2)
      for (const line of lines.slice(1))
        assert.match(line, /^\d+ of 16 rows(?:, \d+ rows\/s, (?:\d+[ms] ?)+ left)?, 0 failed\n$/)
      assert.deepStrictEqual(yield* folder.progress([...args, "--name", "c", "--quiet"]), [])
      const quiet = yield* folder.run([...args, "--name", "b", "--quiet"])
      assert.deepStrictEqual([quiet.stderr, quiet.exitCode], ["", 0])
    }))

  test("sends at most as many requests as --rate allows", (folder) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      folder.write("crm.jsonl", Array.from({ length: 6 }, (_, index) => `{"name":"Contact ${index}"}\n`).join(""))
      const args = ["import", "FOLDER/crm.jsonl", "--mode", "create", "--rate", "2/minute"]
      assert.strictEqual((yield* folder.run(args)).exitCode, 0)
      const requests = yield* api.requests
      const times = requests.map(({ time }) => time)
      for (const [index, time] of times.slice(2).entries()) assert.isAtLeast(time - (times[index] ?? 0), 59_000)
    }))

  for (const [problem, args, message, stdin] of [
    ["a file that is not there", ["none.csv"], "The file cannot be read"],
    ["a format that is not known", ["crm.txt"], "The format of the file is not known"],
    ["a terminal", ["-", "--input", "csv"], "There is no input"],
    [
      "a map for JSON Lines",
      ["-", "--input", "jsonl", "--map", "a=name"],
      "--map and --delimiter are for CSV only",
      ""
    ],
    [
      "a field that no contact has",
      ["FOLDER/crm.csv", "--map", "E-Mail=mail"],
      "--map names a field that no contact has"
    ],
    ["--by without upsert", ["FOLDER/crm.csv", "--by", "email"], "--by is for --mode upsert only"],
    ["a rate of 0", ["FOLDER/crm.csv", "--rate", "0"], "Invalid value of --rate"],
    [
      "a column that no field has",
      ["FOLDER/crm.csv"],
      "The header of the CSV file is refused: no field has the name of a column (column 2)"
    ]
  ] as const) {
    test(`refuses ${problem}`, (folder) =>
      Effect.gen(function* () {
        folder.write("crm.csv", mixed)
        const run = yield* folder.run(["import", ...args], { stdin })
        assert.deepStrictEqual([run.stdout, run.exitCode], ["", 2])
        assert.strictEqual(JSON.parse(run.stderr).message, message)
        assert.strictEqual(yield* Effect.flatMap(InMemory.InMemory, (api) => api.requestCount()), 0)
      }))
  }
})
