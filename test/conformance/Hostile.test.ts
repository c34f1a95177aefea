import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as Sockets from "../support/Sockets.ts"
import { numbered } from "./Seeds.ts"

const emulator = Emulator.layerServed().pipe(Layer.provideMerge(ServerState.layer()))

const dial = Effect.flatMap(Emulator.Emulator, ({ url }) => Sockets.dial(url))

/** The text of replies, with the chunks of each body joined. */
const dechunked = (text: string): string =>
  text.replace(/\r\n\r\n((?:[0-9a-f]+\r\n[^]*?\r\n)*?)0\r\n\r\n/g, (_, chunks: string) => {
    let body = ""
    for (let at = 0; at < chunks.length;) {
      const end = chunks.indexOf("\r\n", at)
      const size = Number.parseInt(chunks.slice(at, end), 16)
      body += chunks.slice(end + 2, end + 2 + size)
      at = end + 2 + size + 2
    }
    return `\r\n\r\n${body}`
  })

/** Sends bytes over a connection of their own, and gives the text of all replies. */
const sendRaw = (bytes: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { socket, received } = yield* dial
      socket.write(bytes)
      return dechunked((yield* Deferred.await(received)).toString())
    })
  )

const head = "Host: x\r\nAuthorization: Bearer sk-main\r\n"
const closing = `${head}Connection: close\r\n`

const postRequest = (path: string, type: string | undefined, body: string, rest = closing) =>
  `POST ${path} HTTP/1.1\r\n${rest}${type === undefined ? "" : `Content-Type: ${type}\r\n`}` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Seeds contacts, runs an attack, and asserts that it changed no contact and that the server still answers. */
const assertHarmless = <E, R>(attack: Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const state = yield* ServerState.ServerState
    yield* state.seed(state.accountOf("sk-main") ?? "", [
      ...numbered(150),
      { id: "rich", name: "n", email: "a@b.co", meta: { a: { b: [1, null] } }, createdAt: 9999 }
    ])
    const before = yield* state.contacts()
    yield* attack
    assert.deepStrictEqual(yield* state.contacts(), before)
    assert.deepStrictEqual(Object.keys(Object.prototype), [])
    const after = yield* sendRaw(`GET /v1/contact/rich/fetch HTTP/1.1\r\n${closing}\r\n`)
    assert.match(after, /^HTTP\/1\.1 200 OK\r\n[^]*"id":"rich"/)
  }).pipe(Effect.provide(emulator))

const json = "application/json"
const writes = ["/v1/contact/create", "/v1/contact/ensure", "/v1/contact/rich/update"]
const allPaths = [...writes, "/v1/contact/rich/delete", "/v1/contact/list", "/v1/contact/rich/fetch"]

interface Attack {
  readonly name: string
  readonly paths: ReadonlyArray<string>
  readonly bytes: (path: string) => string
  readonly reply: RegExp
}

const attacks: ReadonlyArray<Attack> = [
  {
    name: "JSON nested too deep",
    paths: allPaths,
    bytes: (path: string) => postRequest(path, json, "[".repeat(100_000)),
    reply: /^HTTP\/1\.1 500 Internal Server Error\r\n[^]*\r\n\r\nInternal Server Error$/
  },
  ...["{", '{"name":', "}{", "\0", "{\"name\":'x'}", "[".repeat(1_000)].map((body) => ({
    name: `malformed JSON: ${JSON.stringify(body.slice(0, 20))}`,
    paths: allPaths,
    bytes: (path: string) => postRequest(path, json, body),
    reply: /^HTTP\/1\.1 400 Invalid JSON\r\n[^]*\r\n\r\nInvalid JSON$/
  })),
  ...[json, "text/plain", "application/octet-stream"].map((type) => ({
    name: `2 MB of ${type}`,
    paths: allPaths,
    bytes: (path: string) => postRequest(path, type, " ".repeat(2_000_000)),
    reply: /^HTTP\/1\.1 413 [^]*Body exceeded 1mb limit$/
  })),
  {
    // The Content-Length is enough for the refusal.
    name: "a Content-Length of 2 MB with one byte of body",
    paths: writes,
    bytes: (path) => `POST ${path} HTTP/1.1\r\n${closing}Content-Type: ${json}\r\nContent-Length: 2000000\r\n\r\n{`,
    reply: /^HTTP\/1\.1 413 [^]*Body exceeded 1mb limit$/
  },
  ...[
    undefined,
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "*/*",
    ";",
    "application/json-seq"
  ].map((type) => ({
    name: `the content type ${type}`,
    paths: [...writes, "/v1/contact/rich/delete"],
    bytes: (path: string) => postRequest(path, type, '{"name":"changed"}'),
    reply: /^HTTP\/1\.1 400 [^]*\r\n\r\n\{"message":"Bad request","code":"BAD_REQUEST"\}$/
  })),
  ...[
    '{"__proto__":{"name":"x"},"polluted":1}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1}',
    '{"hasOwnProperty":1}'
  ].map((body) => ({
    name: `the body ${body}`,
    paths: writes,
    bytes: (path: string) => postRequest(path, json, body),
    reply: /^HTTP\/1\.1 400 [^]*is not allowed","code":"BAD_REQUEST"\}$/
  })),
  {
    name: "__proto__ as metadata",
    paths: writes,
    bytes: (path) => postRequest(path, json, '{"meta":{"__proto__":{"polluted":1},"_polluted":1}}'),
    reply: /^HTTP\/1\.1 400 [^]*\{"message":"\\"meta\._polluted\\" is not allowed","code":"BAD_REQUEST"\}$/
  },
  ...["__proto__", "constructor", "(__proto__)", "toString"].map((id) => ({
    name: `the id ${id}`,
    paths: [`/v1/contact/${id}/fetch`],
    bytes: (path: string) => `GET ${path} HTTP/1.1\r\n${closing}\r\n`,
    reply: /^HTTP\/1\.1 404 [^]*\{"message":"Not found","code":"NOT_FOUND"\}$/
  })),
  {
    name: "a filter by __proto__",
    paths: ["/v1/contact/list?meta.__proto__=x", "/v1/contact/list?meta.__proto__.a=x&__proto__=y"],
    bytes: (path) => `GET ${path} HTTP/1.1\r\n${closing}\r\n`,
    reply: /^HTTP\/1\.1 200 [^]*\{"items":\[\]\}$/
  },
  ...["/v1/contact/list?meta.a=", "/v1/contact/", "/"].map((start) => ({
    name: `a URL of 10 MB: ${start}`,
    paths: [start],
    bytes: (path: string) => `GET ${path}${"x".repeat(10_000_000)} HTTP/1.1\r\n${closing}\r\n`,
    // Node may cut the connection before its answer is read.
    reply: /^HTTP\/1\.1 431 |^$/
  }))
]

