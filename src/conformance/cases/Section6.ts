import { reads, writes } from "../ContactPaths.ts"
import { type Case, startTime, type Expected, type Request } from "../Case.ts"
import {
  withAccept,
  badRequest,
  clock,
  conflict,
  create,
  fetched,
  get,
  idOf,
  redirect,
  notAuthenticated,
  notAuthorized,
  notFound,
  ok,
  htmlPage,
  plainText,
  post,
  send,
  methodNotAllowed
} from "../Steps.ts"

const all = [...writes, ...reads, "/graphql"]

const jsonType = { "content-type": "application/json" } as const
const malformed = plainText(400, "Invalid JSON")
const tooLarge = plainText(413, "Body exceeded 1mb limit")
const unreadable = plainText(400, "Invalid body")
const internalServerError = plainText(500, "Internal Server Error")
const nobody = { authorization: "Bearer nonsense" } as const
const anonymous = { authorization: null } as const

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

const utf16 = (text: string): Uint8Array =>
  Uint8Array.from(Array.from(text, (char) => [char.charCodeAt(0) & 255, char.charCodeAt(0) >> 8]).flat())

const errors: ReadonlyArray<Case> = [
  {
    id: "bodies-that-are-not-json",
    clauses: ["6.400.malformed", "6.order.body"],
    steps: [
      ...["{", "{}{}", "undefined", "{'a':1}", "[1,]", " "].map((body) =>
        send({ path: "/contact/create", body }, malformed)
      ),
      send({ path: "/contact/create", body: "{", headers: { "content-type": "application/ld+json" } }, malformed),
      // The body is parsed before the checks of the verb, the credentials and the id, and before HEAD and OPTIONS.
      ...all.flatMap((path) =>
        (["GET", "POST", "PUT", "OPTIONS"] as const).map((method) =>
          send({ method, path, body: "{", ...anonymous }, malformed)
        )
      ),
      // Other types are not parsed.
      send({ path: "/contact/create", body: "{", headers: { "content-type": "text/plain" } }, badRequest()),
      send({ method: "OPTIONS", path: "/contact/create", body: "{", headers: { "content-type": "text/plain" } }, ok)
    ]
  },
  {
    id: "falsy-bodies",
    clauses: ["6.400.falsy", "6.400.falsy.ignored"],
    steps: ["null", "false", "0", '""', "-0", " null "].flatMap((body) => [
      create({ name: "<run>" }),
      ...["/contact/create", "/contact/ensure", "/contact/<id>/update", "/contact/c<run>/update"].map((path) =>
        send({ path, body }, badRequest())
      ),
      send({ path: "/contact/<id>/delete", body }, idOf("id"))
    ])
  },
  {
    id: "bodies-above-the-limit",
    clauses: ["6.413", "6.413.exact", "6.order.body"],
    steps: [
      send(
        { path: "/contact/create", body: `{"meta":{"text":"${"x".repeat(1_000_000)}"}}`.padEnd(1_048_576) },
        {
          ...ok,
          save: { id: "id" }
        }
      ),
      send({ path: "/contact/create", body: `{"meta":{"text":"${"é".repeat(500_000)}"}}`.padEnd(548_576) }, ok),
      send({ path: "/contact/create", body: "{}".padEnd(1_048_577) }, tooLarge),
      send({ path: "/contact/create", body: "x".repeat(2_000_000), ...anonymous }, tooLarge),
      send({ path: "/contact/list", body: "x".repeat(1_048_577), headers: { "content-type": "text/plain" } }, tooLarge),
      send({ method: "GET", path: "/contact/list", body: "x".repeat(1_048_577) }, tooLarge),
      send(
        {
          path: "/contact/create",
          body: "{}".padEnd(1_048_577),
          headers: { "content-type": "application/json; charset=nope" }
        },
        tooLarge
      )
    ]
  },
  {
    id: "bodies-nested-too-deep",
    clauses: ["6.500.deep"],
    steps: [
      ...all.flatMap((path) => [
        send({ path, body: `${"[".repeat(20_000)}${"]".repeat(20_000)}`, ...anonymous }, internalServerError),
        send({ path, body: "[".repeat(20_000), ...anonymous }, internalServerError)
      ]),
      send(
        { path: "/contact/create", body: `{"meta":${'{"a":'.repeat(20_000)}1${"}".repeat(20_001)}` },
        internalServerError
      ),
      // Brackets in a string do not count.
      send(post("/contact/create", { description: `"\\${"[".repeat(20_000)}` }), { ...ok, save: { id: "id" } }),
      fetched({ description: `"\\${"[".repeat(20_000)}` })
    ]
  },
  {
    id: "exceptions-write-code-first",
    clauses: ["6.body.order", "6.500.database", "6.500.exception"],
    steps: [
      send(post("/contact/create", { name: null }), {
        status: 500,
        text: '{"code":"GENERIC_ERROR","message":"System error occurred"}'
      }),
      send(post("/contact/ensure", { fingerprint: " " }), {
        status: 500,
        text: '{"code":"GENERIC_ERROR","message":"fingerprint is too short"}'
      }),
      send(post("/contact/create", { foo: 1 }), {
        status: 400,
        text: '{"message":"\\"foo\\" is not allowed","code":"BAD_REQUEST"}'
      })
    ]
  },
  {
    id: "bad-credentials",
    clauses: ["6.401", "6.403.csrf", "7.none", "6.header.failure-code", "6.header.others"],
    steps: [
      ...reads.flatMap((path) => [
        send(get(path, nobody), notAuthenticated),
        send(get(path, anonymous), notAuthenticated)
      ]),
      ...writes.flatMap((path) => [
        send(post(path, {}, nobody), { ...notAuthenticated, headers: { ...jsonType, "x-failure-code": null } }),
        send(post(path, {}, anonymous), {
          ...notAuthorized,
          headers: { ...jsonType, "x-failure-code": "NOT_AUTHORIZED" }
        })
      ])
    ]
  },
  {
    id: "dates",
    clauses: ["6.header.date"],
    needs: ["clock", "empty"],
    steps: [0, 999, 1000, 86_400_000].flatMap((millis) => {
      const headers = { date: new Date(startTime + millis).toUTCString() }
      return [
        clock(millis),
        ...reads.map((path) => send(get(path, anonymous), { status: 401, headers })),
        ...writes.map((path) => send(post(path, {}, nobody), { status: 401, headers })),
        send(withAccept("/contact/list", "application/jsonl"), { status: 200, headers }),
        send({ path: "/contact/create", body: "{" }, { ...malformed, headers }),
        send({ method: "HEAD", path: "/contact/list" }, { status: 200, headers }),
        send(get("/nope"), { status: 404, headers }),
        send(get("//nope"), { status: 308, headers }),
        send(get("/v1/bot/list"), { status: 501, headers })
      ]
    })
  },
  {
    id: "headers-for-browsers",
    clauses: ["6.cors", "6.cors.others", "6.cors.bare"],
    needs: ["empty"],
    steps: [
      ...all.map((path) => send({ method: "OPTIONS", path, ...anonymous }, ok)),
      send(get("/contact/list", { headers: { origin: "https://example.com" } }), ok),
      send(withAccept("/contact/list", "application/jsonl"), { status: 200 }),
      send(get("/v1/nope", anonymous), htmlPage(404)),
      send(get("/nope", anonymous), htmlPage(404)),
      send(get("/v1/contact/list/", anonymous), redirect("/v1/contact/list")),
      send({ path: "/contact/create", body: "{" }, malformed)
    ]
  }
]

