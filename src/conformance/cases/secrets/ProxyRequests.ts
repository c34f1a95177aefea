import type { Case, Expected } from "../../Case.ts"
import { badRequest, received, send, serverError } from "../../Steps.ts"
import {
  act,
  authorizationRequired,
  ownError,
  proxy,
  seeded,
  unverified,
  upstreamAnswer,
  upstreamUrl
} from "./Secrets.ts"
import { personal } from "./SecretValues.ts"

const rows = personal({ id: "secret", type: "bearer" }, "abc")

const badMethod = badRequest('"method" must be one of [GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS]')
const badUrl = badRequest('"url" must be a valid uri with a scheme matching the http|https pattern')
const badHeaders = badRequest('"headers" must be of type object')
const badBody = badRequest('"body" must be a string')

const invalidDestination = ownError(400, "invalid_destination", "Destination host is not allowed")

const url = upstreamUrl

const local = "http://localhost/"
const badHeader = { "a b": "x" }
const shared = ownError(
  403,
  "forbidden_secret_kind",
  "Shared secrets cannot be used through a contact context; use the unscoped /secret/{secretId}/proxy endpoint."
)

const bodies: ReadonlyArray<Case> = [
  seeded(
    "bodies-of-proxy-calls",
    [
      "3.9.proxy.method",
      "3.9.proxy.url",
      "3.9.proxy.url.uri",
      "3.9.proxy.headers",
      "3.9.proxy.body",
      "3.9.proxy.keys",
      "3.9.proxy.first"
    ],
    { rows },
    [
      ...["get", "Post", "TRACE", "CONNECT", "", " GET", 1, null, ["GET"]].map((method) =>
        send(proxy("secret", { url, method }), badMethod)
      ),
      send(proxy("secret", {}), badRequest('"url" is required')),
      send(proxy("secret", { url: "" }), badRequest('"url" is not allowed to be empty')),
      ...[1, null, true, [url], { url }].map((value) =>
        send(proxy("secret", { url: value }), badRequest('"url" must be a string'))
      ),
      ...[
        "api.example.com",
        "/v1",
        "ftp://api.example.com",
        "file:///etc/passwd",
        "HTTP://api.example.com",
        "Https://api.example.com",
        "https://api.example.com/a b",
        " https://api.example.com",
        "https://api.example.com/é",
        "https://é.example.com",
        "javascript:alert(1)"
      ].map((value) => send(proxy("secret", { url: value }), badUrl)),
      ...["x", 1, null, true, []].map((headers) => send(proxy("secret", { url, headers }), badHeaders)),
      ...[1, true, {}, ["x"]].map((body) => send(proxy("secret", { url, body, method: "POST" }), badBody)),
      ...["foo", "timeout", "contactId"].map((key) =>
        send(proxy("secret", { url, [key]: 1 }), badRequest(`"${key}" is not allowed`))
      ),
      // The first failure in the order of the fields counts.
      send(proxy("secret", { foo: 1, body: 1, headers: 1, url: 1, method: 1 }), badMethod),
      send(proxy("secret", { foo: 1, body: 1, headers: 1, url: 1 }), badRequest('"url" must be a string')),
      send(proxy("secret", { foo: 1, body: 1, headers: 1, url }), badHeaders),
      send(proxy("secret", { foo: 1, body: 1, url }), badBody),
      send(proxy("secret", { foo: 1 }), badRequest('"url" is required')),
      ...[[], "text", 7, true].map((body) =>
        send({ ...act("proxy", "secret"), json: body }, badRequest('"value" must be of type object'))
      ),
      ...["null", "false", "0", '""'].map((body) =>
        send({ path: "/contact/ada/secret/secret/proxy", body }, badRequest())
      ),
      received()
    ]
  ),
  seeded(
    "requests-of-proxy-calls",
    [
      "3.1.proxy",
      "3.9.proxy.method",
      "3.9.proxy.headers",
      "3.9.proxy.body",
      "3.9.proxy.content-type",
      "3.9.proxy.no-retry"
    ],
    { rows },
    [
      send(proxy("secret", { url }), upstreamAnswer),
      received({ method: "GET", url, body: null, headers: { authorization: "Bearer abc" } }),
      ...["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].flatMap((method) => [
        send(proxy("secret", { url, method }), upstreamAnswer),
        received({ method, url, body: null })
      ]),
      send(proxy("secret", { url, method: "HEAD" }), { status: 200 }),
      received({ method: "HEAD", url, body: null }),
      ...["POST", "PUT", "PATCH", "DELETE"].flatMap((method) => [
        send(proxy("secret", { url, method, body: "text é" }), upstreamAnswer),
        received({ method, url, body: "text é", headers: { "content-type": "text/plain;charset=UTF-8" } })
      ]),
      send(
        proxy("secret", { url, method: "POST", body: "{}", headers: { "Content-Type": "application/json" } }),
        upstreamAnswer
      ),
      received({ url, body: "{}", headers: { "content-type": "application/json" } }),
      send(proxy("secret", { url, body: null, headers: {} }), upstreamAnswer),
      received({ method: "GET", url, body: null }),
      send(
        proxy("secret", { url, headers: { "x-a": "a", "x-b": 1, "x-c": null, "x-d": ["d"], "x-e": "" } }),
        upstreamAnswer
      ),
      received({ url, headers: { "x-a": "a", "x-b": null, "x-c": null, "x-d": null, "x-e": "" } })
    ]
  ),
  seeded(
    "failures-of-proxy-calls",
    [
      "3.9.proxy.failed.header",
      "3.9.proxy.failed.body",
      "3.9.proxy.failed.connection",
      "3.9.proxy.no-retry",
      "6.500.exception"
    ],
    { rows },
    [
      send(
        proxy("secret", { url, headers: { "a b": "x" } }),
        serverError('Headers.set: "a b" is an invalid header name.')
      ),
      ...["a\nb", "a\0b"].map((value) =>
        send(proxy("secret", { url, headers: { "x-a": value } }), {
          status: 500,
          checks: [["code first", ({ text }) => text.startsWith('{"code":"GENERIC_ERROR","message":"')]]
        })
      ),
      ...["GET", "HEAD"].flatMap((method) =>
        ["", "text"].map((body) =>
          send(proxy("secret", { url, method, body }), serverError("Request with GET/HEAD method cannot have body."))
        )
      ),
      received(),
      send(proxy("secret", { url: "https://nobody.example.com/" }), serverError("fetch failed")),
      received({ url: "https://nobody.example.com/" })
    ]
  ),
  seeded(
    "order-of-checks-inside-proxy-calls",
    ["3.9.proxy.order", "3.9.proxy.shared", "3.9.proxy.unverified", "3.9.proxy.missing", "3.9.proxy.errors"],
    {
      rows: (api) =>
        api.seedSecrets(
          [
            { id: "shared", kind: "shared" },
            { id: "none", kind: "personal" }
          ],
          "sk-main"
        )
    },
    [
      send(proxy("shared", { url: local, headers: badHeader, body: "x" }), shared),
      send(proxy("none", { url: local, headers: badHeader, body: "x" }), invalidDestination),
      send(proxy("none", { url: local, headers: badHeader, body: "x" }, "guest"), invalidDestination),
      send(
        proxy("none", { url, headers: badHeader, body: "x" }),
        serverError('Headers.set: "a b" is an invalid header name.')
      ),
      send(proxy("none", { url, body: "x" }), authorizationRequired("none")),
      send(proxy("none", { url, body: "x" }, "guest"), unverified),
      received()
    ]
  )
]

