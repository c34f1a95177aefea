import { assert } from "@effect/vitest"
import * as Fault from "../../../../src/internal/server/faults/Fault.ts"
import type { Exchange } from "./FaultHarness.ts"
import { generic, jsonl, lineIds, numbered, parse, post, type Sent } from "../Harness.ts"

export const create = post("/v1/contact/create", { name: "Zoë" })
export const list: Sent = { path: "/v1/contact/list", headers: jsonl }
export const page: Sent = { path: "/v1/contact/list" }
const malformed: Sent = { path: "/v1/contact/create", body: "{" }
export const requests = { create, list, page, malformed }

/** The number of contacts to list. */
export const items = 150

/** A fault, and the outcome of a request that it is injected into. */
export interface Case {
  readonly to: keyof typeof requests
  readonly fault: Fault.Fault
  /** Virtual milliseconds without an answer. Default 0. */
  readonly after?: number
  readonly end?: Exchange["end"]
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string | RegExp | ((text: string, bytes: Uint8Array) => void)
  /** True if the operation acts. Default: only if the status is 200. */
  readonly acts?: boolean
}

const json = "application/json"
const idBody = /^\{"id":"c[a-z0-9]{24}"\}$/
const ids = (count: number) => (text: string) => {
  const expected = numbered(items).toReversed()
  assert.deepStrictEqual(
    lineIds(text),
    expected.slice(0, count).map(({ id }) => id)
  )
}
const notJson = (size: number) => (text: string, bytes: Uint8Array) => {
  assert.strictEqual(bytes.length, size)
  assert.throws(() => JSON.parse(text))
  assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes))
}
const error = (code: string, message: string) => JSON.stringify({ message, code })
const errorEvent = (code: string, message: string) => `${JSON.stringify({ type: "error", data: { code, message } })}\n`
const itemsThen = (count: number, last: string) => (text: string) => {
  assert.isTrue(text.endsWith(last), text.slice(-200))
  ids(count)(text.slice(0, text.length - last.length))
}
const generic500 = generic("System error occurred")
const text = (length: number) => (got: string) => assert.strictEqual(got.length, length)