const withAcceptEncoding = (path: string, encodings: string | undefined, accept = "application/json"): Request =>
  get(path, { headers: { accept, ...(encodings === undefined ? {} : { "accept-encoding": encodings }) } })

/** A reply with a Content-Encoding. EmulatorBytes.test.ts tests the compressed bytes, which clients decompress. */
const encoded = (coding: string | null): Expected => ({ status: 200, headers: { "content-encoding": coding } })

const headers: ReadonlyArray<Case> = [
  {
    id: "vary-headers",
    clauses: ["6.header.vary", "6.header.vary.none", "6.header.cookie"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "a" }] }] },
    steps: ["gzip", "*", "br, deflate", "identity"].flatMap((encodings) => [
      ...["application/json", "text/csv", "text/event-stream"].map((accept) =>
        send(withAcceptEncoding("/contact/list", encodings, accept), {
          ...encoded(null),
          headers: { "content-encoding": null, "content-type": accept, vary: "Accept-Encoding" }
        })
      ),
      send(withAcceptEncoding("/contact/list", encodings, "application/jsonl"), {
        ...encoded(null),
        headers: { vary: null }
      }),
      send(withAcceptEncoding("/contact/a/fetch", encodings), { status: 200, headers: { vary: "Accept-Encoding" } }),
      send(withAcceptEncoding("/nope", encodings), { status: 404, headers: { vary: "Accept-Encoding" } }),
      send({ method: "HEAD", path: "/contact/list" }, { status: 200, headers: { vary: null } })
    ])
  }
]

