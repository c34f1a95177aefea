import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as CheckedRequest from "../../../../src/internal/call/request/CheckedRequest.ts"
import { operations } from "../../../support/TestOperations.ts"

const schema = Schema.Struct({ name: Schema.optional(Schema.String), meta: Schema.optional(Schema.Json) })
const check = CheckedRequest.make(schema)

describe("the check of a request", () => {
  it.effect("gives a copy, which later changes of the request do not change", () =>
    Effect.gen(function* () {
      const request = { name: "Ada", meta: { tier: "gold" } }
      const copy = yield* check(operations.none, request)
      request.meta.tier = "silver"
      assert.deepStrictEqual(copy, { name: "Ada", meta: { tier: "gold" } })
    })
  )

  it.effect("reads the request when it runs, and not before", () =>
    Effect.gen(function* () {
      const request = { name: "Ada" }
      const checked = check(operations.none, request)
      request.name = "Grace"
      assert.deepStrictEqual(yield* checked, { name: "Grace" })
    })
  )

  it.effect.each([
    [{ name: 5 }, "name"],
    [{ nick: "ada" }, "nick"],
    [{ meta: new Date(0) }, "meta"],
    [5, "request"]
  ] as const)("refuses %j by the failure of the operation", ([request, field]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(check(operations.NotFound, request))
      assert.deepInclude(error, {
        _tag: "InvalidRequest",
        operation: "Test.notFound",
        field,
        attempts: 0,
        outcome: "not-sent"
      })
    })
  )

  it.effect("keeps what is undefined only if the options say so", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* check(operations.none, { name: undefined }), {})
      const keeping = CheckedRequest.make(schema, { keepsUndefined: true })
      assert.deepStrictEqual(yield* keeping(operations.none, { name: undefined }), { name: undefined })
    })
  )
})