describe("The emulator under attack", () => {
  for (const { name, paths, bytes, reply } of attacks) {
    it.effect(`${name} -> ${reply.source.slice(0, 60)}`, () =>
      assertHarmless(
        Effect.forEach(paths, (path) => Effect.map(sendRaw(bytes(path)), (text) => assert.match(text, reply, path)), {
          discard: true
        })
      )
    )
  }

  it.effect("answers other requests while unfinished requests are open", () =>
    assertHarmless(
      Effect.scoped(
        Effect.gen(function* () {
          const unfinished = [
            "",
            "GET /v1/con",
            `GET /v1/contact/list HTTP/1.1\r\n${head}`,
            `POST /v1/contact/create HTTP/1.1\r\n${head}Content-Type: ${json}\r\nContent-Length: 20\r\n\r\n{"name":`,
            `POST /v1/contact/create HTTP/1.1\r\n${head}Content-Type: ${json}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"na`
          ]
          const hanging = yield* Effect.forEach(
            unfinished.flatMap((part) => Array.from({ length: 20 }, () => part)),
            (part, index) =>
              Effect.map(dial, (connection) => {
                connection.socket.write(part)
                // The client ends half of the connections. The others could still send more.
                if (index % 2 === 0) connection.socket.end()
                return connection
              })
          )
          assert.match(
            yield* sendRaw(`GET /v1/contact/list?take=1 HTTP/1.1\r\n${closing}\r\n`),
            /^HTTP\/1\.1 200 [^]*"cursor":"rich"\}$/
          )
          for (const { socket } of hanging) socket.destroy()
          yield* Effect.forEach(hanging, ({ received }) => Deferred.await(received), { discard: true })
        })
      )
    )
  )

  it.effect("finishes a reply to a client that has closed its side of the connection", () =>
    assertHarmless(
      Effect.scoped(
        Effect.gen(function* () {
          const { socket, received } = yield* dial
          socket.end(`GET /v1/contact/list HTTP/1.1\r\n${closing}Accept: application/jsonl\r\n\r\n`)
          const text = (yield* Deferred.await(received)).toString()
          assert.match(text, /^HTTP\/1\.1 200 /)
          assert.strictEqual(text.match(/"type":"item"/g)?.length, 151)
          assert.isTrue(text.endsWith("\r\n0\r\n\r\n"))
        })
      )
    )
  )

  it.effect("answers pipelined requests in order", () =>
    assertHarmless(
      Effect.gen(function* () {
        const text = yield* sendRaw(
          postRequest("/v1/contact/create", json, '{"foo":1}', head) +
            postRequest("/v1/contact/create", "text/plain", "{}", head) +
            postRequest("/v1/contact/create", json, "{", head) +
            `GET /v1/contact/rich/fetch HTTP/1.1\r\n${closing}\r\n`
        )
        assert.deepStrictEqual(text.match(/HTTP\/1\.1 \d+/g), [
          "HTTP/1.1 400",
          "HTTP/1.1 400",
          "HTTP/1.1 400",
          "HTTP/1.1 200"
        ])
      })
    )
  )

  it.effect("withstands all attacks at the same time", () =>
    assertHarmless(
      Effect.gen(function* () {
        const fibers = yield* Effect.forEach(
          attacks.filter(({ name }) => !name.startsWith("a URL")),
          ({ bytes, paths, reply }) =>
            Effect.forkChild(
              Effect.forEach(paths, (path) =>
                Effect.map(sendRaw(bytes(path)), (text) => assert.match(text, reply, path))
              )
            )
        )
        yield* Effect.forEach(fibers, Fiber.join, { discard: true })
      })
    )
  )
})
