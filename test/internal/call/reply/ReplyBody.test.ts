import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { Headers } from "effect/http"
import type { Failure } from "../../../../src/internal/call/failure/Failure.ts"
import * as ReplyBody from "../../../../src/internal/call/reply/ReplyBody.ts"
import { BodyError, type WholeBody } from "../../../../src/internal/transport/Transport.ts"

const text = (chunks: ReadonlyArray<Uint8Array>, problem?: WholeBody["problem"]) =>
  ReplyBody.text(
    { head: { status: 200, headers: Headers.empty, header: () => undefined }, body: { chunks, problem } },
    3
  )

const failureOf = (result: Result.Result<string, Failure>): Failure => Result.getOrThrow(Result.flip(result))

const utf8 = (text: string) => new TextEncoder().encode(text)
const bytesOf = (text: string) => Array.from(utf8(text), (byte) => Uint8Array.of(byte))

describe("text", () => {
  it("joins characters that are split between chunks", () => {
    assert.deepStrictEqual(text(bytesOf("Zoë 😀")), Result.succeed("Zoë 😀"))
    assert.deepStrictEqual(text([]), Result.succeed(""))
  })

  it("refuses a body that is longer than the limit", () => {
    const failure = failureOf(text([utf8("abcd")], "longer than the limit"))
    assert.deepInclude(failure, { tag: "UnexpectedResponse", description: "The body is longer than 3 bytes" })
  })

  it("fails as the transport did", () => {
    const cause = Object.assign(new Error("reset"), { code: "ECONNRESET" })
    const failure = failureOf(text([utf8("ab")], new BodyError(cause)))
    assert.deepInclude(failure, { tag: "TransportError", status: 200, transient: true, outcome: "unknown" })
    assert.include(failure.description, "ECONNRESET")
  })

  it("tells a body that is not UTF-8 from one that ends within a character", () => {
    const invalid = failureOf(text([Uint8Array.of(0x61, 0xff, 0x61)]))
    assert.deepInclude(invalid, { description: "The body is not UTF-8", transient: false })
    const cut = failureOf(text([utf8("Zoë").slice(0, -1)]))
    assert.deepInclude(cut, { description: "The body ended early", transient: true })
  })
})

describe("endsEarly", () => {
  const complete = JSON.stringify({ id: 'a"}\\', meta: { list: [1, -2.5e3, true, null, "]"] } })

  it("is true for every prefix of an object", () => {
    for (let length = 1; length < complete.length; length++) {
      assert.isTrue(ReplyBody.endsEarly(complete.slice(0, length)), complete.slice(0, length))
    }
  })

  it.each([complete, "[]", "", "   ", "null", '"text', "<html>{", "{ hello", "[1] and more"])(
    "is false for %j",
    (body) => {
      assert.isFalse(ReplyBody.endsEarly(body))
    }
  )
})
