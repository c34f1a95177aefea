import { listNames } from "../../../src/conformance/ContactPaths.ts"

/** Headers of a request. */
export const head = "Host: x\r\nAuthorization: Bearer sk-main\r\n"
/** Headers of the last request of a connection. */
export const closing = `${head}Connection: close\r\n`

/** The bytes of a POST. */
export const postRequest = (path: string, type: string | undefined, body: string, rest = closing) =>
  `POST ${path} HTTP/1.1\r\n${rest}${type === undefined ? "" : `Content-Type: ${type}\r\n`}` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** The content type of JSON. */
export const json = "application/json"
const writes = ["/v1/contact/create", "/v1/contact/ensure", "/v1/contact/rich/update"]
const search = "/v1/contact/rich/memory/search"
const actions = ["authenticate", "verify", "revoke", "mint", "proxy"].map(
  (action) => `/v1/contact/rich/secret/s/${action}`
)
const proxy = "/v1/contact/rich/secret/s/proxy"
const graphql = "/v1/graphql"
const lists = listNames.map((name) => `/v1/contact/rich/${name}/list`)
const allPaths = [
  ...writes,
  "/v1/contact/rich/delete",
  "/v1/contact/list",
  "/v1/contact/rich/fetch",
  ...lists,
  search,
  ...actions,
  graphql
]

const getRequest = (path: string) => `GET ${path} HTTP/1.1\r\n${closing}\r\n`

const notFound = /^HTTP\/1\.1 404 [^]*\{"message":"Not found","code":"NOT_FOUND"\}$/

/** Requests that must change nothing, and the reply to each. */
export interface Attack {
  readonly name: string
  readonly paths: ReadonlyArray<string>
  readonly bytes: (path: string) => string
  readonly reply: RegExp
}

