import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Placeholders from "../../../../src/internal/server/secrets/proxy/Placeholders.ts"
import type * as Upstream from "../../../../src/internal/server/secrets/Upstream.ts"
import { generic, layer, makeHanging, open, parse, post } from "../Harness.ts"
import {
  act,
  authorization,
  makeUpstream,
  missing,
  seedContacts,
  seedPersonal,
  seedSecrets,
  seedValue
} from "./SecretHarness.ts"

const url = "https://third.example/path?x=1"

const proxy = (json: unknown) => act("proxy", "s", { json })

const refusal = (message: string) => JSON.stringify({ message, code: "BAD_REQUEST" })

const unreachable = () => layer()

/** Proxies a request, and gives the request that the third party saw. */
const forwarded = (json: object, seeding = seedPersonal("token", { type: "bearer" })) => {
  const { seen, upstream } = makeUpstream(() => ({ status: 200 }))
  return Effect.gen(function* () {
    yield* seeding
    const got = yield* proxy({ url, ...json })
    assert.strictEqual(got.status, 200, got.text)
    const [request] = seen
    assert.strictEqual(seen.length, 1)
    return request
  }).pipe(Effect.provide(layer({ upstream })))
}

/** Proxies a request, and gives the reply to an answer of the third party. */
const answered = (response: Upstream.UpstreamResponse, json: object = {}) => {
  const { upstream } = makeUpstream(() => response)
  return Effect.gen(function* () {
    yield* seedPersonal("token", { type: "bearer" })
    return yield* proxy({ url, ...json })
  }).pipe(Effect.provide(layer({ upstream })))
}

describe("body of proxy (contract 3.9.5)", () => {
  const notMethod = '"method" must be one of [GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS]'
  const notUri = '"url" must be a valid uri with a scheme matching the http|https pattern'
  const cases: ReadonlyArray<readonly [json: unknown, message: string]> = [
    [[], '"value" must be of type object'],
    ["text", '"value" must be of type object'],
    [null, "Bad request"],
    [0, "Bad request"],
    [{}, '"url" is required'],
    ...["get", "TRACE", "CONNECT", "", null, 1, " GET"].map((method) => [{ method, url }, notMethod] as const),
    [{ url: "" }, '"url" is not allowed to be empty'],
    ...[1, null, {}, []].map((url) => [{ url }, '"url" must be a string'] as const),
    ...[
      "third.example",
      "ftp://third.example",
      "HTTPS://third.example",
      "https:third.example",
      "https://",
      "https:///path",
      "https://third.example/a b",
      " https://third.example",
      "https://third.example/é",
      "https://third.example/<x>",
      "https://third.example/?a=[0]",
      "//third.example"
    ].map((url) => [{ url }, notUri] as const),
    ...[null, [], "x", 1].map((headers) => [{ url, headers }, '"headers" must be of type object'] as const),
    ...[1, {}, [], true].map((body) => [{ url, body }, '"body" must be a string'] as const),
    [{ url, other: 1 }, '"other" is not allowed'],
    [{ url, "": 1 }, '"value" is not allowed'],
    // The first failure counts, in the order of the fields, and unknown keys come last.
    [{ other: 1, body: 1, headers: 1, url: 1, method: 1 }, notMethod],
    [{ other: 1, body: 1, headers: 1, url: 1 }, '"url" must be a string'],
    [{ other: 1, body: 1, headers: 1, url }, '"headers" must be of type object'],
    [{ other: 1, body: 1, url }, '"body" must be a string']
  ]
  for (const [json, message] of cases) {
    it.effect(`${JSON.stringify(json)}: ${message}`, () =>
      Effect.gen(function* () {
        yield* seedContacts
        const got = yield* proxy(json)
        assert.strictEqual(got.status, 400)
        assert.strictEqual(got.text, refusal(message))
        assert.isUndefined(got.headers["x-failure-code"])
      }).pipe(Effect.provide(unreachable()))
    )
  }
})

