/** Tests of the emulator over plain sockets, for the parts of requests and replies that HTTP clients change or hide. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { gunzipSync, inflateSync } from "node:zlib"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import { seed } from "../internal/server/Harness.ts"
import * as Sockets from "../support/Sockets.ts"

const layer = (options?: ServerState.Options) =>
  Emulator.layerServed().pipe(Layer.provideMerge(ServerState.layer(options)))

interface Reply {
  /** The status line without the HTTP version. */
  readonly status: string
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Sends bytes over a connection of their own, and gives the reply. */
const exchange = (bytes: string): Effect.Effect<Reply, never, Emulator.Emulator> =>
  Effect.gen(function* () {
    const { url } = yield* Emulator.Emulator
    const { received, socket } = yield* Sockets.dial(url)
    socket.write(bytes, "latin1")
    return parse(yield* Deferred.await(received))
  }).pipe(Effect.scoped)

const parse = (bytes: Buffer): Reply => {
  const end = bytes.indexOf("\r\n\r\n")
  const [line = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n")
  const headers = Object.fromEntries(
    lines.map((header) => [
      header.slice(0, header.indexOf(":")).toLowerCase(),
      header.slice(header.indexOf(":") + 1).trim()
    ])
  )
  const rest = bytes.subarray(end + 4)
  return {
    status: line.replace("HTTP/1.1 ", ""),
    headers,
    body: headers["transfer-encoding"] === "chunked" ? dechunked(rest) : rest
  }
}

const dechunked = (bytes: Buffer): Buffer => {
  const pieces: Array<Buffer> = []
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf("\r\n", at)
    const size = Number.parseInt(bytes.subarray(at, end).toString(), 16)
    if (size === 0) break
    pieces.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
  return Buffer.concat(pieces)
}

const request = (
  target: string,
  { body = "", headers = {}, verb = "GET" }: { verb?: string; body?: string; headers?: Record<string, string> } = {}
) => {
  const all = {
    Host: "Api.Example.COM:8787",
    Authorization: "Bearer sk-main",
    Connection: "close",
    ...(body === "" ? {} : { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(body)) }),
    ...headers
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return exchange(`${verb} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body}`)
}

const date = "Tue, 14 Nov 2023 22:13:20 GMT"
const cookie = "chatbotkit.host=api.example.com; Path=/; Secure; SameSite=Lax"
const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST",
  "access-control-allow-headers": "X-Requested-With, Accept, Content-Length, Content-Type, Authorization"
}
const always = { date, connection: "close", "transfer-encoding": "chunked" }
const json = { "content-type": "application/json", vary: "Accept-Encoding" }
const usual = { ...always, ...cors, "set-cookie": cookie }
const html = {
  "content-type": "text/html; charset=utf-8",
  vary: "Accept-Encoding",
  "cache-control": "private, no-cache, no-store, max-age=0, must-revalidate"
}

type Row = readonly [
  name: string,
  reply: ReturnType<typeof request>,
  status: string,
  headers: Readonly<Record<string, string>>,
  body: string | RegExp
]

const create = (body: string, type = "application/json") =>
  request("/v1/contact/create", { verb: "POST", body, headers: { "Content-Type": type } })

