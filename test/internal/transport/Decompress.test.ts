import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { Headers, HttpClientRequest } from "effect/http"
import * as Zlib from "node:zlib"
import * as Decompress from "../../../src/internal/transport/Decompress.ts"
import * as CallbackTransport from "../../../src/internal/transport/CallbackTransport.ts"
import * as Transport from "../../../src/internal/transport/Transport.ts"

const text = "a body"

/** A body that delivers these chunks, and then never ends. */
const endless = (chunks: ReadonlyArray<Uint8Array>) => {
  const seen = { cancelled: 0 }
  const ready = [...chunks]
  const body: CallbackTransport.CallbackBody = {
    read: (onPart) => {
      const chunk = ready.shift()
      if (chunk !== undefined) return onPart({ _tag: "Chunks", chunks: [chunk] })
      return () => undefined
    },
    cancel: () => void seen.cancelled++
  }
  return { body, seen }
}

/** Reads a compressed body as a whole. */
const exchange = (body: CallbackTransport.CallbackBody, encoding: string) => {
  const head: Transport.ResponseHead = {
    status: 200,
    url: "http://localhost/",
    headers: Headers.empty,
    setCookie: [],
    header: () => undefined
  }
  const client = CallbackTransport.make((_, onReply) => {
    onReply(Exit.succeed({ head, body: Decompress.make(body, encoding) ?? body }))
    return () => undefined
  })
  return client[Transport.TypeId].exchange(HttpClientRequest.get("http://localhost/"), {
    attempt: { state: "unknown" },
    timeout: Infinity,
    maxBytes: () => 1024
  })
}

describe("the connection of a compressed body", () => {
  it.live("closes if the body is corrupt", () =>
    Effect.gen(function* () {
      for (const encoding of ["gzip", "br", "deflate"]) {
        const { body, seen } = endless([Buffer.from("\u0078not compressed")])
        const reply = yield* exchange(body, encoding)
        assert.instanceOf(reply.body.problem, Transport.BodyError)
        assert.strictEqual(seen.cancelled, 1)
      }
    })
  )

  it.live("closes if more follows after the end of the compressed data", () =>
    Effect.gen(function* () {
      const { body, seen } = endless([Buffer.concat([Zlib.deflateSync(text), Buffer.from("more")])])
      const reply = yield* exchange(body, "deflate")
      assert.strictEqual(Buffer.concat(reply.body.chunks).toString(), text)
      assert.strictEqual(seen.cancelled, 1)
    })
  )

  it.live("closes if the body is longer than the limit, and if the exchange is interrupted", () =>
    Effect.gen(function* () {
      const long = endless([Zlib.gzipSync("x".repeat(2000))])
      assert.strictEqual((yield* exchange(long.body, "gzip")).body.problem, "longer than the limit")
      const stalled = endless([Zlib.gzipSync(text).subarray(0, 12)])
      yield* Fiber.interrupt(yield* Effect.forkChild(exchange(stalled.body, "gzip"), { startImmediately: true }))
      for (const { seen } of [long, stalled]) assert.strictEqual(seen.cancelled, 1)
    })
  )
})
