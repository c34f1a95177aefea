import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Option, Stream } from "effect"
import { Headers, HttpClientRequest, UrlParams } from "effect/http"
import * as Response from "../../../src/internal/transport/TransportResponse.ts"

const request = HttpClientRequest.get("http://localhost/")

/** A response with this body, in chunks, which counts how often it was cancelled. */
const of = (chunks: ReadonlyArray<string>, type = "application/json") => {
  const rest = chunks.map((chunk) => new TextEncoder().encode(chunk))
  let cancelled = 0
  const response = Response.make(
    request,
    {
      url: "http://localhost/",
      status: 200,
      headers: Headers.fromInput({ "content-type": type }),
      setCookie: ["session=1; Path=/"],
      header: () => undefined
    },
    {
      pull: () =>
        Effect.suspend(() => {
          const chunk = rest.shift()
          return chunk === undefined ? Cause.done() : Effect.succeed([chunk] as const)
        }),
      cancel: Effect.sync(() => cancelled++)
    }
  )
  return { response, cancelled: () => cancelled }
}

describe("a response of our transports", () => {
  it.effect("is an HttpClientResponse that can be read twice", () =>
    Effect.gen(function* () {
      const { cancelled, response } = of(['{"a":', '"é"}'])
      assert.deepStrictEqual(yield* response.json, { a: "é" })
      assert.strictEqual(yield* response.text, '{"a":"é"}')
      assert.strictEqual((yield* response.arrayBuffer).byteLength, 10)
      assert.deepStrictEqual(Object.keys(response.cookies.cookies), ["session"])
      assert.isTrue(Option.isNone(response.remoteAddress))
      assert.strictEqual(cancelled(), 1)
    })
  )

  it.effect("can be the prototype of a response with another body", () =>
    Effect.gen(function* () {
      const { response } = of(["original"])
      const other: typeof response = Object.create(response, { stream: { value: Stream.make(new Uint8Array([120])) } })
      assert.deepStrictEqual(Object.keys(other.cookies.cookies), ["session"])
      assert.strictEqual(yield* other.text, "x")
      assert.strictEqual(yield* response.text, "original")
    })
  )

  it.effect("streams its body after it was read as a whole", () =>
    Effect.gen(function* () {
      const { response } = of(["a", "b"])
      assert.strictEqual(yield* response.text, "ab")
      assert.strictEqual(yield* Stream.mkString(Stream.decodeText(response.stream)), "ab")
    })
  )

  it.effect("reads forms", () =>
    Effect.gen(function* () {
      const type = "application/x-www-form-urlencoded"
      const params = yield* of(["a=1&b=2"], type).response.urlParamsBody
      assert.deepStrictEqual(UrlParams.toRecord(params), { a: "1", b: "2" })
      const form = yield* of(["a=1&b=2"], type).response.formData
      assert.strictEqual(form.get("b"), "2")
    })
  )

  it.effect("fails, and does not die, if the body is not what is read", () =>
    Effect.gen(function* () {
      const json = yield* Effect.flip(of(["{"]).response.json)
      assert.strictEqual(json.reason._tag, "DecodeError")
      const form = yield* Effect.flip(of(["{"]).response.formData)
      assert.strictEqual(form.reason._tag, "DecodeError")
      const upgrade = yield* Effect.flip(of([]).response.upgrade)
      assert.strictEqual(upgrade.reason._tag, "StatusCodeError")
      assert.isNull(yield* of([]).response.json)
    })
  )
})