const rows: ReadonlyArray<Row> = [
  ["a list", request("/v1/contact/list"), "200 OK", { ...usual, ...json }, '{"items":[]}'],
  [
    "a stream of lines",
    request("/v1/contact/list", { headers: { Accept: "application/jsonl" } }),
    "200 OK",
    { ...usual, "content-type": "application/jsonl" },
    ""
  ],
  [
    "a missing contact",
    request("/v1/contact/x/fetch"),
    "404 Not Found",
    { ...usual, ...json },
    '{"message":"Not found","code":"NOT_FOUND"}'
  ],
  [
    "no credentials",
    request("/v1/contact/create", { verb: "POST", body: "{}", headers: { Authorization: "" } }),
    "403 Forbidden",
    { ...usual, ...json, "x-failure-code": "NOT_AUTHORIZED" },
    '{"message":"Not authorized","code":"NOT_AUTHORIZED"}'
  ],
  ["OPTIONS", request("/v1/contact/list", { verb: "OPTIONS" }), "200 OK", { ...usual, ...json }, "{}"],
  ["malformed JSON", create("{"), "400 Invalid JSON", usual, "Invalid JSON"],
  ["an unknown charset", create("{}", "application/json; charset=nope"), "400 Invalid body", usual, "Invalid body"],
  [
    "a body nested too deep",
    create("[".repeat(20_000) + "]".repeat(20_000)),
    "500 Internal Server Error",
    usual,
    "Internal Server Error"
  ],
  [
    "a body above the size limit",
    create("{}".padEnd(1_048_577)),
    "413 Body exceeded 1mb limit",
    usual,
    "Body exceeded 1mb limit"
  ],
  [
    "TRACE",
    request("/v1/contact/list", { verb: "TRACE" }),
    "500 Internal Server Error",
    usual,
    "Internal Server Error"
  ],
  [
    "CONNECT",
    request("example.com:443", { verb: "CONNECT" }),
    "500 Internal Server Error",
    { ...always, "set-cookie": cookie },
    "Internal Server Error"
  ],
  [
    "an unknown path",
    request("/nope"),
    "404 Not Found",
    { ...always, "set-cookie": cookie, ...html },
    /^<!DOCTYPE html>/
  ],
  ["an unknown path under /v1", request("/v1/nope"), "404 Not Found", { ...usual, ...html }, /^<!DOCTYPE html>/],
  [
    "a path with malformed percent-encoding",
    request("/v1/contact/%zz/fetch"),
    "400 Bad Request",
    { ...always, ...html },
    /^<!DOCTYPE html>/
  ],
  ...(
    [
      ["two slashes", "//v1//contact/list?a=//", "/v1/contact/list?a=//", always],
      ["backslashes", "/v1\\contact\\\\list", "/v1/contact/list", always],
      ["a slash at the end", "/v1/contact/list/?take=1", "/v1/contact/list?take=1", usual],
      ["dots and a slash at the end", "/v1/contact/x/../list/", "/v1/contact/list", usual]
    ] as const
  ).map(([name, target, location, headers]): Row => [
    name,
    request(target),
    "308 Permanent Redirect",
    { ...headers, location },
    location
  ]),
  ["dots", request("/v1/./contact/x/../list"), "200 OK", { ...usual, ...json }, '{"items":[]}'],
  ["encoded dots", request("/v1/contact/x/%2e%2E/list"), "200 OK", { ...usual, ...json }, '{"items":[]}'],
  [
    "an endpoint that the emulator does not have",
    request("/v1/conversation/list"),
    "501 Not Implemented",
    { ...usual, ...json },
    '{"code":"NOT_IMPLEMENTED","message":"The emulator does not have this endpoint"}'
  ]
]