/** A request that fails several checks. The reply is that of the first check. */
const bad = (rest: Partial<Request>): Request => ({ path: "/contact/c<run>/update", json: { foo: 1 }, ...rest })

const order: ReadonlyArray<Case> = [
  {
    id: "order-of-checks",
    clauses: [
      "6.order.body",
      "6.order.verb",
      "6.order.content-type",
      "6.order.auth",
      "6.order.schema",
      "6.order.lookup"
    ],
    steps: [
      send({ method: "PUT", path: "/contact/c<run>/update", body: "{", ...nobody }, malformed),
      send(
        {
          method: "PUT",
          path: "/contact/c<run>/update",
          body: "x",
          headers: { "content-type": "text/plain" },
          ...nobody
        },
        methodNotAllowed
      ),
      send(bad({ headers: { "content-type": "text/plain" }, ...nobody }), badRequest()),
      send(bad({ headers: { "content-type": "text/plain" }, ...anonymous }), badRequest()),
      send(bad(nobody), notAuthenticated),
      send(bad(anonymous), notAuthorized),
      send(bad({}), badRequest('"foo" is not allowed')),
      send(bad({ path: "/contact/%20/update" }), badRequest('"foo" is not allowed')),
      send(bad({ json: {} }), notFound),
      create({ fingerprint: "the fingerprint of <run>" }),
      send(bad({ json: { fingerprint: "the fingerprint of <run>" } }), notFound),
      send(bad({ json: { name: null } }), notFound),
      create({ name: "second" }, "two"),
      send(post("/contact/<two>/update", { fingerprint: "the fingerprint of <run>" }), conflict)
    ]
  },
  {
    id: "head",
    clauses: ["6.odd.head", "6.order.shortcut"],
    steps: all.flatMap((path) =>
      [{}, nobody, anonymous].map((credentials) =>
        send({ method: "HEAD", path, ...credentials }, { status: 200, text: "" })
      )
    )
  },
  {
    id: "options",
    clauses: ["6.odd.options", "6.order.shortcut"],
    steps: all.flatMap((path) =>
      [{}, nobody, anonymous].map((credentials) =>
        send({ method: "OPTIONS", path, ...credentials }, { ...ok, text: "{}" })
      )
    )
  }
]

