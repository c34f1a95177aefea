import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

const ada = "cada000000000000000000000"
const times = { createdAt: 1_700_000_000_000, updatedAt: 1_700_000_001_000 }

/** A contact with two items of each kind, one of them gold, and with a secret. */
const seeded = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  yield* api.seed([{ ...CommandLine.ada, verifiedAt: 1 }])
  const pair = <A extends object>(kind: string, fields: A) => [
    { id: `${kind}1`, ...fields, ...times },
    { id: `${kind}2`, ...fields, ...times, createdAt: 1_700_000_002_000, meta: { tier: "gold" } }
  ]
  yield* api.seedConversations(ada, pair("conversation", { name: "Hello", model: "gpt" }))
  yield* api.seedMemories(ada, pair("memory", { text: "Likes blue" }))
  yield* api.seedRatings(ada, pair("rating", { value: -1, reason: "slow" }))
  yield* api.seedSpaces(ada, pair("space", { name: "Home" }))
  yield* api.seedTasks(ada, pair("task", { name: "Water", schedule: "0 9 * * *", nextRunAt: 1_700_000_003_000 }))
  yield* api.seedSecrets([
    { id: "csecret00000000000000000", name: "Calendar", kind: "personal", type: "bearer", ...times }
  ])
  return api
})

const secret = "csecret00000000000000000"

const withValue = Effect.flatMap(seeded, (api) =>
  api.seedSecretValues(ada, [{ secretId: secret, value: "canary", ...times }])
)

/** The list of each kind, and the last line of its table. */
const lists = [
  [["conversations"], "conversation", "conversation1  Hello         gpt    2023-11-14T22:13Z"],
  [["memories", "list"], "memory", "memory1  Likes blue  2023-11-14T22:13Z"],
  [["ratings"], "rating", "rating1  -1     slow                    2023-11-14T22:13Z"],
  [["spaces"], "space", "space1  Home  2023-11-14T22:13Z"],
  [["tasks"], "task", "task1  Water  0 9 * * *  idle    pending             2023-11-14T22:13Z"]
] as const

describe("the items of a contact", () => {
  for (const [command, kind, row] of lists) {
    const name = command.join(" ")

    test(`${name} lists in order, and selects`, () =>
      Effect.gen(function* () {
        yield* seeded
        const ids = (...flags: ReadonlyArray<string>) =>
          CommandLine.run([...command, ada, "--fields", "id", "--format", "csv", ...flags])
        const result = (...ids: ReadonlyArray<string>) => ({
          stdout: ["id", ...ids].map((line) => `${line}\r\n`).join(""),
          stderr: "",
          exitCode: 0
        })
        assert.deepStrictEqual(yield* ids(), result(`${kind}2`, `${kind}1`))
        assert.deepStrictEqual(yield* ids("--order", "asc"), result(`${kind}1`, `${kind}2`))
        assert.deepStrictEqual(yield* ids("--take", "1"), result(`${kind}2`))
        assert.deepStrictEqual(yield* ids("--cursor", `${kind}2`), result(`${kind}1`))
        assert.deepStrictEqual(yield* ids("--meta", "tier=gold"), result(`${kind}2`))
      }))

    test(`${name} writes a table to a terminal, and all fields as JSON Lines`, () =>
      Effect.gen(function* () {
        yield* seeded
        const table = yield* CommandLine.run([...command, ada], { columns: 200 })
        assert.strictEqual(table.stdout.trimEnd().split("\n").at(-1), row)
        const { stdout } = yield* CommandLine.run([...command, ada, "--take", "1", "--order", "asc"])
        const item: Record<string, unknown> = JSON.parse(stdout)
        assert.strictEqual(item["id"], `${kind}1`)
        const csv = yield* CommandLine.run([...command, ada, "--format", "csv", "--take", "0"])
        assert.sameMembers(csv.stdout.trim().split(","), Object.keys(item))
      }))

    test(`${name} exits with 5 if there is no such contact`, () =>
      Effect.gen(function* () {
        const { exitCode, stderr, stdout } = yield* CommandLine.run([...command, "cnone00000000000000000000"])
        assert.deepStrictEqual([stdout, exitCode], ["", 5])
        assert.include(stderr, '"code":"NotFound"')
      }))
  }

  test("memories search writes what is found", () =>
    Effect.gen(function* () {
      yield* seeded
      const run = yield* CommandLine.run(["memories", "search", ada, "blue", "--format", "csv"])
      assert.deepStrictEqual(run, {
        stdout: "id,text\r\nmemory2,Likes blue\r\nmemory1,Likes blue\r\n",
        stderr: "",
        exitCode: 0
      })
      const empty = yield* CommandLine.run(["memories", "search", ada, ""])
      assert.deepStrictEqual([empty.stdout, empty.exitCode], ["", 2])
    }))
})