describe("The bytes of a reply (wire contract 0 and 6)", () => {
  for (const [name, reply, status, headers, body] of rows) {
    it.effect(`${name} -> ${status}`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1_700_000_000_000)
        const got = yield* reply
        assert.strictEqual(got.status, status)
        const { etag, ...rest } = got.headers
        assert.strictEqual(etag !== undefined, headers["content-type"] === html["content-type"])
        assert.deepStrictEqual(rest, headers)
        if (typeof body === "string") assert.strictEqual(got.body.toString(), body)
        else assert.match(got.body.toString(), body)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("a reply to HEAD has no body and no Content-Length", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const { "transfer-encoding": _, ...bodiless } = usual
      const got = yield* request("/v1/contact/list", { verb: "HEAD" })
      assert.deepStrictEqual(got, { status: "200 OK", headers: bodiless, body: Buffer.alloc(0) })
      const page = yield* request("/v1/nope", { verb: "HEAD" })
      assert.strictEqual(page.status, "404 Not Found")
      assert.strictEqual(page.headers["content-length"], undefined)
      assert.lengthOf(page.body, 0)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a request whose body is cut creates no contact", () =>
    Effect.gen(function* () {
      const { url } = yield* Emulator.Emulator
      const { received, socket } = yield* Sockets.dial(url)
      socket.end(
        "POST /v1/contact/create HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-main\r\n" +
          "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{}"
      )
      const text = (yield* Deferred.await(received)).toString()
      assert.match(text, /^HTTP\/1\.1 400 |^$/)
      assert.strictEqual((yield* ServerState.ServerState).store.size, 0)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("the cookie has an IPv6 host without its port", () =>
    Effect.gen(function* () {
      const got = yield* request("/v1/contact/list", { headers: { Host: "[::1]:8787" } })
      assert.strictEqual(got.headers["set-cookie"], "chatbotkit.host=[::1]; Path=/; Secure; SameSite=Lax")
    }).pipe(Effect.provide(layer()))
  )
})

const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = { gzip: gunzipSync, deflate: inflateSync }

/** Values of Accept-Encoding, each with the Content-Encoding of the reply. */
const codings: ReadonlyArray<readonly [accepted: string, coding: string | undefined]> = [
  ["gzip", "gzip"],
  ["*", "gzip"],
  ["deflate", "deflate"],
  ["deflate, gzip", "gzip"],
  ["deflate;q=1, gzip;q=0.1", "gzip"],
  ["br, zstd, gzip, deflate", "gzip"],
  ["GZIP", "gzip"],
  ["gzip;q=0, deflate", "deflate"],
  ["gzip;q=0, *", "deflate"],
  ["br, zstd", undefined],
  ["identity", undefined],
  ["*;q=0", undefined],
  ["", undefined]
]

describe("Compression (wire contract 6)", () => {
  for (const [accepted, coding] of codings) {
    it.effect(`Accept-Encoding: ${accepted} -> ${coding ?? "not compressed"}`, () =>
      Effect.gen(function* () {
        yield* seed(Array.from({ length: 250 }, (_, index) => ({ id: `id-${index}`, createdAt: index })))
        const plain = (target: string, accept: string) => request(target, { headers: { Accept: accept } })
        const encoded = (target: string, accept: string) =>
          request(target, { headers: { Accept: accept, "Accept-Encoding": accepted } })
        for (const [target, accept] of [
          ["/v1/contact/list", "application/json"],
          ["/v1/contact/list", "text/csv"],
          ["/v1/contact/export", "text/event-stream"],
          ["/v1/contact/id-1/fetch", "*/*"],
          ["/v1/contact/x/fetch", "*/*"],
          ["/nope", "*/*"]
        ] as const) {
          const wanted = yield* plain(target, accept)
          const got = yield* encoded(target, accept)
          assert.strictEqual(got.status, wanted.status)
          assert.strictEqual(got.headers["content-encoding"], coding)
          assert.strictEqual(got.headers["vary"], "Accept-Encoding")
          assert.strictEqual(got.headers["content-length"], undefined)
          const decoded = coding === undefined ? got.body : decoders[coding]?.(got.body)
          assert.strictEqual(decoded?.toString(), wanted.body.toString(), target)
        }
        const lines = yield* encoded("/v1/contact/list", "application/jsonl")
        assert.strictEqual(lines.headers["content-encoding"], undefined)
        assert.strictEqual(
          lines.body.toString(),
          (yield* plain("/v1/contact/list", "application/jsonl")).body.toString()
        )
        const refused = yield* request("/v1/contact/create", {
          verb: "POST",
          body: "{",
          headers: { "Accept-Encoding": accepted }
        })
        assert.strictEqual(refused.headers["content-encoding"], undefined)
        assert.strictEqual(refused.body.toString(), "Invalid JSON")
        const head = yield* request("/nope", { verb: "HEAD", headers: { "Accept-Encoding": accepted } })
        assert.strictEqual(head.headers["content-encoding"], undefined)
      }).pipe(Effect.provide(layer({ compression: true })))
    )
  }

  it.effect("is off by default", () =>
    Effect.gen(function* () {
      const got = yield* request("/v1/contact/list", { headers: { "Accept-Encoding": "gzip" } })
      assert.strictEqual(got.headers["content-encoding"], undefined)
      assert.strictEqual(got.body.toString(), '{"items":[]}')
    }).pipe(Effect.provide(layer()))
  )
})
