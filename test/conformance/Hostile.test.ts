import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { connect, type Socket } from "node:net"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import { numbered } from "./Seeds.ts"

const emulator = Emulator.layerServed().pipe(Layer.provideMerge(ServerState.layer()))

/** A socket to the emulator, and what came back over it until the server or the client ended it. */
const dial = Effect.flatMap(Emulator.Emulator, ({ url }) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly socket: Socket; readonly received: Deferred.Deferred<string> }>((resume) => {
      const { hostname, port } = new URL(url)
      const received = Deferred.makeUnsafe<string>()
      let text = ""
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }, () =>
        resume(Effect.succeed({ socket, received }))
      )
      socket.on("data", (chunk) => (text += chunk.toString()))
      socket.on("error", () => {})
      socket.on("end", () => socket.end())
      socket.on("close", () => Deferred.doneUnsafe(received, Effect.succeed(text)))
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )
)

/** Replies with their bodies in one piece. */
const whole = (text: string): string =>
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

/** Everything that comes back for these bytes. */
const raw = (bytes: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { socket, received } = yield* dial
      socket.write(bytes)
      return whole(yield* Deferred.await(received))
    })
  )

const head = "Host: x\r\nAuthorization: Bearer sk-main\r\n"
const closing = `${head}Connection: close\r\n`

const posting = (path: string, type: string | undefined, body: string, rest = closing) =>
  `POST ${path} HTTP/1.1\r\n${rest}${type === undefined ? "" : `Content-Type: ${type}\r\n`}` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Fills the store, runs what should do it no harm, and compares. */
const unharmed = <E, R>(attack: Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const state = yield* ServerState.ServerState
    yield* state.seed(state.accountOf("sk-main") ?? "", [
      ...numbered(150),
      { id: "rich", name: "n", email: "a@b.co", meta: { a: { b: [1, null] } }, createdAt: 9999 }
    ])
    const before = yield* state.snapshot()
    yield* attack
    assert.deepStrictEqual(yield* state.snapshot(), before)
    assert.deepStrictEqual(Object.keys(Object.prototype), [])
    const after = yield* raw(`GET /v1/contact/rich/fetch HTTP/1.1\r\n${closing}\r\n`)
    assert.match(after, /^HTTP\/1\.1 200 OK\r\n[^]*"id":"rich"/)
  }).pipe(Effect.provide(emulator))

const json = "application/json"
const write = ["/v1/contact/create", "/v1/contact/ensure", "/v1/contact/rich/update"]
const everywhere = [...write, "/v1/contact/rich/delete", "/v1/contact/list", "/v1/contact/rich/fetch"]

interface Attack {
  readonly name: string
  readonly paths: ReadonlyArray<string>
  readonly bytes: (path: string) => string
  readonly reply: RegExp
}