describe("own errors of proxy (contract 3.9.5)", () => {
  it.effect("403 for a shared secret, before the destination is looked at", () =>
    Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets([{ id: "s", value: "value" }])
      const got = yield* proxy({ url: "http://localhost" })
      assert.strictEqual(got.status, 403)
      assert.strictEqual(
        got.text,
        '{"error":"forbidden_secret_kind","message":"Shared secrets cannot be used through a contact context; use the unscoped /secret/{secretId}/proxy endpoint."}'
      )
      assert.strictEqual(got.headers["content-type"], "application/json")
      assert.isUndefined(got.headers["x-failure-code"])
    }).pipe(Effect.provide(unreachable()))
  )

  const refused = [
    "localhost",
    "LOCALHOST",
    "a.localhost",
    "metadata.google.internal",
    "printer.local",
    "0.0.0.0",
    "0",
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "0177.0.0.1",
    "2130706433",
    "10.0.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd12::1]",
    "[::ffff:8.8.8.8]",
    "third.example:99999",
    "user:password@localhost"
  ]
  for (const host of refused) {
    it.effect(`400 for the host ${host}, before a missing value`, () =>
      Effect.gen(function* () {
        yield* seedPersonal(undefined)
        const got = yield* proxy({ url: `http://${host}/path`, headers: { "a b": "" } })
        assert.strictEqual(got.status, 400)
        assert.strictEqual(got.text, '{"error":"invalid_destination","message":"Destination host is not allowed"}')
      }).pipe(Effect.provide(unreachable()))
    )
  }

  const allowed = [
    "third.example:8443",
    "localhost.example",
    "internal",
    "mylocal",
    "172.15.0.1",
    "172.32.0.1",
    "11.0.0.1",
    "128.0.0.1",
    "[fe00::1]",
    "[2001:db8::1]",
    "1.10.0.1"
  ]
  for (const host of allowed) {
    it.effect(`the host ${host} is allowed`, () =>
      Effect.gen(function* () {
        const request = yield* forwarded({ url: `https://${host}/path` })
        assert.strictEqual(request?.url, `https://${host}/path`)
      })
    )
  }

  it.effect("409 with URL without a value", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined)
      const got = yield* proxy({ url })
      assert.strictEqual(got.status, 409)
      const body = parse(got.text)
      assert.deepStrictEqual(Object.keys(body), ["error", "message", "url"])
      assert.strictEqual(body.error, "authorization_required")
      assert.match(body.message, missing)
      assert.strictEqual(authorization(body.url).secretId, "s")
    }).pipe(Effect.provide(unreachable()))
  )

  it.effect("409 with URL if the value resolves to nothing", () =>
    Effect.gen(function* () {
      yield* seedPersonal(" ", { type: "bearer" })
      const got = yield* proxy({ url })
      assert.strictEqual(got.status, 409)
      const { url: where, ...rest } = parse(got.text)
      assert.deepStrictEqual(rest, {
        error: "authorization_required",
        message: "A linked secret exists but has no value configured. Please authenticate or set up the secret value."
      })
      assert.strictEqual(authorization(where).secretId, "s")
    }).pipe(Effect.provide(unreachable()))
  )

  it.effect("409 without URL for a contact that is not verified", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined)
      const got = yield* act("proxy", "s", { contact: "bob" })
      assert.strictEqual(got.text, '{"error":"authorization_required","message":"Cannot obtain secret manager"}')
    }).pipe(Effect.provide(unreachable()))
  )

  it.effect("headers are built before the value is looked at, the call comes after it", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined)
      const headers = yield* proxy({ url, headers: { "a b": "x" } })
      assert.strictEqual(headers.status, 500)
      assert.strictEqual(headers.text, generic('Headers.set: "a b" is an invalid header name.'))
      const body = yield* proxy({ url, body: "x" })
      assert.strictEqual(body.status, 409)
    }).pipe(Effect.provide(unreachable()))
  )

  const failures: ReadonlyArray<readonly [json: object, message: string]> = [
    [{}, "fetch failed"],
    [{ headers: { "": "x" } }, 'Headers.set: "" is an invalid header name.'],
    [{ headers: { x: "a\nb" } }, 'Headers.set: "a\nb" is an invalid header value.'],
    [{ body: "x" }, "Request with GET/HEAD method cannot have body."],
    [{ body: "" }, "Request with GET/HEAD method cannot have body."],
    [{ method: "HEAD", body: "x" }, "Request with GET/HEAD method cannot have body."],
    [
      { url: "https://user@third.example" },
      "Request cannot be constructed from a URL that includes credentials: https://user@third.example"
    ]
  ]
  for (const [json, message] of failures) {
    it.effect(`500 for ${JSON.stringify(json)}: ${message}`, () =>
      Effect.gen(function* () {
        yield* seedPersonal("value")
        const got = yield* proxy({ url, ...json })
        assert.strictEqual(got.status, 500)
        assert.strictEqual(got.text, generic(message))
      }).pipe(Effect.provide(unreachable()))
    )
  }

  it.effect("500 without the value of the secret, if that is no header value", () =>
    Effect.gen(function* () {
      yield* seedPersonal("canary\nvalue")
      const got = yield* proxy({ url })
      assert.strictEqual(got.text, generic("Headers.append: the value of authorization is an invalid header value."))
    }).pipe(Effect.provide(unreachable()))
  )
})

