import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as ServerState from "../../../src/internal/server/ServerState.ts"
import * as Emulator from "../../../src/layers/Emulator.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import * as Sockets from "../../support/Sockets.ts"
import { attacks, closing, head, json, postRequest } from "./Attacks.ts"
import { numbered } from "../../../src/conformance/Seeds.ts"

const emulator = Layer.merge(Emulator.layerServed(), InMemory.layerHandle()).pipe(
  Layer.provideMerge(ServerState.layer())
)

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

/** Everything that is stored. */
const stored = Effect.gen(function* () {
  const state = yield* ServerState.ServerState
  return structuredClone({
    contacts: yield* state.contacts(),
    items: state.items.rows(),
    secrets: state.secrets.rows()
  })
})

/** Seeds contacts, items and secrets. */
const seed = Effect.gen(function* () {
  const state = yield* ServerState.ServerState
  yield* state.seed(state.accountOf("sk-main") ?? "", [
    ...numbered(150),
    { id: "rich", name: "n", email: "a@b.co", verifiedAt: 1, meta: { a: { b: [1, null] } }, createdAt: 9999 }
  ])
  const api = yield* InMemory.InMemory
  const rows = [{ id: "one" }, { id: "two", meta: { a: "b" } }]
  yield* api.seedConversations("rich", rows)
  yield* api.seedMemories("rich", rows)
  yield* api.seedRatings("rich", rows)
  yield* api.seedSpaces("rich", rows)
  yield* api.seedTasks("rich", rows)
  yield* api.seedSecrets(
    [
      { id: "s", kind: "personal", type: "bearer" },
      { id: "shared", kind: "shared", value: "v" }
    ],
    "sk-main"
  )
  yield* api.seedSecretValues("rich", [{ secretId: "s", value: "abc" }])
})

/** Seeds the store, runs an attack, and asserts that it changed nothing there and that the server still answers. */
const assertHarmless = <E, R>(attack: Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    yield* seed
    const before = yield* stored
    yield* attack
    assert.deepStrictEqual(yield* stored, before)
    assert.deepStrictEqual(Object.keys(Object.prototype), [])
    const after = yield* sendRaw(`GET /v1/contact/rich/fetch HTTP/1.1\r\n${closing}\r\n`)
    assert.match(after, /^HTTP\/1\.1 200 OK\r\n[^]*"id":"rich"/)
  }).pipe(Effect.provide(emulator))

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
