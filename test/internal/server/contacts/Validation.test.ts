import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layer, parse, post, seed, send } from "../Harness.ts"

interface Case {
  readonly body: unknown
  /** The message of the 400; undefined if the body is accepted. */
  readonly refused?: string
}

const bytes = (field: string, max: number) => `"${field}" must be less than or equal to ${max} bytes long`
const short = "Fingerprint is too short (fingerprint)"

const cases: ReadonlyArray<Case> = [
  { body: {} },
  { body: [], refused: '"value" must be of type object' },
  { body: "text", refused: '"value" must be of type object' },
  { body: 5, refused: '"value" must be of type object' },
  { body: true, refused: '"value" must be of type object' },
  { body: null, refused: "Bad request" },
  { body: false, refused: "Bad request" },
  { body: 0, refused: "Bad request" },
  { body: "", refused: "Bad request" },

  ...["name", "nick", "description", "preferences", "email", "phone", "fingerprint"].flatMap((field) => [
    { body: { [field]: "" } },
    { body: { [field]: 1 }, refused: `"${field}" must be a string` },
    { body: { [field]: true }, refused: `"${field}" must be a string` },
    { body: { [field]: ["x"] }, refused: `"${field}" must be a string` },
    { body: { [field]: {} }, refused: `"${field}" must be a string` }
  ]),
  ...["nick", "preferences", "email", "phone", "verifiedAt", "meta"].map((field) => ({ body: { [field]: null } })),

  ...["name", "nick"].flatMap((field) => [
    { body: { [field]: " untrimmed " } },
    { body: { [field]: "a".repeat(191) } },
    { body: { [field]: "a".repeat(192) }, refused: bytes(field, 191) },
    { body: { [field]: "é".repeat(95) } },
    { body: { [field]: "é".repeat(96) }, refused: bytes(field, 191) },
    { body: { [field]: "😀".repeat(47) } },
    { body: { [field]: "😀".repeat(48) }, refused: bytes(field, 191) }
  ]),
  ...["description", "preferences"].flatMap((field) => [
    { body: { [field]: "a".repeat(65_535) } },
    { body: { [field]: "é".repeat(32_768) }, refused: bytes(field, 65_535) }
  ]),
  { body: { fingerprint: "f".repeat(191) } },
  { body: { fingerprint: "f".repeat(192) }, refused: bytes("fingerprint", 191) },
  { body: { email: `${"a".repeat(190)}@b.co` }, refused: bytes("email", 191) },

  { body: { email: "a@b.co" } },
  { body: { email: "A.B+c@Example.MUSEUM" } },
  { body: { email: "ü@exämple.de" } },
  ...["a@b", " a@b.co", "a@b.co ", "a", "a@@b.co", "a b@c.de", "a@b..co", "@b.co", `${"x".repeat(65)}@b.co`].map(
    (email) => ({ body: { email }, refused: '"email" must be a valid email' })
  ),

  ...["(202) 555-0123", "+44 7911 123456", "2025550123 ext 5"].map((phone) => ({ body: { phone } })),
  ...["+1234567890", "+9876543210", "+15550100", "07911123456", "abc", "5"].map((phone) => ({
    body: { phone },
    refused: '"phone" must be a phone number'
  })),

  { body: { fingerprint: "x".repeat(15) }, refused: short },
  { body: { fingerprint: `  ${"x".repeat(15)}  ` }, refused: short },
  { body: { fingerprint: " ".repeat(17) } },
  { body: { fingerprint: "é".repeat(17) } },

  ...[1, -1, 0, 1.5, "1", "0", " 7 ", "1e3", "01", "1.50", "-0", 8_639_999_999_999_999].map((verifiedAt) => ({
    body: { verifiedAt }
  })),
  ...["", "abc", "2024-01-01", "0x10", true, {}, []].map((verifiedAt) => ({
    body: { verifiedAt },
    refused: '"verifiedAt" must be a number'
  })),
  ...[9_007_199_254_740_992, -9_007_199_254_740_992, "9007199254740993", "123456789012345678901", "1e400"].map(
    (verifiedAt) => ({ body: { verifiedAt }, refused: '"verifiedAt" must be a safe number' })
  ),

  { body: { meta: {} } },
  { body: { meta: { a: { _deep: 1 }, "-x": 1, é: 2, $update: 1, "#x": 2 } } },
  ...[[], "x", '{"a":1}', 1, true].map((meta) => ({ body: { meta }, refused: '"meta" must be of type object' })),
  { body: { meta: { ok: 1, _a: 1 } }, refused: '"meta._a" is not allowed' },
  { body: { meta: { "": 1 } }, refused: '"meta." is not allowed' },
  { body: JSON.parse('{"meta":{"__proto__":{"x":1}}}') },

  { body: { foo: 1 }, refused: '"foo" is not allowed' },
  { body: { id: "x" }, refused: '"id" is not allowed' },
  { body: { createdAt: 1 }, refused: '"createdAt" is not allowed' },
  { body: { constructor: 1 }, refused: '"constructor" is not allowed' },
  { body: JSON.parse('{"__proto__":{"name":"x","foo":1}}') },
  { body: JSON.parse('{"__proto__":{"name":1}}'), refused: '"name" must be a string' },
  { body: { "": 1 }, refused: '"value" is not allowed' },

  // Only the first failure: fields in the order of the record, then unknown keys in their own order, then the fingerprint.
  { body: { meta: 1, name: 2, foo: 3 }, refused: '"name" must be a string' },
  { body: { phone: "x", email: "y" }, refused: '"email" must be a valid email' },
  { body: { preferences: 1, nick: 2 }, refused: '"nick" must be a string' },
  { body: { verifiedAt: "x", preferences: 1 }, refused: '"preferences" must be a string' },
  { body: { fingerprint: 1, description: 2 }, refused: '"description" must be a string' },
  { body: { email: "x", fingerprint: 1 }, refused: '"fingerprint" must be a string' },
  { body: { zebra: 1, apple: 2 }, refused: '"zebra" is not allowed' },
  { body: { foo: 1, fingerprint: "short" }, refused: '"foo" is not allowed' },
  { body: { meta: { _a: 1 }, fingerprint: "short" }, refused: '"meta._a" is not allowed' }
]

