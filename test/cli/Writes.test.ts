import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

const seeded = Effect.flatMap(InMemory.InMemory, (api) => api.seed([CommandLine.ada, CommandLine.mallory]))
const contacts = Effect.flatMap(InMemory.InMemory, (api) => api.contacts())
const requestCount = Effect.flatMap(InMemory.InMemory, (api) => api.requestCount())

const linesOf = (text: string): ReadonlyArray<unknown> =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line))

const adaId = "cada000000000000000000000"

describe("create", () => {
  test("makes a contact from flags, and writes its id", () =>
    Effect.gen(function* () {
      const args = ["create", "--name=-Ada-", "--email", "ada@example.com", "--set", "meta.tier=gold"]
      const run = yield* CommandLine.run([...args, "--set-json", "meta.address.number=12", "--set", "nick="])
      const [contact] = yield* contacts
      assert.deepStrictEqual(run, { stdout: `{"id":"${contact?.id}"}\n`, stderr: "", exitCode: 0 })
      assert.strictEqual(contact?.name, "-Ada-")
      assert.strictEqual(contact?.email, "ada@example.com")
      assert.deepStrictEqual(contact?.meta, { tier: "gold", address: { number: 12 } })
    }))

  test("fails with the code of the failure", () =>
    Effect.gen(function* () {
      yield* seeded
      const run = yield* CommandLine.run(["create", "--fingerprint", "crm-0001-ada-lovelace"])
      assert.strictEqual(run.stdout, "")
      assert.include(run.stderr, '{"code":"Conflict","outcome":"rejected"')
      assert.strictEqual(run.exitCode, 1)
    }))

  test("writes a result for each row of standard input, in order", () =>
    Effect.gen(function* () {
      yield* seeded
      const stdin = [
        '{"name":"Grace"}',
        "",
        "no JSON",
        "[1]",
        '{"name":12}',
        '{"fingerprint":"crm-0001-ada-lovelace"}',
        '{"name":"Mary","meta":{"tier":"silver"}}'
      ].join("\n")
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["create"], { stdin })
      const made = Map.groupBy(yield* contacts, ({ name }) => name)
      const lines = linesOf(stdout)
      assert.deepStrictEqual(lines[0], { row: 1, ok: true, id: made.get("Grace")?.[0]?.id })
      assert.deepInclude(lines[1], { row: 2, ok: false, code: "UnreadableRow", message: "the row is not JSON" })
      assert.deepInclude(lines[2], {
        row: 3,
        ok: false,
        code: "UnreadableRow",
        message: "the row is not a JSON object"
      })
      assert.deepInclude(lines[3], { row: 4, ok: false, code: "InvalidRequest", outcome: "not-sent" })
      assert.deepInclude(lines[4], { row: 5, ok: false, code: "Conflict", outcome: "rejected" })
      assert.deepStrictEqual(lines[5], { row: 6, ok: true, id: made.get("Mary")?.[0]?.id })
      assert.strictEqual(lines.length, 6)
      assert.deepStrictEqual(linesOf(stderr), [
        {
          code: "RowsFailed",
          outcome: "unknown",
          message: "4 of 6 rows failed",
          next: "Correct these rows, and run them again."
        }
      ])
      assert.strictEqual(exitCode, 3)
    }))

  test("reads one object over several lines, and an array", () =>
    Effect.gen(function* () {
      const one = yield* CommandLine.run(["create"], { stdin: '{\n  "name": "Grace"\n}\n' })
      assert.match(one.stdout, /^\{"row":1,"ok":true,"id":"c[a-z0-9]{24}"\}\n$/)
      const two = yield* CommandLine.run(["create"], { stdin: '[\n  {"name":"Mary"},\n  {"name":"Edith"}\n]' })
      assert.match(two.stdout, /^\{"row":1,"ok":true,.*\}\n\{"row":2,"ok":true,.*\}\n$/)
      const names = (yield* contacts).map(({ name }) => name)
      assert.sameMembers(names, ["Grace", "Mary", "Edith"])
    }))

  test("refuses a row that is not UTF-8, in an object and in an id", () =>
    Effect.gen(function* () {
      const text = Buffer.from('{"name":"Jos\u00e9"}\n', "latin1")
      const create = yield* CommandLine.run(["create"], { stdin: text })
      assert.deepInclude(linesOf(create.stdout)[0], { ok: false, message: "the text is not UTF-8" })
      const get = yield* CommandLine.run(["get"], { stdin: Buffer.from("c\u00e9\n", "latin1") })
      assert.deepInclude(linesOf(get.stderr)[0], { row: 1, message: "the text is not UTF-8" })
      assert.strictEqual(yield* requestCount, 0)
    }))

  test("makes nothing of an empty input", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* CommandLine.run(["create"], { stdin: "" }), { stdout: "", stderr: "", exitCode: 0 })
    }))

  test("does not wait for a terminal", () =>
    Effect.gen(function* () {
      const run = yield* CommandLine.run(["create"])
      assert.deepStrictEqual(run, {
        stdout: "",
        stderr:
          '{"code":"UsageError","outcome":"not-sent","message":"There is no input","next":"Give flags such as --name and --email, ' +
          'or contacts on standard input, one JSON object a line."}\n',
        exitCode: 2
      })
    }))

  test("shows the requests of a dry run, and sends nothing", () =>
    Effect.gen(function* () {
      const one = yield* CommandLine.run(["create", "--name", "Ada", "--dry-run"])
      assert.deepStrictEqual(one, { stdout: '{"dryRun":true,"request":{"name":"Ada"}}\n', stderr: "", exitCode: 0 })
      const rows = yield* CommandLine.run(["create", "--dry-run"], { stdin: '{"name":"Ada"}\n{"name":1}\n' })
      assert.strictEqual(rows.stdout, '{"row":1,"dryRun":true,"request":{"name":"Ada"}}\n')
      assert.deepInclude(linesOf(rows.stderr)[0], { row: 2, code: "InvalidRequest" })
      assert.strictEqual(rows.exitCode, 3)
      assert.strictEqual(yield* requestCount, 0)
    }))

  test("ends at the first row if the token is refused", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ fault: InMemory.Fault.status(401) })
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["create", "--concurrency", "1"], {
        stdin: '{"name":"Ada"}\n'.repeat(10)
      })
      assert.strictEqual(stdout, "")
      assert.deepInclude(linesOf(stderr)[0], { code: "Unauthorized" })
      assert.strictEqual(exitCode, 4)
      assert.strictEqual(yield* requestCount, 1)
    }))

  for (const [set, message] of [
    [["--set", "id=c1"], "--set or --set-json names a field that cannot be set"],
    [["--set", "name.first=Ada"], "--set or --set-json names a field that cannot be set"],
    [["--set", "meta.=Ada"], "--set or --set-json names a field that cannot be set"],
    [["--set-json", "meta.age=old"], "A value of --set-json is not JSON"],
    [["--set", "Ada"], "Invalid value of --set"]
  ] as const) {
    test(`refuses ${set.join(" ")}`, () =>
      Effect.gen(function* () {
        const { exitCode, stderr, stdout } = yield* CommandLine.run(["create", ...set])
        assert.deepInclude(linesOf(stderr)[0], { code: "UsageError", message })
        assert.deepStrictEqual([stdout, exitCode], ["", 2])
        assert.strictEqual(yield* requestCount, 0)
      }))
  }
})

