import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as SecretId from "../../../src/internal/secret/SecretId.ts"
import { onSecret } from "../../support/TestOperations.ts"

const check = (id: unknown) => SecretId.check(onSecret, id)

describe("check", () => {
  it.effect.each([
    "s1",
    "(Some Name)",
    "@alias",
    "@@alias",
    "@user@alias",
    "@user@a@b",
    " @alias ",
    "@@a@",
    "a@",
    "()x"
  ])("accepts %j", (id) => check(id))

  it.effect.each(["@", "@@", " @ ", "@@ ", "@user@", "@user@ ", "@ @alias", "()", "( )", " ( ) "])(
    "refuses %j, which the server answers with a bare 500",
    (id) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(check(id))
        assert.deepInclude(error, { _tag: "InvalidRequest", field: "secretId", outcome: "not-sent", attempts: 0 })
      })
  )

  it.effect.each([undefined, 1, "", "..", "(".repeat(5000)])("leaves %j to the check of path segments", (id) =>
    check(id)
  )
})