/** Every fault, at every place where its effect differs. */
export const cases: Readonly<Record<string, Case>> = {
  "a status the contract has": {
    to: "create",
    fault: Fault.status(503),
    status: 503,
    headers: { "content-type": json, "access-control-allow-origin": "*" },
    body: error("SERVICE_UNAVAILABLE", "Service unavailable")
  },
  "a status of a list": { to: "list", fault: Fault.status(500), status: 500, body: generic500 },
  "a 403 of a handler": {
    to: "create",
    fault: Fault.status(403),
    status: 403,
    headers: { "x-failure-code": "NOT_AUTHORIZED" },
    body: error("NOT_AUTHORIZED", "Not authorized")
  },
  "a 403 of a list": {
    to: "page",
    fault: Fault.status(403),
    status: 403,
    headers: { "x-failure-code": undefined },
    body: '{"code":"NOT_AUTHORIZED","message":"Not authorized"}'
  },
  "a 409": {
    to: "create",
    fault: Fault.status(409),
    status: 409,
    body: '{"code":"CONFLICT","message":"Unique constraint violation"}'
  },
  "a 413": {
    to: "create",
    fault: Fault.status(413),
    status: 413,
    headers: { "content-type": undefined },
    body: "Body exceeded 1mb limit"
  },
  "a status with another code and message": {
    to: "create",
    fault: Fault.status(500, { code: "BOOM", message: "no" }),
    status: 500,
    body: '{"code":"BOOM","message":"no"}'
  },
  "a status the contract does not have": {
    to: "create",
    fault: Fault.status(418),
    status: 418,
    body: error("ERROR_418", "Error 418")
  },
  "a status with headers": {
    to: "create",
    fault: Fault.status(503, { headers: { "X-Request-Id": "r1", "retry-after": "1, 2" } }),
    status: 503,
    headers: { "x-request-id": "r1", "retry-after": "1, 2" }
  },
  "a redirect": {
    to: "create",
    fault: Fault.status(302, { headers: { location: "https://evil.example/" } }),
    status: 302,
    headers: { location: "https://evil.example/" },
    body: ""
  },
  "no content": { to: "create", fault: Fault.status(204, { body: "dropped" }), status: 204, body: "", acts: false },
  "not modified": { to: "page", fault: Fault.status(304), status: 304, body: "" },
  "an empty 200": { to: "create", fault: Fault.status(200), status: 200, body: "", acts: false },
  "a page of HTML": {
    to: "page",
    fault: Fault.status(200, { body: "<html>", headers: { "Content-Type": "text/html" } }),
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<html>"
  },
  "other lines": {
    to: "list",
    fault: Fault.status(200, { body: '\ufeff\r\n{"type":"new","data":"\u2028"}' }),
    status: 200,
    headers: { "content-type": "application/jsonl" },
    body: '\ufeff\r\n{"type":"new","data":"\u2028"}'
  },
  "other bytes": {
    to: "create",
    fault: Fault.status(200, { body: Uint8Array.of(0, 255, 10) }),
    status: 200,
    headers: { "content-type": json },
    body: (_, bytes) => assert.deepStrictEqual(bytes, Uint8Array.of(0, 255, 10)),
    acts: false
  },
  "the rate limit": {
    to: "page",
    fault: Fault.rateLimit(),
    status: 429,
    headers: { "retry-after": undefined, "x-failure-code": undefined },
    body: '{"code":"LIMITS_REACHED","message":"You have exceeded your allocated rate limits: rate/poll"}'
  },
  "the rate limit, with a time to wait": {
    to: "create",
    fault: Fault.rateLimit({ retryAfter: "6.2 seconds" }),
    status: 429,
    headers: { "retry-after": "7", "x-failure-code": "LIMITS_REACHED" }
  },
  "the rate limit, with an unreadable time to wait": {
    to: "create",
    fault: Fault.status(429, { headers: { "retry-after": "soon" } }),
    status: 429,
    headers: { "retry-after": "soon" }
  },
  "a delay": { to: "create", fault: Fault.delay("90 seconds"), after: 90_000, status: 200, body: idBody },
  "no delay": { to: "create", fault: Fault.delay(0), status: 200, body: idBody },
  "a reset": { to: "create", fault: Fault.reset, end: "refused" },
  "a stall": { to: "create", fault: Fault.stall, end: "open" },
  "a reset after the headers": {
    to: "create",
    fault: Fault.resetAfter(0),
    end: "broken",
    status: 200,
    headers: { "content-type": json, "content-length": undefined },
    body: ""
  },
  "a reset in a document": { to: "create", fault: Fault.resetAfter(5), end: "broken", status: 200, body: '{"id"' },
  "a reset in place of the end": {
    to: "create",
    fault: Fault.resetAfter(34),
    end: "broken",
    status: 200,
    body: idBody
  },
  "a reset past the end": { to: "create", fault: Fault.resetAfter(35), status: 200, body: idBody },
  "a reset in a stream": {
    to: "list",
    fault: Fault.resetAfter(10_001),
    end: "broken",
    status: 200,
    body: text(10_001)
  },
  "a reset in the second page": {
    to: "list",
    fault: Fault.resetAfter(30_001),
    end: "broken",
    status: 200,
    body: text(30_001)
  },
  "a reset after lines": {
    to: "list",
    fault: Fault.resetAfter({ lines: 120 }),
    end: "broken",
    status: 200,
    body: ids(120)
  },
  "a reset after all lines": {
    to: "list",
    fault: Fault.resetAfter({ lines: items }),
    end: "broken",
    status: 200,
    body: ids(items)
  },
  "a reset before any line": {
    to: "list",
    fault: Fault.resetAfter({ lines: 0 }),
    end: "broken",
    status: 200,
    body: ""
  },
  "a reset after more lines than there are": {
    to: "list",
    fault: Fault.resetAfter({ lines: items + 1 }),
    status: 200,
    body: ids(items)
  },
  "a reset in a page": { to: "page", fault: Fault.resetAfter(3), end: "broken", status: 200, body: '{"i' },
  "a cut in a refusal": {
    to: "malformed",
    fault: Fault.cutAfter(3),
    status: 400,
    headers: { "content-type": undefined, "content-length": undefined },
    body: "Inv"
  },
  "headers and no body": { to: "list", fault: Fault.stallAfter(0), end: "open", status: 200, body: "" },
  "headers of a document and no body": { to: "create", fault: Fault.stallAfter(0), end: "open", status: 200, body: "" },
  "a stall in a document": { to: "create", fault: Fault.stallAfter(5), end: "open", status: 200, body: '{"id"' },
  "a stall after lines": { to: "list", fault: Fault.stallAfter({ lines: 3 }), end: "open", status: 200, body: ids(3) },
  "a stall in place of the end": { to: "create", fault: Fault.stallAfter(34), end: "open", status: 200, body: idBody },
  "a stall past the end": { to: "create", fault: Fault.stallAfter(35), status: 200, body: idBody },
  "a cut before the body": { to: "create", fault: Fault.cutAfter(0), status: 200, body: "" },
  "a cut in a document": {
    to: "create",
    fault: Fault.cutAfter(5),
    status: 200,
    headers: { "content-length": undefined },
    body: '{"id"'
  },
  "a cut in a stream": { to: "list", fault: Fault.cutAfter(10_001), status: 200, body: text(10_001) },
  "a cut after lines": { to: "list", fault: Fault.cutAfter({ lines: 101 }), status: 200, body: ids(101) },
  "a cut past the end": { to: "create", fault: Fault.cutAfter(1e6), status: 200, body: idBody },
  "garbage for a document": {
    to: "create",
    fault: Fault.garbage(),
    status: 200,
    headers: { "content-type": json },
    body: notJson(64),
    acts: false
  },
  "garbage for a stream": {
    to: "list",
    fault: Fault.garbage(1),
    status: 200,
    headers: { "content-type": "application/jsonl" },
    body: notJson(1)
  },
  "one byte at a time": { to: "create", fault: Fault.trickle(1), status: 200, body: idBody },
  "a slow body": {
    to: "create",
    fault: Fault.trickle(17, { every: "1 minute" }),
    after: 120_000,
    status: 200,
    body: idBody
  },
  "lines without end": {
    to: "list",
    fault: Fault.endless('{"type":"nop","data":{}}\n', { every: "10 minutes" }),
    end: "open",
    status: 200,
    headers: { "content-type": "application/jsonl" },
    body: '{"type":"nop","data":{}}\n'.repeat(6)
  },
  "a document without end": {
    to: "create",
    fault: Fault.endless(" ", { every: "10 minutes" }),
    end: "open",
    status: 200,
    headers: { "content-type": json },
    body: " ".repeat(6),
    acts: false
  },
  "an error before the first item": { to: "list", fault: Fault.errorAfter(0), status: 500, body: generic500 },
  "an error before the first item, with another code and message": {
    to: "list",
    fault: Fault.errorAfter(0, { code: "LIMITS_REACHED", message: "no" }),
    status: 429,
    body: '{"code":"LIMITS_REACHED","message":"no"}'
  },
  "an error after some items": {
    to: "list",
    fault: Fault.errorAfter(3),
    status: 200,
    body: itemsThen(3, errorEvent("GENERIC_ERROR", "System error occurred"))
  },
  "an error after a page": {
    to: "list",
    fault: Fault.errorAfter(100, { message: "no" }),
    status: 200,
    body: itemsThen(100, errorEvent("GENERIC_ERROR", "no"))
  },
  "an error in the second page": {
    to: "list",
    fault: Fault.errorAfter(149, { code: "CONFLICT" }),
    status: 200,
    body: itemsThen(149, errorEvent("CONFLICT", "Unique constraint violation"))
  },
  "an error after more items than there are": {
    to: "list",
    fault: Fault.errorAfter(1000),
    status: 200,
    body: ids(items)
  },
  "an error in a single page": { to: "page", fault: Fault.errorAfter(99), status: 500, body: generic500 },
  "an error after a single page": {
    to: "page",
    fault: Fault.errorAfter(100),
    status: 200,
    body: (text) => assert.lengthOf(parse(text).items, 100)
  },
  "no first page of a stream": { to: "list", fault: Fault.dropPage(0), status: 200, body: "" },
  "no second page of a stream": { to: "list", fault: Fault.dropPage(1), status: 200, body: ids(100) },
  "no page": { to: "page", fault: Fault.dropPage(0), status: 200, body: '{"items":[]}' },
  "a slow first page": {
    to: "list",
    fault: Fault.delayPage(0, "20 seconds"),
    after: 16_667,
    status: 200,
    body: (text) => {
      const nop = '{"type":"nop","data":{}}\n'
      assert.isTrue(text.startsWith(nop))
      ids(items)(text.slice(nop.length))
    }
  },
  "a slow page": {
    to: "page",
    fault: Fault.delayPage(0, "30 seconds"),
    after: 18_750,
    status: 200,
    body: (text) => assert.lengthOf(parse(text).items, 100)
  },
  "a page that ignores its cursor": {
    to: "page",
    fault: Fault.ignoreCursor,
    status: 200,
    body: (text) => assert.strictEqual(parse(text).cursor, "id-0050")
  },
  "a refusal after the commit": { to: "create", fault: Fault.afterCommit(Fault.status(503)), status: 503, acts: true },
  "a reset after the commit": { to: "create", fault: Fault.afterCommit(Fault.reset), end: "refused", acts: true },
  "a stall after the commit": { to: "create", fault: Fault.afterCommit(Fault.stall), end: "open", acts: true },
  "garbage after the commit": {
    to: "create",
    fault: Fault.afterCommit(Fault.garbage(9)),
    status: 200,
    body: notJson(9),
    acts: true
  },
  "a delay after the commit": {
    to: "create",
    fault: Fault.afterCommit(Fault.delay("1 minute")),
    after: 60_000,
    status: 200,
    body: idBody,
    acts: true
  },
  "a lost stream": { to: "list", fault: Fault.afterCommit(Fault.reset), end: "refused" }
}
