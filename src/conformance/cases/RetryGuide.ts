import * as Effect from "effect/Effect"
import type { Case, Expected, Request, Step } from "../Case.ts"
import {
  conflict,
  create,
  csv,
  ensure,
  fetched,
  get,
  idOf,
  jsonl,
  listed,
  notFound,
  ok,
  post,
  received,
  remove,
  send,
  serverError,
  sse,
  update,
  withAccept
} from "../Steps.ts"
import { listNames } from "../ContactPaths.ts"
import { found, lookup } from "./lookup/Lookup.ts"
import { act, authenticated, proxy, seeded, unauthenticated, upstreamAnswer, upstreamUrl } from "./secrets/Secrets.ts"
import { personal } from "./secrets/SecretValues.ts"

const fingerprint = "the fingerprint of <run>"

/** Sends a request twice, and expects the same both times. */
const twice = (request: Request, expected: Expected): ReadonlyArray<Step> => [
  send(request, expected),
  send(request, expected)
]

const withKey: Partial<Request> = {
  headers: { "idempotency-key": "one", "x-idempotency-key": "one", "x-request-id": "one" }
}

/** Requests that are sent twice (wire contract 8). */
export const retryGuide: ReadonlyArray<Case> = [
  {
    id: "repeated-reads",
    clauses: ["8.reads"],
    steps: [
      create({ name: "<run>", meta: { run: "<run>" } }),
      ...twice(get("/contact/<id>/fetch"), { ...ok, has: { id: "<id>" } }),
      ...["list", "export"].flatMap((list) =>
        ["application/json", jsonl, sse, csv].flatMap((accept) =>
          twice(withAccept(`/contact/${list}?meta.run=<run>`, accept), { status: 200, ids: ["<id>"] })
        )
      ),
      ...listNames.flatMap((name) => twice(get(`/contact/<id>/${name}/list`), { ...ok, text: '{"items":[]}' }))
    ]
  },
  {
    id: "repeated-creates",
    clauses: ["8.create", "8.create.fingerprint"],
    steps: [
      create({ name: "<run>", meta: { run: "<run>" } }, "one"),
      create({ name: "<run>", meta: { run: "<run>" } }, "two"),
      listed("order=asc", ["one", "two"]),
      create({ fingerprint, meta: { run: "<run>" } }, "three"),
      ...twice(post("/contact/create", { fingerprint, meta: { run: "<run>" } }), conflict),
      listed("order=asc", ["one", "two", "three"])
    ]
  },
  {
    id: "the-contact-of-a-repeated-create",
    clauses: ["8.create.lookup", "8.create.ensure"],
    steps: [
      create({ fingerprint, meta: { run: "<run>" } }),
      send(post("/contact/create", { fingerprint }), conflict),
      ...twice(lookup(`fingerprints: ["${fingerprint}"]`), found("<id>")),
      ...twice(post("/contact/ensure", { fingerprint }), serverError("Contact is not verified")),
      update({ verifiedAt: 1_600_000_000_000 }),
      ...twice(post("/contact/ensure", { fingerprint }), idOf("id")),
      ...twice(lookup(`fingerprints: ["${fingerprint}"]`), found("<id>"))
    ]
  },
  {
    id: "repeated-ensures",
    clauses: ["8.ensure"],
    steps: [
      ensure({ fingerprint, name: "first", meta: { run: "<run>" } }),
      ...twice(post("/contact/ensure", { fingerprint, name: "second" }), idOf("id")),
      fetched({ name: "first" }),
      listed("", ["id"])
    ]
  },
  {
    id: "repeated-updates",
    clauses: ["8.update"],
    steps: [
      create({ name: "<run>", meta: { run: "<run>", a: 1 } }),
      ...twice(post("/contact/<id>/update", { nick: "n", meta: { $update: { b: 2 } } }), idOf("id")),
      fetched({ name: "<run>", nick: "n", meta: { run: "<run>", a: 1, b: 2 } }),
      ...twice(post("/contact/<id>/update", { meta: { run: "<run>" } }), idOf("id")),
      fetched({ meta: { run: "<run>" } })
    ]
  },
  {
    id: "repeated-deletes",
    clauses: ["8.delete"],
    steps: [create({ name: "<run>" }), remove(), ...twice(post("/contact/<id>/delete"), notFound)]
  },
  seeded(
    "repeated-actions-on-secrets",
    ["8.proxy", "8.repeatable", "8.new-each-time"],
    {
      rows: (api) =>
        Effect.andThen(
          personal({ id: "secret", type: "oauth" }, '{"accessToken":"t"}')(api),
          Effect.andThen(
            api.seedSecrets([{ id: "none", kind: "personal" }], "sk-main"),
            api.seedMemories("ada", [{ id: "m", text: "likes tea" }])
          )
        )
    },
    [
      ...twice(act("verify", "secret"), authenticated("secret")),
      ...twice(act("verify", "none"), unauthenticated("none")),
      ...twice(act("mint", "secret"), { ...ok, text: '{"token":"t","expiresAt":null}' }),
      received(),
      ...twice(proxy("secret", { url: upstreamUrl, method: "POST", body: "x" }), upstreamAnswer),
      received({ url: upstreamUrl, body: "x" }, { url: upstreamUrl, body: "x" }),
      ...twice(post("/contact/ada/memory/search", { search: "tea" }), {
        ...ok,
        text: '{"items":[{"id":"m","text":"likes tea"}]}'
      }),
      ...twice(lookup('contactIds: ["ada"]'), found("ada"))
    ]
  ),
  {
    id: "idempotency-keys",
    clauses: ["8.no-key"],
    steps: [
      create({ meta: { run: "<run>" } }, "one", withKey),
      create({ meta: { run: "<run>" } }, "two", withKey),
      listed("order=asc", ["one", "two"]),
      create({ fingerprint }, "three", withKey),
      send(post("/contact/create", { fingerprint }, withKey), conflict),
      send(post("/contact/<one>/delete", {}, withKey), idOf("one")),
      send(post("/contact/<one>/delete", {}, withKey), notFound)
    ]
  },
  {
    id: "permanent-failures",
    clauses: ["8.permanent"],
    steps: [
      ...twice(post("/contact/create", { name: null }), serverError()),
      ...twice(post("/contact/ensure", { fingerprint: "x".repeat(16) }), serverError("fingerprint is too short")),
      ...twice(get("/contact/@alias/fetch"), serverError()),
      ...twice(get("/contact/()/fetch"), serverError("Name is required")),
      create({ fingerprint }),
      ...twice(post("/contact/ensure", { fingerprint }), serverError("Contact is not verified")),
      ...twice(post("/contact/<id>/secret/@@/verify"), serverError("Alias is required"))
    ]
  }
]
