import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as ContactRequest from "../../../src/internal/contact/ContactRequest.ts"
import { ListRequest } from "../../../src/internal/list/ListRequest.ts"
import * as Validate from "../../../src/internal/call/request/Validate.ts"

type Check = (input: unknown) => Result.Result<unknown, Validate.Problem>

const checks: Readonly<Record<"create" | "update" | "ensure" | "list", Check>> = {
  create: Validate.make(ContactRequest.CreateRequest),
  update: Validate.make(ContactRequest.UpdateRequest),
  ensure: Validate.make(ContactRequest.EnsureRequest),
  list: Validate.make(ListRequest)
}

const fingerprint = "crm-0001-ada-lovelace"

describe("a request is accepted:", () => {
  it.each([
    ["create", {}],
    ["create", { name: "", email: null, phone: null, nick: null, preferences: null, meta: null, verifiedAt: null }],
    ["create", { name: undefined, meta: undefined, fingerprint: undefined }],
    ["create", { fingerprint: "short", verifiedAt: 0 }],
    ["create", { meta: { a: { _b: { "": 1 } }, $c: [null, true, "x", 0.5] } }],
    ["create", { verifiedAt: -62_167_219_200_000 }],
    ["create", { verifiedAt: 253_402_300_799_999 }],
    ["update", { meta: { $update: { tier: "gold" } } }],
    ["ensure", { fingerprint: "  17-characters-abc  ", name: "Ada" }],
    ["list", {}],
    ["list", { cursor: "c".repeat(1024), order: "asc", take: 0, meta: { "tags[0]": "a", vip: false } }],
    ["list", { cursor: undefined, order: undefined, take: undefined, meta: undefined }]
  ] as const)("%s %j", (name, request) => {
    assert.isTrue(Result.isSuccess(checks[name](request)))
  })
})

describe("a request is refused, and the field named:", () => {
  it.each([
    ["create", { nickname: "ada" }, "nickname"],
    ["create", { email: 1 }, "email"],
    ["create", { meta: [] }, "meta"],
    ["create", { meta: "{}" }, "meta"],
    ["create", { meta: { "": 1 } }, "meta."],
    ["create", { meta: { a: 1, _b: 1 } }, "meta._b"],
    ["create", { verifiedAt: "2026-01-01" }, "verifiedAt"],
    ["update", { meta: { _id: 1 } }, "meta._id"],
    ["update", { verifiedAt: 1e20 }, "verifiedAt"],
    ["ensure", {}, "fingerprint"],
    ["ensure", { fingerprint: "16-characters-ab" }, "fingerprint"],
    ["ensure", { fingerprint: "  16-characters-ab  " }, "fingerprint"],
    ["ensure", { fingerprint, verifiedAt: 1 }, "verifiedAt"],
    ["list", { cursor: " " }, "cursor"],
    ["list", { cursor: "c".repeat(1025) }, "cursor"],
    ["list", { order: "newest" }, "order"],
    ["list", { take: -1 }, "take"],
    ["list", { take: 1.5 }, "take"],
    ["list", { take: Number.POSITIVE_INFINITY }, "take"],
    ["list", { meta: {} }, "meta"],
    ["list", { meta: { age: 7 } }, "meta.age"],
    ["list", { meta: { tier: null } }, "meta.tier"],
    ["list", { meta: { "a..b": "x" } }, "meta.…"],
    ["list", { filter: "x" }, "filter"]
  ] as const)("%s %j: %s", (name, request, field) => {
    const checked = checks[name](request)
    assert.strictEqual(Result.isFailure(checked) ? checked.failure.field : undefined, field)
  })

  it("null for a text that cannot be null, with the way to clear it", () => {
    for (const name of ["name", "description", "fingerprint"]) {
      const checked = checks.create({ [name]: null })
      assert.deepStrictEqual(Result.isFailure(checked) ? checked.failure : undefined, {
        field: name,
        description: 'Expected text; "" clears it, null does not'
      })
    }
  })
})