const refused = [
  "localhost",
  "LOCALHOST",
  "api.localhost",
  "db.internal",
  "metadata.google.internal",
  "printer.local",
  "0.0.0.0",
  "127.0.0.1",
  "127.9.9.9",
  "10.0.0.1",
  "10.255.255.255",
  "192.168.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "[::]",
  "[::1]",
  "[fe80::1]",
  "[fc00::1]",
  "[fd12:3456::1]",
  "[::ffff:8.8.8.8]"
]

const refusedByTheirForm = ["127.1", "0x7f000001", "0177.0.0.1", "2130706433", "0", "0x0a.1", "[0:0:0:0:0:0:0:1]"]

const allowed = [
  "8.8.8.8",
  "11.0.0.1",
  "172.15.0.1",
  "172.32.0.1",
  "192.169.0.1",
  "169.253.0.1",
  "[2001:db8::1]",
  "localhost.example.com",
  "internal.example.com",
  "mylocalhost",
  "local.example.com"
].map((host) => `https://${host}/`)

const answer: Expected = { status: 200, text: "ok" }

const destinations: ReadonlyArray<Case> = [
  seeded(
    "destinations-of-proxy-calls",
    [
      "3.9.proxy.destination",
      "3.9.proxy.hosts",
      "3.9.proxy.hosts.parsed",
      "3.9.proxy.hosts.unparsed",
      "3.9.proxy.hosts.others"
    ],
    { rows, upstream: Object.fromEntries(allowed.map((of) => [of, [{ body: "ok" }]])) },
    [
      ...[...refused, ...refusedByTheirForm].flatMap((host) =>
        [`http://${host}/`, `https://user@${host}:8080/path?q=1`].map((of) =>
          send(proxy("secret", { url: of }), invalidDestination)
        )
      ),
      send(proxy("secret", { url: "https://api.example.com:99999/" }), invalidDestination),
      received(),
      ...allowed.flatMap((of) => [send(proxy("secret", { url: of }), answer), received({ url: of })])
    ]
  )
]

/** The requests of proxy calls, and their destinations (wire contract 3.9.5). */
export const proxyRequests: ReadonlyArray<Case> = [...bodies, ...destinations]