describe("the secrets of a contact", () => {
  test("secrets list never writes a value", () =>
    Effect.gen(function* () {
      yield* withValue
      for (const format of ["table", "json", "jsonl", "csv", "yaml"]) {
        const run = yield* CommandLine.run(["secrets", "list", ada, "--format", format])
        assert.include(run.stdout, secret)
        assert.notInclude(JSON.stringify(run), "canary")
        assert.deepStrictEqual([run.stderr, run.exitCode], ["", 0])
      }
    }))

  test("secrets verify writes the status, and the URL if the contact has to authorize", () =>
    Effect.gen(function* () {
      yield* withValue
      assert.deepStrictEqual(yield* CommandLine.run(["secrets", "verify", ada, secret]), {
        stdout: `{"id":"${secret}","status":"authenticated"}\n`,
        stderr: "",
        exitCode: 0
      })
      yield* CommandLine.run(["secrets", "revoke", ada, secret, "--yes"])
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["secrets", "verify", ada, secret])
      assert.match(
        stdout,
        /^{"id":"csecret0+","status":"unauthenticated","action":{"type":"authenticate","url":"https?:[^"]+"}}\n$/
      )
      assert.deepStrictEqual([stderr, exitCode], ["", 0])
    }))

  test("secrets authenticate writes the URL", () =>
    Effect.gen(function* () {
      yield* seeded
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["secrets", "authenticate", ada, secret])
      assert.match(stdout, /^{"id":"csecret0+","url":"https?:[^"]+"}\n$/)
      assert.deepStrictEqual([stderr, exitCode], ["", 0])
    }))

  test("secrets revoke needs a confirmation", () =>
    Effect.gen(function* () {
      const api = yield* Effect.andThen(withValue, InMemory.InMemory)
      const refused = yield* CommandLine.run(["secrets", "revoke", ada, secret])
      assert.deepStrictEqual([refused.stdout, refused.exitCode], ["", 6])
      assert.strictEqual(yield* api.requestCount("ContactSecret.revoke"), 0)

      const plan = yield* CommandLine.run(["secrets", "revoke", ada, secret, "--dry-run"])
      const { digest }: { readonly digest: string } = JSON.parse(plan.stdout)
      assert.strictEqual(yield* api.requestCount("ContactSecret.revoke"), 0)
      const other = yield* CommandLine.run(["secrets", "revoke", ada, "@other", "--confirm", digest])
      assert.strictEqual(other.exitCode, 6)

      const revoked = yield* CommandLine.run(["secrets", "revoke", ada, secret, "--confirm", digest, "--quiet"])
      assert.deepStrictEqual(revoked, { stdout: `{"id":"${secret}"}\n`, stderr: "", exitCode: 0 })
      const again = yield* CommandLine.run(["secrets", "revoke", ada, secret, "--yes", "--quiet"])
      assert.strictEqual(again.exitCode, 1)
      assert.include(again.stderr, '"code":"AuthorizationRequired"')
    }))
})
