import * as Effect from "effect/Effect"
import { deflateSync, gzipSync } from "node:zlib"
import type { Case, Step } from "../../Case.ts"
import { received, send } from "../../Steps.ts"
import { proxy, seeded, upstreamAnswer, upstreamUrl } from "./Secrets.ts"
import { personal } from "./SecretValues.ts"

const url = upstreamUrl

/** Sends a proxy call with these headers, and expects these at the upstream. */
const sendsHeaders = (
  secret: string,
  headers: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string | null>>
): ReadonlyArray<Step> => [send(proxy(secret, { url, headers }), upstreamAnswer), received({ url, headers: expected })]

const placeholders: ReadonlyArray<Case> = [
  seeded(
    "placeholders-of-the-secret",
    [
      "3.9.proxy.default",
      "3.9.proxy.default.scheme",
      "3.9.proxy.default.headers-only",
      "3.9.proxy.added",
      "3.9.proxy.own",
      "3.9.proxy.any-placeholder"
    ],
    {
      upstream: { [url]: [{ body: "ok" }], [`${url}?q=%24%7BSECRET_DEFAULT%7D`]: [{ body: "ok" }] },
      rows: (api) =>
        Effect.all([
          personal({ id: "bearer", type: "bearer" }, "abc")(api),
          personal({ id: "basic", type: "basic" }, "u:p")(api),
          personal({ id: "plain", type: "plain" }, "text")(api)
        ])
    },
    [
      ...sendsHeaders("bearer", {}, { authorization: "Bearer abc" }),
      ...sendsHeaders("bearer", { "x-a": "b" }, { authorization: "Bearer abc", "x-a": "b" }),
      ...["${SECRET_DEFAULT}", "{{SECRET_DEFAULT}}"].flatMap((placeholder) => [
        ...sendsHeaders("bearer", { "x-key": placeholder }, { "x-key": "Bearer abc", authorization: null }),
        ...sendsHeaders("bearer", { Authorization: placeholder }, { authorization: "Bearer abc" }),
        ...sendsHeaders("bearer", { Authorization: `Bearer ${placeholder}` }, { authorization: "Bearer abc" }),
        ...sendsHeaders("basic", { Authorization: `Basic ${placeholder}` }, { authorization: "Basic dTpw" }),
        ...sendsHeaders("plain", { "x-key": `key=${placeholder};` }, { "x-key": "key=text;", authorization: null }),
        ...sendsHeaders("plain", { "x-a": placeholder, "x-b": placeholder }, { "x-a": "text", "x-b": "text" })
      ]),
      ...sendsHeaders("bearer", { Authorization: "Token mine" }, { authorization: "Token mine" }),
      ...sendsHeaders("bearer", { authorization: "Bearer mine" }, { authorization: "Bearer mine" }),
      ...["${HOME}", "{{x}}", "a ${ b } c"].flatMap((value) =>
        sendsHeaders("bearer", { "x-a": value }, { "x-a": value, authorization: null })
      ),
      send(proxy("bearer", { url, method: "POST", body: "${SECRET_DEFAULT} {{SECRET_DEFAULT}}" }), upstreamAnswer),
      received({ url, body: "${SECRET_DEFAULT} {{SECRET_DEFAULT}}", headers: { authorization: "Bearer abc" } }),
      send(proxy("bearer", { url: `${url}?q=%24%7BSECRET_DEFAULT%7D` }), upstreamAnswer),
      received({ url: `${url}?q=%24%7BSECRET_DEFAULT%7D`, headers: { authorization: "Bearer abc" } })
    ]
  ),
  seeded(
    "placeholders-of-other-secrets",
    ["3.9.proxy.named", "3.9.proxy.named.shared", "3.9.proxy.named.none"],
    {
      rows: (api) =>
        Effect.all([
          personal({ id: "bearer", type: "bearer" }, "abc")(api),
          personal({ id: "crm", type: "plain", name: "CRM key" }, "of ada")(api),
          api.seedSecrets(
            ["first", "second"].map((value) => ({ kind: "shared" as const, name: "Twin", value })),
            "sk-main"
          ),
          api.seedSecrets([{ id: "shared", kind: "shared", name: "Stripe -- key (live)", value: "of all" }], "sk-main"),
          api.seedSecrets([{ id: "theirs", kind: "shared", name: "Theirs", value: "hidden" }], "sk-other")
        ])
    },
    [
      ...sendsHeaders("bearer", { "x-a": "${SECRET_CRM_KEY}" }, { "x-a": "of ada", authorization: null }),
      ...sendsHeaders("bearer", { "x-a": "${SECRET_crm_key}" }, { "x-a": "of ada" }),
      ...sendsHeaders("bearer", { "x-a": "${SECRET_STRIPE_KEY_LIVE_}" }, { "x-a": "of all" }),
      ...sendsHeaders("bearer", { "x-a": "${SECRET_TWIN}" }, { "x-a": "first" }),
      ...["${SECRET_NOBODY}", "${SECRET_THEIRS}", "${SECRET_CRM}", "${SECRET_CRM-KEY}"].flatMap((value) =>
        sendsHeaders("bearer", { "x-a": value }, { "x-a": value, authorization: null })
      ),
      ...sendsHeaders(
        "bearer",
        { "x-a": "${SECRET_CRM_KEY} ${SECRET_DEFAULT}", "x-b": "${SECRET_NOBODY}" },
        { "x-a": "of ada Bearer abc", "x-b": "${SECRET_NOBODY}" }
      )
    ],
    ["accounts"]
  )
]