describe("Body validation (contract 2)", () => {
  for (const operation of ["create", "ensure", "update"]) {
    describe(`of ${operation}`, () => {
      for (const { body, refused } of cases) {
        it.effect(`${JSON.stringify(body).slice(0, 60)} -> ${refused ?? "accepted"}`, () =>
          Effect.gen(function* () {
            const [contact] = yield* seed([{}])
            const path = operation === "update" ? `/v1/contact/${contact?.id}/update` : `/v1/contact/${operation}`
            const got = yield* send(post(path, body))
            if (refused === undefined) {
              // A later check may still refuse it: ensure refuses a fingerprint of 16 blanks.
              assert.notStrictEqual(parse(got.text).code, "BAD_REQUEST", got.text)
              return
            }
            assert.strictEqual(got.status, 400)
            assert.strictEqual(got.text, JSON.stringify({ message: refused, code: "BAD_REQUEST" }))
            assert.strictEqual(got.headers["content-type"], "application/json")
          }).pipe(Effect.provide(layer()))
        )
      }
    })
  }

  for (const operation of ["create", "update"]) {
    for (const body of [
      { name: null },
      { description: null },
      { fingerprint: null },
      { verifiedAt: 253_402_300_800_000 },
      { verifiedAt: -62_167_219_200_001 }
    ]) {
      it.effect(`${operation} ${JSON.stringify(body)}: the database refuses`, () =>
        Effect.gen(function* () {
          const [contact] = yield* seed([{}])
          const path = operation === "update" ? `/v1/contact/${contact?.id}/update` : `/v1/contact/${operation}`
          const got = yield* send(post(path, body))
          assert.strictEqual(got.status, 500)
          assert.strictEqual(got.text, '{"code":"GENERIC_ERROR","message":"System error occurred"}')
        }).pipe(Effect.provide(layer()))
      )
    }
  }

  for (const audience of ["user", "api", "app", "widget"]) {
    it.effect(`fingerprints with a token for ${audience}`, () =>
      Effect.gen(function* () {
        const fingerprint = "f".repeat(20)
        const got = yield* send(post("/v1/contact/create", { fingerprint }, { authorization: "Bearer a.b.c" }))
        const blank = yield* send(post("/v1/contact/create", { fingerprint: "  " }, { authorization: "Bearer a.b.c" }))
        assert.strictEqual(blank.status, 200)
        if (audience !== "widget") return assert.strictEqual(got.status, 200)
        assert.strictEqual(got.status, 400)
        assert.strictEqual(parse(got.text).message, 'Cannot use fingerprint with aud "widget" (fingerprint)')
      }).pipe(
        Effect.provide(
          layer({ accounts: [{ id: "a", tokens: [{ token: "a.b.c", audience, allowedRoutes: ["contact/*"] }] }] })
        )
      )
    )
  }
})