const attacks: ReadonlyArray<Attack> = [
  {
    name: "JSON nested too deep",
    paths: everywhere,
    bytes: (path: string) => posting(path, json, "[".repeat(100_000)),
    reply: /^HTTP\/1\.1 500 Internal Server Error\r\n[^]*\r\n\r\nInternal Server Error$/
  },
  ...["{", '{"name":', "}{", "\0", "{\"name\":'x'}", "[".repeat(1_000)].map((body) => ({
    name: `malformed JSON: ${JSON.stringify(body.slice(0, 20))}`,
    paths: everywhere,
    bytes: (path: string) => posting(path, json, body),
    reply: /^HTTP\/1\.1 400 Invalid JSON\r\n[^]*\r\n\r\nInvalid JSON$/
  })),
  ...[json, "text/plain", "application/octet-stream"].map((type) => ({
    name: `2 MB of ${type}`,
    paths: everywhere,
    bytes: (path: string) => posting(path, type, " ".repeat(2_000_000)),
    reply: /^HTTP\/1\.1 413 [^]*Body exceeded 1mb limit$/
  })),
  {
    // Whether the rest is ever sent or not: the length is enough.
    name: "2 MB that are announced and not sent",
    paths: write,
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
    paths: [...write, "/v1/contact/rich/delete"],
    bytes: (path: string) => posting(path, type, '{"name":"changed"}'),
    reply: /^HTTP\/1\.1 400 [^]*\r\n\r\n\{"message":"Bad request","code":"BAD_REQUEST"\}$/
  })),
  ...[
    '{"__proto__":{"name":"x"},"polluted":1}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1}',
    '{"hasOwnProperty":1}'
  ].map((body) => ({
    name: `the body ${body}`,
    paths: write,
    bytes: (path: string) => posting(path, json, body),
    reply: /^HTTP\/1\.1 400 [^]*is not allowed","code":"BAD_REQUEST"\}$/
  })),
  {
    name: "__proto__ as metadata",
    paths: write,
    bytes: (path) => posting(path, json, '{"meta":{"__proto__":{"polluted":1},"_polluted":1}}'),
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
      unharmed(
        Effect.forEach(paths, (path) => Effect.map(raw(bytes(path)), (text) => assert.match(text, reply, path)), {
          discard: true
        })
      )
    )
  }

  it.effect("serves others while sockets hang half open", () =>
    unharmed(
      Effect.scoped(
        Effect.gen(function* () {
          const halves = [
            "",
            "GET /v1/con",
            `GET /v1/contact/list HTTP/1.1\r\n${head}`,
            `POST /v1/contact/create HTTP/1.1\r\n${head}Content-Type: ${json}\r\nContent-Length: 20\r\n\r\n{"name":`,
            `POST /v1/contact/create HTTP/1.1\r\n${head}Content-Type: ${json}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"na`
          ]
          const hanging = yield* Effect.forEach(
            halves.flatMap((half) => Array.from({ length: 20 }, () => half)),
            (half, index) =>
              Effect.map(dial, (dialled) => {
                dialled.socket.write(half)
                // Half of them will never say more, the others might.
                if (index % 2 === 0) dialled.socket.end()
                return dialled
              })
          )
          assert.match(
            yield* raw(`GET /v1/contact/list?take=1 HTTP/1.1\r\n${closing}\r\n`),
            /^HTTP\/1\.1 200 [^]*"cursor":"rich"\}$/
          )
          for (const { socket } of hanging) socket.destroy()
          yield* Effect.forEach(hanging, ({ received }) => Deferred.await(received), { discard: true })
        })
      )
    )
  )

  it.effect("finishes a reply for a client that has stopped sending", () =>
    unharmed(
      Effect.scoped(
        Effect.gen(function* () {
          const { socket, received } = yield* dial
          socket.end(`GET /v1/contact/list HTTP/1.1\r\n${closing}Accept: application/jsonl\r\n\r\n`)
          const text = yield* Deferred.await(received)
          assert.match(text, /^HTTP\/1\.1 200 /)
          assert.strictEqual(text.match(/"type":"item"/g)?.length, 151)
          assert.isTrue(text.endsWith("\r\n0\r\n\r\n"))
        })
      )
    )
  )

  it.effect("answers requests sent ahead, one after the other", () =>
    unharmed(
      Effect.gen(function* () {
        const text = yield* raw(
          posting("/v1/contact/create", json, '{"foo":1}', head) +
            posting("/v1/contact/create", "text/plain", "{}", head) +
            posting("/v1/contact/create", json, "{", head) +
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

  it.effect("takes many attacks at once", () =>
    unharmed(
      Effect.gen(function* () {
        const fibers = yield* Effect.forEach(
          attacks.filter(({ name }) => !name.startsWith("a URL")),
          ({ bytes, paths, reply }) =>
            Effect.forkChild(
              Effect.forEach(paths, (path) => Effect.map(raw(bytes(path)), (text) => assert.match(text, reply, path)))
            )
        )
        yield* Effect.forEach(fibers, Fiber.join, { discard: true })
      })
    )
  )
})