describe("ensure", () => {
  test("finds the contact with a fingerprint, or makes it", () =>
    Effect.gen(function* () {
      const args = ["ensure", "--fingerprint", "crm-0003-grace-hopper", "--name", "Grace"]
      const first = yield* CommandLine.run(args)
      const second = yield* CommandLine.run(args)
      const [grace] = yield* contacts
      assert.deepStrictEqual(first, { stdout: `{"id":"${grace?.id}"}\n`, stderr: "", exitCode: 0 })
      assert.deepStrictEqual(second, first)
    }))

  test("refuses a short fingerprint before it sends anything", () =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* CommandLine.run(["ensure", "--fingerprint", "short"])
      assert.include(stderr, '{"code":"InvalidRequest","outcome":"not-sent"')
      assert.strictEqual(exitCode, 2)
      assert.strictEqual(yield* requestCount, 0)
    }))
})

describe("update", () => {
  test("merges members of meta, and clears fields", () =>
    Effect.gen(function* () {
      yield* seeded
      const args = ["update", adaId, "--set", "meta.city=London", "--set-json", "nick=null", "--name", "Ada"]
      const run = yield* CommandLine.run(args)
      assert.deepStrictEqual(run, { stdout: `{"id":"${adaId}"}\n`, stderr: "", exitCode: 0 })
      const [ada] = yield* contacts
      assert.deepStrictEqual(ada?.meta, { tier: "gold", tags: ["a", "b"], city: "London" })
      assert.deepStrictEqual([ada?.name, ada?.nick], ["Ada", null])
    }))

  test("replaces meta", () =>
    Effect.gen(function* () {
      yield* seeded
      yield* CommandLine.run(["update", adaId, "--set-json", 'meta={"city":"London"}'])
      assert.deepStrictEqual((yield* contacts)[0]?.meta, { city: "London" })
    }))

  test("changes a contact for each row, as a line of a list has it", () =>
    Effect.gen(function* () {
      yield* seeded
      const list = yield* CommandLine.run(["list", "--order", "asc"])
      const stdin = `${list.stdout.replaceAll('"nick":null', '"nick":"mal"')}{"name":"no id"}\n{"id":"cnone","name":"x"}\n`
      const { exitCode, stdout } = yield* CommandLine.run(["update"], { stdin })
      const lines = linesOf(stdout)
      assert.deepStrictEqual(lines[0], { row: 1, ok: true, id: adaId })
      assert.deepStrictEqual(lines[1], { row: 2, ok: true, id: "cmallory00000000000000000" })
      assert.deepInclude(lines[2], { row: 3, ok: false, code: "UsageError", message: "The change has no id" })
      assert.deepInclude(lines[3], { row: 4, ok: false, code: "NotFound" })
      assert.strictEqual(exitCode, 3)
    }))

  test("shows the request of a dry run", () =>
    Effect.gen(function* () {
      const run = yield* CommandLine.run(["update", adaId, "--set", "meta.city=London", "--dry-run"])
      assert.strictEqual(
        run.stdout,
        `{"dryRun":true,"id":"${adaId}","request":{"meta":{"$update":{"city":"London"}}}}\n`
      )
      assert.strictEqual(yield* requestCount, 0)
    }))

  for (const [args, message] of [
    [[adaId], "There is no change"],
    [["--name", "Ada"], "The change has no id"],
    [[adaId, "--set", "meta.address.city=London"], "An update sets only members at the top of meta"],
    [[adaId, "--set", "meta.a=b", "--set-json", "meta={}"], "meta is replaced and merged in one call"]
  ] as const) {
    test(`refuses ${args.join(" ")}`, () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* CommandLine.run(["update", ...args])
        assert.deepInclude(linesOf(stderr)[0], { code: "UsageError", message })
        assert.strictEqual(exitCode, 2)
      }))
  }
})

