import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClientRequest, HttpClientResponse } from "effect/http"
import * as ReplyBody from "../../../../src/internal/call/reply/ReplyBody.ts"

const request = HttpClientRequest.get("https://api.chatbotkit.com/v1/contact/list")

/** A response with these chunks as its body, and the number of times that the body was cancelled. */
const streamed = (chunks: ReadonlyArray<Uint8Array>, headers: Record<string, string> = {}) => {
  const state = { cancelled: 0 }
  const left = [...chunks]
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = left.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
    cancel: () => {
      state.cancelled++
    }
  })
  return { state, response: HttpClientResponse.fromWeb(request, new Response(body, { headers })) }
}

const utf8 = (text: string) => new TextEncoder().encode(text)
const bytesOf = (text: string) => Array.from(utf8(text), (byte) => Uint8Array.of(byte))

describe("text", () => {
  it.effect("joins characters that are split between chunks", () =>
    Effect.gen(function* () {
      const { response } = streamed(bytesOf("Zoë 😀"))
      assert.strictEqual(yield* ReplyBody.text(response, 100), "Zoë 😀")
    })
  )

  it.effect("takes an absent body for an empty one", () =>
    Effect.gen(function* () {
      const response = HttpClientResponse.fromWeb(request, new Response(null))
      assert.strictEqual(yield* ReplyBody.text(response, 100), "")
    })
  )

  it.effect("reads a body of exactly the limit, and refuses one that is a byte longer", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* ReplyBody.text(streamed(bytesOf("abc")).response, 3), "abc")
      const { response, state } = streamed(bytesOf("abcdefgh"))
      const failure = yield* Effect.flip(ReplyBody.text(response, 3))
      assert.deepInclude(failure, { tag: "UnexpectedResponse", description: "The body is longer than 3 bytes" })
      assert.strictEqual(state.cancelled, 1)
    })
  )

  it.effect("cancels a body that declares to be longer than the limit", () =>
    Effect.gen(function* () {
      const { response, state } = streamed(bytesOf("abcdefgh"), { "content-length": "8" })
      const failure = yield* Effect.flip(ReplyBody.text(response, 3))
      assert.strictEqual(failure.tag, "UnexpectedResponse")
      assert.strictEqual(state.cancelled, 1)
    })
  )

  it.effect("tells a body that is not UTF-8 from one that ends within a character", () =>
    Effect.gen(function* () {
      const invalid = yield* Effect.flip(ReplyBody.text(streamed([Uint8Array.of(0x61, 0xff, 0x61)]).response, 100))
      assert.deepInclude(invalid, { description: "The body is not UTF-8", transient: false })
      const cut = yield* Effect.flip(ReplyBody.text(streamed([utf8("Zoë").slice(0, -1)]).response, 100))
      assert.deepInclude(cut, { description: "The body ended early", transient: true })
    })
  )
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