const oddities: ReadonlyArray<Case> = [
  {
    id: "posts-without-a-body",
    clauses: ["6.odd.empty", "2.empty"],
    steps: [
      send({ method: "POST", path: "/contact/create", body: "", headers: jsonType }, { ...ok, save: { id: "id" } }),
      send({ method: "POST", path: "/contact/<id>/update", body: "", headers: jsonType }, idOf("id")),
      send({ method: "POST", path: "/contact/<id>/update", headers: jsonType }, idOf("id")),
      send({ method: "POST", path: "/contact/<id>/delete", headers: jsonType }, idOf("id"))
    ]
  },
  {
    id: "charsets",
    clauses: ["6.odd.charset", "6.odd.charset.other", "6.odd.charset.latin1"],
    steps: [
      ...[
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        'application/json; charset="utf-8"'
      ].flatMap((type) => [
        send(
          { path: "/contact/create", body: '{"name":"é <run>"}', headers: { "content-type": type } },
          {
            ...ok,
            save: { id: "id" }
          }
        ),
        fetched({ name: "é <run>" })
      ]),
      ...["iso-8859-1", "ISO-8859-1", '"iso-8859-1"', "latin1", "iso8859-1", "l1"].flatMap((charset) => [
        send(
          {
            path: "/contact/create",
            body: latin1('{"name":"\u00e9\u0080\u009f"}'),
            headers: { "content-type": `application/json; charset=${charset}` }
          },
          { ...ok, save: { id: "id" } }
        ),
        fetched({ name: "\u00e9\u0080\u009f" })
      ]),
      send(
        {
          path: "/contact/create",
          body: latin1('{"name":"\u0080"}'),
          headers: { "content-type": "application/json; charset=windows-1252" }
        },
        { ...ok, save: { id: "id" } }
      ),
      fetched({ name: "€" }),
      ...["utf-16le", "utf16le", "ucs2"].flatMap((charset) => [
        send(
          {
            path: "/contact/create",
            body: utf16('{"name":"語"}'),
            headers: { "content-type": `application/json; charset=${charset}` }
          },
          { ...ok, save: { id: "id" } }
        ),
        fetched({ name: "語" })
      ])
    ]
  },
  {
    id: "unknown-charsets",
    clauses: ["6.400.unreadable", "6.order.body"],
    steps: [
      ...all.flatMap((path) =>
        (["GET", "POST", "PUT", "OPTIONS"] as const).map((method) =>
          send(
            { method, path, body: "{}", headers: { "content-type": "application/json; charset=nope" }, ...anonymous },
            unreadable
          )
        )
      ),
      send({ path: "/contact/create", body: "{}", headers: { "content-type": "text/plain; charset=nope" } }, unreadable)
    ]
  },
  {
    id: "byte-order-marks",
    clauses: ["6.odd.bom"],
    steps: [
      send({ path: "/contact/create", body: '\ufeff{"name":"<run>"}' }, { ...ok, save: { id: "id" } }),
      fetched({ name: "<run>" }),
      send({ path: "/contact/create", body: "\ufeff\ufeff{}" }, malformed),
      send({ path: "/contact/<id>/update", body: "\ufeff" }, idOf("id"))
    ]
  },
  {
    id: "malformed-content-types",
    clauses: ["6.odd.type"],
    steps: [
      "application/json;",
      "application/json; charset",
      "application/json; charset=",
      "application/json;;charset=utf-8",
      "application/json; charset=utf-8;",
      "application/json; charset=a b",
      "application/json;\tcharset=utf-8"
    ].flatMap((type) => [
      create({ name: "<run>" }),
      ...["/contact/create", "/contact/ensure", "/contact/<id>/update"].flatMap((path) => [
        ...["{}", '{"name":"x"}', "{", "[]"].map((body) =>
          send({ path, body, headers: { "content-type": type } }, badRequest('"value" must be of type object'))
        ),
        // The body is an empty string, which is falsy.
        send({ method: "POST", path, body: "", headers: { "content-type": type } }, badRequest())
      ]),
      send({ path: "/contact/<id>/delete", body: "{", headers: { "content-type": type } }, idOf("id"))
    ])
  }
]

const traces: ReadonlyArray<Case> = [
  {
    id: "traces",
    clauses: ["6.odd.trace"],
    steps: [...all, "/v1/nope"].map((path) => send({ method: "TRACE", path, ...anonymous }, internalServerError))
  }
]

/** Errors and headers (wire contract 6). */
export const section6: ReadonlyArray<Case> = [...errors, ...headers, ...order, ...oddities, ...traces]
