import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as SeedFile from "../../../src/cli/tools/files/SeedFile.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"

const parse = (content: unknown) => SeedFile.parse(JSON.stringify(content), "seed.json")

/** The message for a file, or undefined if it is valid. */
const messageFor = (content: unknown): string | undefined =>
  Result.match(parse(content), { onFailure: ({ message }) => message, onSuccess: () => undefined })

const contacts = (...of: ReadonlyArray<object>) => ({ accounts: [{ token: "sk-a", contacts: of }] })

const secrets = [{ id: "crm", kind: "personal", type: "bearer", alias: "crm" }]

const full = {
  accounts: [
    {
      token: "sk-a",
      secrets,
      contacts: [
        {
          id: "ada",
          name: "Ada",
          fingerprint: "a",
          email: "ada@example.com",
          phone: null,
          meta: { tier: "gold" },
          verifiedAt: 5,
          createdAt: 1,
          conversations: [{ id: "c", model: "m" }],
          memories: [{ text: "likes tea" }, { text: "dislikes rain" }],
          ratings: [{ value: 5, reason: "good" }],
          spaces: [{ name: "s" }],
          tasks: [{ status: "running", schedule: "hourly" }],
          secretValues: [{ secretId: "crm", value: "t" }]
        },
        { name: "Grace", createdAt: 2 }
      ]
    },
    { token: "sk-b", contacts: [{ name: "Alan", fingerprint: "a" }] },
    { token: "sk-c" }
  ]
}

/** Files that cannot be used, with the place of their problem. */
const wrong: ReadonlyArray<readonly [place: string, content: unknown]> = [
  ["the file", null],
  ["accounts", {}],
  ["accounts.0.token", { accounts: [{}] }],
  ["accounts.0.token", { accounts: [{ token: "pk-a" }] }],
  ["accounts.0.contacts.1.nmae", contacts({ name: "Ada" }, { nmae: "Grace" })],
  ["accounts.0.contacts.0.email", contacts({ email: 5 })],
  ["accounts.0.contacts.0.createdAt", contacts({ createdAt: "2026-01-01" })],
  ["accounts.0.contacts.0.meta", contacts({ meta: [] })],
  ["accounts.0.contacts.0.tasks.0.status", contacts({ tasks: [{ status: "done" }] })],
  ["accounts.0.contacts.0.memories.0.contactId", contacts({ memories: [{ contactId: "ada" }] })],
  ["accounts.1.token", { accounts: [{ token: "sk-a" }, { token: "sk-a" }] }],
  ["accounts.0.contacts.1.id", contacts({ id: "ada" }, { id: "ada" })],
  ["accounts.0.contacts.1.fingerprint", contacts({ fingerprint: "a" }, { fingerprint: "a" })],
  ["accounts.0.contacts.1.memories.0.id", contacts({ memories: [{ id: "m" }] }, { memories: [{ id: "m" }] })],
  ["accounts.0.secrets.1.id", { accounts: [{ token: "sk-a", secrets: [...secrets, { id: "crm" }] }] }],
  ["accounts.0.secrets.1.alias", { accounts: [{ token: "sk-a", secrets: [...secrets, { alias: "crm" }] }] }],
  ["accounts.0.contacts.0.secretValues.0.secretId", contacts({ secretValues: [{ secretId: "crm" }] })],
  [
    "accounts.0.contacts.0.secretValues.1.secretId",
    {
      accounts: [{ token: "sk-a", secrets, contacts: [{ secretValues: [{ secretId: "crm" }, { secretId: "crm" }] }] }]
    }
  ]
]

describe("the seed file", () => {
  it.effect("adds contacts and what belongs to them to the accounts of its tokens", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* SeedFile.plant(yield* Effect.fromResult(parse(full)))
      const [ada, grace] = yield* api.contacts("sk-a")
      assert.deepInclude(ada, { id: "ada", name: "Ada", phone: null, meta: { tier: "gold" }, createdAt: 1 })
      assert.strictEqual(grace?.name, "Grace")
      assert.deepStrictEqual(
        (yield* api.contacts("sk-b")).map(({ name }) => name),
        ["Alan"]
      )
      assert.deepStrictEqual(yield* api.contacts("sk-c"), [])
      assert.deepStrictEqual(
        (yield* api.conversations("ada")).map(({ model }) => model),
        ["m"]
      )
      assert.deepStrictEqual(
        (yield* api.memories("ada")).map(({ text }) => text),
        ["likes tea", "dislikes rain"]
      )
      assert.deepStrictEqual(
        (yield* api.ratings("ada")).map(({ value }) => value),
        [5]
      )
      assert.deepStrictEqual(
        (yield* api.spaces("ada")).map(({ name }) => name),
        ["s"]
      )
      assert.deepStrictEqual(
        (yield* api.tasks("ada")).map(({ status }) => status),
        ["running"]
      )
      assert.deepStrictEqual(
        (yield* api.secrets("sk-a")).map(({ alias }) => alias),
        ["crm"]
      )
      assert.deepStrictEqual(
        (yield* api.secretValues("ada")).map(({ value }) => value),
        ["t"]
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("takes contacts as a list sends them", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [sent] = yield* api.seed([{ name: "Ada", verifiedAt: 1, meta: { a: [null, 1] } }])
      assert.isDefined(sent)
      yield* api.clear
      yield* SeedFile.plant(yield* Effect.fromResult(parse(contacts({ ...sent }))))
      assert.deepStrictEqual(yield* api.contacts("sk-a"), [sent])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  for (const [place, content] of wrong) {
    it(`names the place of the problem in ${JSON.stringify(content)}`, () => {
      assert.isTrue(messageFor(content)?.startsWith(`seed.json: ${place}: `), messageFor(content))
    })
  }

  it("has no data of contacts in its messages", () => {
    for (const content of [
      contacts({ email: ["ada@example.com"] }),
      contacts({ name: "ada@example.com", id: "ada@example.com" }, { id: "ada@example.com" })
    ]) {
      assert.notInclude(messageFor(content), "@example.com")
    }
    const text = Result.match(SeedFile.parse('{"accounts": [ada@example.com', "seed.json"), {
      onFailure: ({ message }) => message,
      onSuccess: () => ""
    })
    assert.match(text, /^seed\.json: line \d, column \d+: this is neither JSON nor YAML$/)
  })
})
