import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InMemory from "../../../src/layers/InMemory.ts"
import { type Folder, test } from "../support/Folder.ts"

const seeds = [
  { id: "ada", name: "Ada", email: "ada@example.com", meta: { tier: "gold", city: "London" } },
  { id: "alan", name: "Alan", meta: { tier: "silver" } },
  { id: "grace", name: "Grace", meta: { tier: "gold" } }
].map((seed, index) => ({ ...seed, createdAt: index + 1 }))

const seeded = Effect.flatMap(InMemory.InMemory, (api) => api.seed(seeds))

/** The metadata of the contacts, by their ids. */
const metas = Effect.map(
  Effect.flatMap(InMemory.InMemory, (api) => api.contacts()),
  (contacts) => Object.fromEntries(contacts.map(({ id, meta }) => [id, meta]))
)

/** A command without its selection. */
const withoutSelection = ([command, , , ...rest]: ReadonlyArray<string>): ReadonlyArray<string> => [
  command ?? "",
  ...rest
]

const ids = Effect.map(metas, (found) => Object.keys(found).toSorted())

const missing =
  '{"code":"ConfirmationMissing","outcome":"not-sent","message":"The confirmation is missing. Nothing was changed",' +
  '"next":"Give --yes, or run the command with --dry-run and give its digest with --confirm."}\n'

const update = ["update-all", "--meta", "tier=gold", "--set", "meta.tier=platinum"]
const remove = ["delete-all", "--meta", "tier=gold"]

/** The digest of a dry run. */
const digestOf = (folder: Folder, args: ReadonlyArray<string>, stdin?: string) =>
  Effect.map(folder.run([...args, "--dry-run", "--quiet"], { stdin }), ({ stdout }) =>
    String(JSON.parse(stdout).digest)
  )

describe("update-all and delete-all", () => {
  for (const [args, verb] of [
    [update, "Update"],
    [remove, "Delete"]
  ] as const) {
    test(`${args[0]} shows count and sample, and exits with 6 without a confirmation`, (folder) =>
      Effect.gen(function* () {
        yield* seeded
        const before = yield* metas
        assert.deepStrictEqual(yield* folder.run(args), {
          stdout: "",
          stderr: `${verb} 2 contacts:\n  ada  Ada  ada@example.com\n  grace  Grace\n${missing}`,
          exitCode: 6
        })
        assert.deepStrictEqual(yield* metas, before)
        assert.isFalse(folder.exists("effect-chatbotkit"))
      }))

    test(`${args[0]} asks on a terminal`, (folder) =>
      Effect.gen(function* () {
        yield* seeded
        const before = yield* metas
        const refused = yield* folder.run(args, { columns: 120, typed: ["n"] })
        assert.include(refused.stderr, `${verb} 2 contacts? [y/N] `)
        assert.strictEqual(refused.exitCode, 6)
        assert.deepStrictEqual(yield* metas, before)
        const run = yield* folder.run(args, { columns: 120, typed: ["y"] })
        assert.match(run.stdout, /^name +state +rows +(?:updated|deleted)\n\S+ +finished +2 +2\n$/)
        assert.strictEqual(run.exitCode, 0)
      }))

    test(`${args[0]} is confirmed by the digest of the same selection only`, (folder) =>
      Effect.gen(function* () {
        yield* seeded
        const before = yield* metas
        const other = yield* digestOf(folder, [...args.slice(0, 2), "tier=silver", ...args.slice(3)])
        assert.strictEqual((yield* folder.run([...args, "--confirm", other])).exitCode, 6)
        assert.deepStrictEqual(yield* metas, before)
        const digest = yield* digestOf(folder, args)
        const run = yield* folder.run([...args, "--confirm", digest, "--quiet"])
        assert.deepStrictEqual([run.stderr, run.exitCode], ["", 0])
        assert.deepInclude(JSON.parse(run.stdout), { name: `${args[0]}-${digest}`, state: "finished", rows: 2 })
      }))

    test(`${args[0]} refuses a call without a selection, or with two`, (folder) =>
      Effect.gen(function* () {
        yield* seeded
        const none = yield* folder.run([...withoutSelection(args), "--yes"])
        assert.deepStrictEqual([none.exitCode, JSON.parse(none.stderr).message], [2, "There is no id"])
        const two = yield* folder.run([...args, "--all", "--yes"])
        assert.deepStrictEqual(
          [two.exitCode, JSON.parse(two.stderr).message],
          [2, "--all and --meta are two selections"]
        )
      }))

    test(`${args[0]} does nothing if no contact is selected`, (folder) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* folder.run([...args, "--yes"]), {
          stdout: "",
          stderr: "There is no contact to change.\n",
          exitCode: 0
        })
      }))
  }

  test("update-all merges members of meta, and can be undone", (folder) =>
    Effect.gen(function* () {
      yield* seeded
      const before = yield* metas
      const { stdout } = yield* folder.run([...update, "--yes", "--name", "tiers"])
      assert.deepInclude(JSON.parse(stdout), { name: "tiers", operation: "update", rows: 2, updated: 2 })
      assert.deepStrictEqual(yield* metas, {
        ada: { tier: "platinum", city: "London" },
        alan: { tier: "silver" },
        grace: { tier: "platinum" }
      })
      const undone = yield* folder.run(["jobs", "undo", "tiers", "--yes"])
      assert.strictEqual(undone.exitCode, 0)
      assert.deepStrictEqual(yield* metas, before)
    }))

  test("update-all makes another job when the same selection is updated again", (folder) =>
    Effect.gen(function* () {
      yield* seeded
      const args = ["update-all", "--all", "--set", "nick=x", "--yes", "--fields", "name,rows,updated"]
      const first = JSON.parse((yield* folder.run(args)).stdout)
      const second = JSON.parse((yield* folder.run(args)).stdout)
      assert.deepInclude(second, { name: `${first.name}-2`, rows: 3, updated: 3 })
    }))

  test("update-all refuses a change that the client refuses, before anything is sent", (folder) =>
    Effect.gen(function* () {
      yield* seeded
      for (const flags of [[], ["--set", "verifiedAt=now"], ["--set", "id=x"]]) {
        const { exitCode } = yield* folder.run(["update-all", "--all", "--yes", ...flags])
        assert.strictEqual(exitCode, 2)
      }
      assert.strictEqual(yield* Effect.flatMap(InMemory.InMemory, (api) => api.requestCount()), 0)
    }))

  test("delete-all deletes the ids of standard input, and keeps the contacts in the outcomes", (folder) =>
    Effect.gen(function* () {
      yield* seeded
      const stdin = "grace\n{}\nnone\nada\n"
      const run = yield* folder.run(["delete-all", "--yes", "--name", "old"], { stdin })
      assert.deepInclude(JSON.parse(run.stdout), { rows: 4, deleted: 2, unchanged: 1, invalid: 1 })
      assert.strictEqual(run.exitCode, 3)
      assert.deepStrictEqual(yield* ids, ["alan"])
      const { stdout } = yield* folder.run(["jobs", "outcomes", "old"])
      const outcomes = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
      assert.deepInclude(outcomes[0], { row: 1, outcome: "deleted", id: "grace" })
      assert.deepInclude(outcomes[0].before, { name: "Grace", meta: { tier: "gold" } })
      assert.deepStrictEqual(outcomes[1], { row: 2, outcome: "invalid", description: "the row has no id" })
    }))
})