/** The attacks on all endpoints. Contact `rich` has items, and a value of the secret `s`. */
export const attacks: ReadonlyArray<Attack> = [
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
    paths: [...writes, "/v1/contact/rich/delete", search, ...actions],
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
    paths: [...writes, search],
    bytes: (path: string) => postRequest(path, json, body),
    reply: /^HTTP\/1\.1 400 [^]*is not allowed","code":"BAD_REQUEST"\}$/
  })),
  {
    name: "__proto__ as metadata",
    paths: writes,
    bytes: (path) => postRequest(path, json, '{"meta":{"__proto__":{"polluted":1},"_polluted":1}}'),
    reply: /^HTTP\/1\.1 400 [^]*\{"message":"\\"meta\._polluted\\" is not allowed","code":"BAD_REQUEST"\}$/
  },
  ...["__proto__", "constructor", "(__proto__)", "toString"].flatMap((id) => [
    {
      name: `the id ${id}`,
      paths: [`/v1/contact/${id}/fetch`],
      bytes: getRequest,
      reply: notFound
    },
    {
      name: `the id ${id} of a list`,
      paths: listNames.map((name) => `/v1/contact/${id}/${name}/list`),
      bytes: getRequest,
      reply: /^HTTP\/1\.1 404 [^]*\{"code":"NOT_FOUND","message":"Not found"\}$/
    },
    {
      name: `the id ${id} of a search or a secret`,
      paths: [
        `/v1/contact/${id}/memory/search`,
        ...actions.flatMap((path) => [path.replace("/rich/", `/${id}/`), path.replace("/s/", `/${id}/`)])
      ],
      bytes: (path: string) =>
        postRequest(path, json, path.endsWith("/proxy") ? '{"url":"https://example.com"}' : "{}"),
      reply: notFound
    }
  ]),
  {
    name: "a filter by __proto__",
    paths: ["/v1/contact/list", ...lists].flatMap((path) => [
      `${path}?meta.__proto__=x`,
      `${path}?meta.__proto__.a=x&__proto__=y`
    ]),
    bytes: getRequest,
    reply: /^HTTP\/1\.1 200 [^]*\{"items":\[\]\}$/
  },
  {
    name: "an order by an inherited member",
    paths: lists.flatMap((path) => ["__proto__", "constructor"].map((order) => `${path}?order=${order}`)),
    bytes: getRequest,
    reply: /^HTTP\/1\.1 500 [^]*\{"code":"GENERIC_ERROR","message":"System error occurred"\}$/
  },
  ...['{"search":{"__proto__":1}}', '{"search":["a"]}', '{"search":1e400}', '{"search":null}'].map((body) => ({
    name: `the search ${body}`,
    paths: [search],
    bytes: (path: string) => postRequest(path, json, body),
    reply: /^HTTP\/1\.1 400 [^]*\{"message":"\\"search\\" must be a string","code":"BAD_REQUEST"\}$/
  })),
  {
    name: "a search of 1 MB",
    paths: [search],
    bytes: (path) => postRequest(path, json, JSON.stringify({ search: "a ".repeat(500_000) })),
    reply: /^HTTP\/1\.1 200 [^]*\{"items":\[\{"id":"(?:one|two)","text":""\},/
  },
  ...(
    [
      ['{"headers":{"__proto__":{"a":"b"}}}', '\\"url\\" is required'],
      ['{"url":"file:///etc/passwd"}', "must be a valid uri"],
      ['{"url":"https://example.com","__proto__":{"method":"TRACE"},"constructor":1}', "must be one of"],
      [`{"url":"https://example.com/${"é".repeat(400_000)}"}`, "must be a valid uri"],
      [`{"url":"https://${"a.".repeat(450_000)}"}`, "must be a valid uri|Destination host is not allowed"]
    ] as const
  ).map(([body, message]) => ({
    name: `the proxy call ${body.slice(0, 60)}`,
    paths: [proxy],
    bytes: (path: string) => postRequest(path, json, body),
    reply: new RegExp(`^HTTP/1\\.1 400 [^]*(?:${message.replaceAll("\\", "\\\\")})`)
  })),
  ...[
    { __proto__: "x", constructor: "x" },
    { "x-a": "${".repeat(400_000) },
    { "x-a": "{{SECRET_".repeat(100_000) },
    { "x-a": "${SECRET_DEFAULT}".repeat(50_000) }
  ].map((headers) => ({
    name: `proxy headers of ${JSON.stringify(headers).slice(0, 40)}`,
    paths: [proxy],
    bytes: (path: string) => postRequest(path, json, JSON.stringify({ url: "https://example.com", headers })),
    // Nothing can be reached.
    reply: /^HTTP\/1\.1 500 [^]*\{"code":"GENERIC_ERROR","message":"fetch failed"\}$/
  })),
  ...[
    "http://127.1/",
    "http://[::ffff:7f00:1]/",
    "http://0x7f.1/",
    "http://a.localhost/",
    "http://localhost:80/",
    "http://169.254.169.254/latest"
  ].map((url) => ({
    name: `a proxy call to ${url}`,
    paths: [proxy],
    bytes: (path: string) => postRequest(path, json, JSON.stringify({ url })),
    reply: /^HTTP\/1\.1 400 [^]*\{"error":"invalid_destination","message":"Destination host is not allowed"\}$/
  })),
  ...(
    [
      ["{".repeat(100_000), "GRAPHQL_PARSE_FAILED"],
      [
        "fragment a on Contact { ...b } fragment b on Contact { ...a } { contacts { edges { node { ...a } } } }",
        "GRAPHQL_VALIDATION_FAILED"
      ],
      ["{ contacts { edges { node { preferences } } } }", "GRAPHQL_VALIDATION_FAILED"],
      ["{ __proto__ }", "GRAPHQL_VALIDATION_FAILED"],
      ["{ constructor { toString } }", "GRAPHQL_VALIDATION_FAILED"],
      [
        '{ contacts(meta: {__proto__: {a: "b"}, a: {b: "c"}}, order: __proto__) { pageInfo { hasNextPage } } }',
        "GRAPHQL_VALIDATION_FAILED"
      ],
      ["", "GRAPHQL_PARSE_FAILED"]
    ] as const
  ).map(([query, code]) => ({
    name: `the query ${query.slice(0, 60)}`,
    paths: [graphql],
    bytes: (path: string) => postRequest(path, json, JSON.stringify({ query })),
    reply: new RegExp(`^HTTP/1\\.1 200 [^]*\\{"errors":\\[[^]*"code":"${code}"`)
  })),
  ...[
    '{"query":1}',
    '{"query":"{contacts{edges{cursor}}}","variables":"x"}',
    '{"__proto__":1}',
    "[]",
    "7",
    "null",
    '"x"'
  ].map((body) => ({
    name: `the GraphQL body ${body}`,
    paths: [graphql],
    bytes: (path: string) => postRequest(path, json, body),
    reply: /^HTTP\/1\.1 200 [^]*\r\n\r\n\{"errors":\[\{"message":"[^]*$/
  })),
  {
    name: "metadata with __proto__ in a query",
    paths: [graphql],
    bytes: (path) =>
      postRequest(
        path,
        json,
        '{"query":"query ($m: JsonObject) { contacts(meta: $m) { edges { node { id } } } }","variables":{"m":{"__proto__":{"a":"x"},"constructor":"x"}}}'
      ),
    reply: /^HTTP\/1\.1 200 [^]*\{"data":\{"contacts":\{"edges":\[\]\}\}\}$/
  },
  ...["/v1/contact/list?meta.a=", "/v1/contact/", "/"].map((start) => ({
    name: `a URL of 10 MB: ${start}`,
    paths: [start],
    bytes: (path: string) => `GET ${path}${"x".repeat(10_000_000)} HTTP/1.1\r\n${closing}\r\n`,
    // Node may cut the connection before its answer is read.
    reply: /^HTTP\/1\.1 431 |^$/
  }))
]