describe("get", () => {
  test("writes one contact", () =>
    Effect.gen(function* () {
      yield* seeded
      const run = yield* CommandLine.run(["get", adaId, "--format", "json", "--fields", "id,name"])
      assert.deepStrictEqual(run, {
        stdout: `{\n  "id": "${adaId}",\n  "name": "Ada \\"Countess\\", Lovelace"\n}\n`,
        stderr: "",
        exitCode: 0
      })
    }))

  test("exits with 5 if there is no such contact", () =>
    Effect.gen(function* () {
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["get", "cnone00000000000000000000"])
      assert.strictEqual(stdout, "")
      assert.match(
        stderr,
        /^\{"code":"NotFound","outcome":"rejected","message":"Contact\.fetch: .*","next":"Check the id\."\}\n$/
      )
      assert.strictEqual(exitCode, 5)
    }))

  test("writes the contacts of many ids in their order, and each failure with its row", () =>
    Effect.gen(function* () {
      yield* seeded
      const args = ["get", "--fields", "id"]
      const stdin = `cmallory00000000000000000\n\n{"id":"cnone00000000000000000000"}\n"${adaId}"\n`
      const { exitCode, stderr, stdout } = yield* CommandLine.run(args, { stdin })
      assert.strictEqual(stdout, `{"id":"cmallory00000000000000000"}\n{"id":"${adaId}"}\n`)
      const failures = linesOf(stderr)
      assert.deepInclude(failures[0], { row: 2, code: "NotFound" })
      assert.deepInclude(failures[1], { code: "RowsFailed", message: "1 of 3 rows failed" })
      assert.strictEqual(exitCode, 3)
    }))

  test("takes an id that begins with a dash after --", () =>
    Effect.gen(function* () {
      const { exitCode } = yield* CommandLine.run(["get", "--", "-x"])
      assert.strictEqual(exitCode, 5)
    }))
})