describe("request to the third party (contract 3.9.5)", () => {
  it.effect("GET with the secret by default, without the fragment", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* forwarded({ url: `${url}#fragment` }), {
        method: "GET",
        url,
        headers: { authorization: "Bearer token" },
        body: undefined
      })
    })
  )

  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    for (const body of ["", "text é", null]) {
      it.effect(`${method} with the body ${JSON.stringify(body)}`, () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* forwarded({ method, body }), {
            method,
            url,
            headers: {
              authorization: "Bearer token",
              ...(body === null ? {} : { "content-type": "text/plain;charset=UTF-8" })
            },
            body: body ?? undefined
          })
        })
      )
    }
  }

  it.effect("headers have names in lower case; values that are no texts are skipped; an own content type stays", () =>
    Effect.gen(function* () {
      const request = yield* forwarded({
        method: "POST",
        body: "{}",
        headers: { "Content-Type": "application/json", "X-A": " a ", n: 1, b: true, l: ["x"], z: null }
      })
      assert.deepStrictEqual(request?.headers, {
        authorization: "Bearer token",
        "content-type": "application/json",
        "x-a": "a"
      })
    })
  )

  const placeholders: ReadonlyArray<readonly [headers: object, sent: object]> = [
    [{ "x-key": "${SECRET_DEFAULT}" }, { "x-key": "Bearer token" }],
    [{ "x-key": "{{SECRET_DEFAULT}}" }, { "x-key": "Bearer token" }],
    [{ "x-key": "a ${SECRET_DEFAULT} {{SECRET_DEFAULT}}" }, { "x-key": "a Bearer token Bearer token" }],
    [{ authorization: "Bearer ${SECRET_DEFAULT}" }, { authorization: "Bearer token" }],
    [{ authorization: "bearer BEARER  ${SECRET_DEFAULT}" }, { authorization: "Bearer token" }],
    [{ authorization: "Basic ${SECRET_BASIC}" }, { authorization: "Basic dTpw" }],
    [{ authorization: "own" }, { authorization: "own" }],
    [{ authorization: "" }, { authorization: "" }],
    // Any placeholder, also one without a meaning, stands for the header that would be added.
    [{ "x-key": "${anything}" }, { "x-key": "${anything}" }],
    [{ "x-key": "{{anything}}" }, { "x-key": "{{anything}}" }],
    [{ "x-key": "${}" }, { "x-key": "${}", authorization: "Bearer token" }],
    [{ "x-key": "${SECRET_NOTHING}" }, { "x-key": "${SECRET_NOTHING}" }],
    [{ "x-key": "${SECRET_A-B}" }, { "x-key": "${SECRET_A-B}" }],
    [{ "x-key": "${SECRET_MY_API_KEY}" }, { "x-key": "shared" }],
    [{ "x-key": "{{SECRET_my_api_key}}" }, { "x-key": "shared" }],
    [{ "x-key": "${SECRET_OTHERS}" }, { "x-key": "${SECRET_OTHERS}" }],
    [{ "x-key": "${SECRET_OWN} ${SECRET_DEFAULT}" }, { "x-key": "personal Bearer token" }],
    [
      { a: "${SECRET_OWN}", b: "{{SECRET_MY_API_KEY}}", authorization: "Bearer mine" },
      { a: "personal", b: "shared", authorization: "Bearer mine" }
    ]
  ]
  for (const [headers, sent] of placeholders) {
    it.effect(`${JSON.stringify(headers)} is sent as ${JSON.stringify(sent)}`, () =>
      Effect.gen(function* () {
        const seeding = Effect.gen(function* () {
          yield* seedPersonal("token", { type: "bearer" })
          yield* seedSecrets([
            { id: "shared", name: "My API-key", value: "shared" },
            { id: "later", name: "my.api.key", value: "later" },
            { id: "basic", name: "basic", type: "basic", value: "u:p" },
            { id: "own", name: "Own!", kind: "personal" }
          ])
          yield* seedSecrets([{ id: "others", name: "Others", value: "x" }], "sk-other")
          yield* seedValue("own", "personal")
        })
        const request = yield* forwarded({ headers }, seeding)
        assert.deepStrictEqual(request?.headers, sent)
      })
    )
  }

  it.effect("any placeholder is found as by the expression of the real server, in linear time", () =>
    Effect.gen(function* () {
      const expression = /\$\{[^}]+\}|\{\{[^}]+\}\}/
      for (let count = 0; count < 20_000; count++) {
        let value = ""
        for (let length = yield* Random.nextIntBetween(0, 9); length > 0; length--) {
          value += yield* Random.choice(["$", "{", "}", "${", "{{", "}}", "a"])
        }
        assert.strictEqual(Placeholders.isIn(value), expression.test(value), value)
      }
      for (const part of ["${", "{{", "{{}", "${}", "${SECRET_A", "Basic"]) {
        assert.isFalse(Placeholders.isIn(part.repeat(300_000)))
      }
    }).pipe(Random.withSeed("placeholders"))
  )

  it.effect("tens of thousands of placeholders take little longer with a thousand secrets", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 50_000 }, (_, at) => `N${at}`)
      const seeding = Effect.andThen(
        seedPersonal("token", { type: "bearer" }),
        seedSecrets(Array.from({ length: 1000 }, (_, at) => ({ name: `Key ${at}`, value: `${at}` })))
      )
      const text = names.map((name) => "${SECRET_" + name + "}").join("")
      const request = yield* forwarded({ headers: { a: text, b: "${SECRET_KEY_999}" } }, seeding)
      assert.deepStrictEqual(request?.headers, { a: text, b: "999" })
    })
  )

  it.effect("a secret is resolved once for all headers", () => {
    const { seen, upstream } = makeUpstream(({ method }) =>
      method === "POST" ? { status: 200, body: '{"access_token":"new"}' } : { status: 200 }
    )
    return Effect.gen(function* () {
      const stored = { accessToken: "old", accessTokenExpiresAt: -1, refreshToken: "r" }
      const config = { tokenUrl: "https://provider.example/token", clientId: "id" }
      yield* seedPersonal(JSON.stringify(stored), { type: "oauth", config, name: "Own" })
      const headers = { a: "${SECRET_DEFAULT}", b: "{{SECRET_DEFAULT}}", c: "${SECRET_OWN}" }
      assert.strictEqual((yield* proxy({ url, headers })).status, 200)
      assert.deepStrictEqual(
        seen.map((request) => request.url),
        ["https://provider.example/token", url]
      )
      assert.deepStrictEqual(seen[1]?.headers, { a: "Bearer new", b: "Bearer new", c: "Bearer new" })
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("placeholders in the URL and the body stay", () =>
    Effect.gen(function* () {
      const request = yield* forwarded({
        method: "POST",
        url: "https://third.example/$SECRET_DEFAULT",
        body: "${SECRET_DEFAULT}"
      })
      assert.strictEqual(request?.url, "https://third.example/$SECRET_DEFAULT")
      assert.strictEqual(request?.body, "${SECRET_DEFAULT}")
    })
  )

  it.effect("another secret without a value is 409, with the URL of the secret in the path", () =>
    Effect.gen(function* () {
      yield* seedPersonal("token")
      yield* seedSecrets([{ id: "own", name: "Own", kind: "personal" }])
      yield* seedSecrets([{ id: "shared", name: "Shared" }])
      const own = parse((yield* proxy({ url, headers: { a: "${SECRET_OWN}" } })).text)
      assert.match(own.message, missing)
      assert.strictEqual(authorization(own.url).secretId, "s")
      const shared = parse((yield* proxy({ url, headers: { a: "${SECRET_SHARED}" } })).text)
      assert.match(shared.message, /^A linked secret exists/)
    }).pipe(Effect.provide(unreachable()))
  )

  it.effect("is interrupted with the request of the caller", () =>
    Effect.gen(function* () {
      const { ended, hang, started } = yield* makeHanging
      yield* Effect.gen(function* () {
        yield* seedPersonal("token")
        const calling = yield* Effect.forkChild(proxy({ url }))
        yield* started
        yield* Fiber.interrupt(calling)
        yield* ended
      }).pipe(Effect.provide(layer({ upstream: () => hang })))
    })
  )

  it.effect("is sent once, whatever the answer", () => {
    const { seen, upstream } = makeUpstream(() => ({ status: 503 }))
    return Effect.gen(function* () {
      yield* seedPersonal("token")
      const got = yield* proxy({ url })
      assert.strictEqual(got.status, 503)
      assert.strictEqual(seen.length, 1)
    }).pipe(Effect.provide(layer({ upstream })))
  })
})

describe("answer of the third party (contract 3.9.5)", () => {
  for (const status of [200, 201, 204, 205, 301, 302, 304, 307, 400, 401, 404, 418, 429, 500, 503, 599]) {
    it.effect(`status ${status} is passed through`, () =>
      Effect.gen(function* () {
        const got = yield* answered({ status, headers: { location: "https://elsewhere.example/" }, body: "text" })
        assert.strictEqual(got.status, status)
        assert.strictEqual(got.text, [204, 205, 304].includes(status) ? "" : "text")
        assert.strictEqual(got.headers["location"], "https://elsewhere.example/")
      })
    )
  }

  for (const status of [0, 101, 600, 200.5]) {
    it.effect(`status ${status} is 500, as a response can't have it`, () =>
      Effect.gen(function* () {
        const got = yield* answered({ status })
        assert.strictEqual(got.text, generic('init["status"] must be in the range of 200 to 599, inclusive.'))
      })
    )
  }

  for (const [headers, message] of [
    [{ "x y": "a" }, 'Headers.append: "x y" is an invalid header name.'],
    [{ x: "a\nb" }, 'Headers.append: "a\nb" is an invalid header value.']
  ] as const) {
    it.effect(`headers ${JSON.stringify(headers)} are 500, as a response can't have them`, () =>
      Effect.gen(function* () {
        const got = yield* answered({ status: 200, headers })
        assert.strictEqual(got.text, generic(message))
      })
    )
  }

  it.effect("most headers are passed on, and replace the server's own", () =>
    Effect.gen(function* () {
      const dropped = {
        Connection: "close",
        "keep-alive": "timeout=5",
        "proxy-authenticate": "Basic",
        "proxy-authorization": "Basic x",
        te: "trailers",
        trailer: "x",
        "transfer-encoding": "chunked",
        upgrade: "h2c",
        "content-encoding": "identity",
        "content-length": "4",
        authorization: "Bearer token"
      }
      const kept = {
        "content-type": "text/html",
        "access-control-allow-origin": "https://third.example",
        date: "Tue, 14 Nov 2023 22:13:20 GMT",
        vary: "Origin",
        "x-own": "1",
        "www-authenticate": "Bearer"
      }
      const got = yield* answered({ status: 200, headers: { ...dropped, ...kept }, body: "text" })
      for (const name of Object.keys(dropped)) assert.isUndefined(got.headers[name.toLowerCase()], name)
      for (const [name, value] of Object.entries(kept)) assert.strictEqual(got.headers[name], value)
      assert.strictEqual(got.headers["access-control-allow-methods"], "GET,POST")
    })
  )

  it.effect("the last of several cookies survives, in place of the server's; other values are joined", () =>
    Effect.gen(function* () {
      const headers = { "Set-Cookie": ["a=1", "b=2; Path=/"], link: ["<a>", "<b>"] }
      const got = yield* answered({ status: 200, headers })
      assert.strictEqual(got.headers["set-cookie"], "b=2; Path=/")
      assert.strictEqual(got.headers["link"], "<a>, <b>")
    })
  )

  it.effect("a body without a content type has none, and keeps its bytes", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const bodies = [bytes, Stream.fromIterable([bytes.subarray(0, 100), bytes.subarray(100)])]
    return Effect.gen(function* () {
      for (const body of bodies) {
        const { upstream } = makeUpstream(() => ({ status: 200, body }))
        yield* Effect.gen(function* () {
          yield* seedPersonal("token")
          const response = yield* open(post("/v1/contact/ada/secret/s/proxy", { url }))
          assert.deepStrictEqual(new Uint8Array(yield* response.arrayBuffer), bytes)
          assert.isUndefined(response.headers["content-type"])
        }).pipe(Effect.provide(layer({ upstream })))
      }
    })
  })

  const compressed = (format: CompressionFormat, text: string) =>
    Effect.promise(
      async () =>
        new Uint8Array(
          await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream(format))).arrayBuffer()
        )
    )
  for (const format of ["gzip", "deflate"] as const) {
    it.effect(`a body in ${format} is decompressed`, () =>
      Effect.gen(function* () {
        const body = yield* compressed(format, "text ".repeat(1000))
        const got = yield* answered({ status: 200, headers: { "content-encoding": format }, body })
        assert.strictEqual(got.text, "text ".repeat(1000))
        assert.isUndefined(got.headers["content-encoding"])
      })
    )
  }

  it.effect("a body in several codings is decompressed; one in an unknown coding stays as it is", () =>
    Effect.gen(function* () {
      const inner = yield* compressed("deflate", "text")
      const both = yield* Effect.promise(
        async () =>
          new Uint8Array(
            await new Response(new Blob([inner]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer()
          )
      )
      const twice = yield* answered({ status: 200, headers: { "content-encoding": "deflate, gzip" }, body: both })
      assert.strictEqual(twice.text, "text")
      const unknown = yield* answered({ status: 200, headers: { "content-encoding": "zstd" }, body: "text" })
      assert.strictEqual(unknown.text, "text")
    })
  )

  it.effect("an answer to HEAD has no body", () =>
    Effect.gen(function* () {
      const got = yield* answered({ status: 200, headers: { "x-a": "1" }, body: "text" }, { method: "HEAD" })
      assert.strictEqual(got.text, "")
      assert.strictEqual(got.headers["x-a"], "1")
    })
  )

  it.effect("a body that breaks off breaks the connection", () => {
    const body = Stream.concat(Stream.succeed(new Uint8Array([65])), Stream.fail("broken"))
    const { upstream } = makeUpstream(() => ({ status: 200, body }))
    return Effect.gen(function* () {
      yield* seedPersonal("token")
      const failed = yield* Effect.flip(proxy({ url }))
      assert.strictEqual(failed._tag, "HttpClientError")
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("is compressed like other replies, by its content type", () => {
    const { upstream } = makeUpstream(() => ({ status: 200, headers: { "content-type": "text/html" }, body: "text" }))
    return Effect.gen(function* () {
      yield* seedPersonal("token")
      const response = yield* open(
        post("/v1/contact/ada/secret/s/proxy", { url }, { headers: { "accept-encoding": "gzip" } })
      )
      assert.strictEqual(response.headers["content-encoding"], "gzip")
      assert.strictEqual(response.headers["vary"], "Accept-Encoding")
      const bytes = new Uint8Array(yield* response.arrayBuffer)
      const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))
      assert.strictEqual(yield* Effect.promise(() => new Response(unzipped).text()), "text")
    }).pipe(Effect.provide(layer({ upstream, compression: true })))
  })

  it.effect("a JSON answer looks like an own error", () =>
    Effect.gen(function* () {
      const body = '{"error":"authorization_required"}'
      const got = yield* answered({ status: 409, headers: { "content-type": "application/json" }, body })
      assert.strictEqual(got.text, body)
    })
  )
})
