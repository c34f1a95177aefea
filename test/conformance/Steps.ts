import type { Case, Check, Expected, Request, Step } from "./Case.ts"
import * as Reply from "./Reply.ts"

const jsonType = { "content-type": "application/json" } as const

/** A request and the reply it gets. */
export const send = (request: Request, expected: Expected): Step => ({ kind: "send", request, expected })

/** Requests at once, and the statuses they may get, each list sorted. */
export const together = (requests: ReadonlyArray<Request>, outcomes: ReadonlyArray<ReadonlyArray<number>>): Step => ({
  kind: "together",
  requests,
  outcomes
})

/** Sets the server's clock, in milliseconds from the start of the case. */
export const clock = (to: number): Step => ({ kind: "clock", to })

/** A POST of JSON. */
export const post = (path: string, json: unknown = {}, rest: Partial<Request> = {}): Request => ({
  path,
  json,
  ...rest
})

/** A POST of JSON as text, for what a value of JavaScript can't say. */
export const raw = (path: string, body: string): Request => ({ path, body })

/** A GET. */
export const get = (path: string, rest: Partial<Request> = {}): Request => ({ path, ...rest })

/** A GET that asks for a format. */
export const asking = (path: string, accept: string, rest: Partial<Request> = {}): Request => ({
  path,
  ...rest,
  headers: { ...rest.headers, accept }
})

export const jsonl = "application/jsonl"
export const sse = "text/event-stream"
export const csv = "text/csv"

/** 200 and JSON. */
export const ok: Expected = { status: 200, headers: jsonType }

/** 200 and another content type. */
export const okAs = (contentType: string, rest: Partial<Expected> = {}): Expected => ({
  status: 200,
  headers: { "content-type": contentType },
  ...rest
})

/** 200 and nothing but an id. */
export const idOf = (name: string): Expected => ({ ...ok, text: `{"id":"<${name}>"}` })

/** Makes a contact and remembers its id. */
export const create = (json: object, name = "id", rest: Partial<Request> = {}): Step =>
  send(post("/contact/create", json, rest), { ...ok, save: { [name]: "id" }, checks: [onlyId] })

/** Ensures a contact and remembers its id. */
export const ensure = (json: object, name = "id", rest: Partial<Request> = {}): Step =>
  send(post("/contact/ensure", json, rest), { ...ok, save: { [name]: "id" }, checks: [onlyId] })

/** Updates a remembered contact. */
export const update = (json: object, name = "id", rest: Partial<Request> = {}): Step =>
  send(post(`/contact/<${name}>/update`, json, rest), idOf(name))

/** Deletes a remembered contact. */
export const remove = (name = "id"): Step => send(post(`/contact/<${name}>/delete`), idOf(name))

/** Fetches a remembered contact, which has these fields. */
export const fetched = (has: Readonly<Record<string, unknown>>, name = "id"): Step =>
  send(get(`/contact/<${name}>/fetch`), { ...ok, has })

/** A refusal as an ordinary handler gives it. */
export const refused = (status: number, code: string, message: string): Expected => ({
  status,
  headers: jsonType,
  text: JSON.stringify({ message, code })
})

/** A refusal that was an exception, or comes from the list wrapper. */
export const thrown = (status: number, code: string, message: string): Expected => ({
  status,
  headers: jsonType,
  text: JSON.stringify({ code, message })
})

export const badRequest = (message = "Bad request") => refused(400, "BAD_REQUEST", message)
export const notAuthenticated = refused(401, "NOT_AUTHENTICATED", "Not authenticated")
export const notAuthorized = refused(403, "NOT_AUTHORIZED", "Not authorized")
export const notFound = refused(404, "NOT_FOUND", "Not found")
export const wrongVerb = refused(405, "METHOD_NOT_ALLOWED", "Method not allowed")
export const conflict = thrown(409, "CONFLICT", "Unique constraint violation")
export const failed = (message = "System error occurred") => thrown(500, "GENERIC_ERROR", message)
export const limited = thrown(429, "LIMITS_REACHED", "You have exceeded your allocated rate limits: rate/poll")

/** A refusal of the framework: plain text. */
export const plain = (status: number, text: string): Expected => ({ status, headers: { "content-type": null }, text })

/** A page of Next.js. */
export const page = (status: number): Expected => ({
  status,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "private, no-cache, no-store, max-age=0, must-revalidate"
  },
  checks: [
    [
      "a page of HTML",
      ({ text }) => text.startsWith("<!DOCTYPE html>") && text.includes(`<title data-next-head="">${status}: `)
    ],
    ["with an ETag", ({ headers }) => /^"\w+"$/.test(headers["etag"] ?? "")]
  ]
})

/** The path is another one. */
export const moved = (location: string): Expected => ({
  status: 308,
  headers: { location, "content-type": null },
  text: location
})

/** The body is an object of that one field. */
export const onlyId: Check = ["the body is {id} and nothing else", (reply) => /^\{"id":"[^"]+"\}$/.test(reply.text)]

/** The ids of the run's own contacts, oldest first unless the query says more. */
export const listed = (query: string, ids: ReadonlyArray<string>): Step =>
  send(get(`/contact/list?meta.run=<run>${query === "" ? "" : `&${query}`}`), {
    ...ok,
    ids: ids.map((id) => `<${id}>`)
  })

/** As many items. */
export const count = (wanted: number): Check => [`${wanted} items`, (reply) => Reply.ids(reply).length === wanted]

/** The same case for each of the operations that take a body, as a request to a contact made for it. */
export const forEachWrite = (
  make: (operation: "create" | "ensure" | "update", write: (json: unknown) => Request) => Case
): ReadonlyArray<Case> =>
  (["create", "ensure", "update"] as const).map((operation) => {
    const isUpdate = operation === "update"
    const made = make(operation, (json) => post(isUpdate ? "/contact/<target>/update" : `/contact/${operation}`, json))
    return isUpdate ? { ...made, steps: [create({ name: "target <run>" }, "target"), ...made.steps] } : made
  })