const rows = personal({ id: "secret", type: "bearer" }, "abc")

const removed = {
  "Proxy-Authenticate": "Basic",
  "proxy-authorization": "Basic x",
  TE: "trailers",
  trailer: "x-trailer",
  Upgrade: "h2c",
  "content-encoding": "identity",
  "Content-Length": "2",
  Authorization: "Bearer theirs"
}

const answers: ReadonlyArray<Case> = [
  seeded(
    "answers-of-proxy-calls",
    ["3.9.proxy.answer", "3.9.proxy.ambiguous", "3.9.proxy.no-retry"],
    {
      rows,
      upstream: {
        [url]: [200, 201, 202, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503].map((status) => ({
          status,
          body: `answer ${status}`
        }))
      }
    },
    [200, 201, 202, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503].flatMap((status) => [
      send(proxy("secret", { url }), { status, text: `answer ${status}`, headers: { "x-failure-code": null } }),
      received({ url })
    ])
  ),
  seeded(
    "compressed-answers",
    ["3.9.proxy.answer.decompressed"],
    {
      rows,
      upstream: {
        [url]: [
          { body: gzipSync("é ".repeat(5000)), headers: { "content-encoding": "gzip" } },
          { body: deflateSync("é ".repeat(5000)), headers: { "Content-Encoding": "deflate" } }
        ]
      }
    },
    [1, 2].map(() =>
      send(proxy("secret", { url }), { status: 200, text: "é ".repeat(5000), headers: { "content-encoding": null } })
    )
  ),
  seeded(
    "answers-after-an-hour",
    ["3.9.proxy.no-retry"],
    { rows, upstream: { [url]: [{ body: "late", after: 3_600_000 }] } },
    [send(proxy("secret", { url }), { status: 200, text: "late" }), received({ url })]
  ),
  seeded(
    "answers-that-look-like-errors-of-ours",
    ["3.9.proxy.ambiguous"],
    {
      rows,
      upstream: {
        [url]: [
          '{"message":"Not found","code":"NOT_FOUND"}',
          '{"error":"authorization_required","message":"m","url":"https://elsewhere.example.com"}'
        ].map((body) => ({ status: 404, body, headers: { "content-type": "application/json" } }))
      }
    },
    [
      send(proxy("secret", { url }), {
        status: 404,
        headers: { "content-type": "application/json" },
        text: '{"message":"Not found","code":"NOT_FOUND"}'
      }),
      send(proxy("secret", { url }), {
        status: 404,
        text: '{"error":"authorization_required","message":"m","url":"https://elsewhere.example.com"}'
      })
    ]
  ),
  seeded(
    "headers-of-answers-of-proxy-calls",
    ["3.9.proxy.answer.headers", "3.9.proxy.answer.cookie", "3.9.proxy.answer.cors"],
    {
      rows,
      upstream: {
        [url]: [
          {
            body: "ok",
            headers: {
              ...removed,
              "keep-alive": "timeout=999",
              "content-type": "text/x-own; charset=utf-8",
              ETag: '"1"',
              "cache-control": "max-age=1",
              "retry-after": "7",
              "www-authenticate": "Bearer",
              "access-control-allow-origin": "https://app.example.com",
              "set-cookie": ["one=1; Path=/", "two=2"]
            }
          }
        ]
      }
    },
    [
      send(proxy("secret", { url }), {
        status: 200,
        text: "ok",
        headers: {
          ...Object.fromEntries(Object.keys(removed).map((name) => [name.toLowerCase(), null])),
          "content-type": "text/x-own; charset=utf-8",
          etag: '"1"',
          "cache-control": "max-age=1",
          "retry-after": "7",
          "www-authenticate": "Bearer",
          "access-control-allow-origin": "https://app.example.com",
          "set-cookie": "two=2"
        },
        checks: [
          ["the Keep-Alive is not that of the upstream", ({ headers }) => headers["keep-alive"] !== "timeout=999"]
        ]
      })
    ]
  ),
  seeded(
    "redirects-of-proxy-calls",
    ["3.9.proxy.redirect"],
    {
      rows,
      upstream: {
        [url]: [301, 302, 303, 307, 308].map((status) => ({
          status,
          body: "moved",
          headers: { location: "https://api.example.com/elsewhere" }
        })),
        "https://api.example.com/elsewhere": [{ body: "elsewhere" }]
      }
    },
    [301, 302, 303, 307, 308].flatMap((status) => [
      send(proxy("secret", { url }), {
        status,
        text: "moved",
        headers: { location: "https://api.example.com/elsewhere" }
      }),
      received({ url })
    ])
  )
]

/** The headers that a proxy call sends, and the answers of the upstream (wire contract 3.9.5). */
export const proxyAnswers: ReadonlyArray<Case> = [...placeholders, ...answers]
