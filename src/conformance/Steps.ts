import type { Case, Check, Expected, ReceivedRequest, Request, Rows, Step } from "./Case.ts"
import * as WireReply from "./WireReply.ts"

const jsonType = { "content-type": "application/json" } as const

/** Sends a request and expects a reply. */
export const send = (request: Request, expected: Expected): Step => ({ kind: "send", request, expected })

/** Sends requests at the same time. Each list of `outcomes` is one allowed outcome: the statuses, sorted. */
export const concurrently = (
  requests: ReadonlyArray<Request>,
  outcomes: ReadonlyArray<ReadonlyArray<number>>
): Step => ({
  kind: "concurrent",
  requests,
  outcomes
})

/** Sets the server's clock, in milliseconds from the start of the case. */
export const clock = (to: number): Step => ({ kind: "clock", to })

/** Expects the requests that the upstream has received since the last such step. */
export const received = (...requests: ReadonlyArray<ReceivedRequest>): Step => ({ kind: "received", requests })

/** Seeds rows. */
export const seed = (rows: Rows): Step => ({ kind: "seed", rows })

/** Expects rows in the store. */
export const stored = (rows: Rows, expected: unknown): Step => ({ kind: "stored", rows, expected })

/** A POST of JSON. */
export const post = (path: string, json: unknown = {}, rest: Partial<Request> = {}): Request => ({
  path,
  json,
  ...rest
})

/** A POST of JSON text, for JSON that no JavaScript value is encoded as. */
export const postText = (path: string, body: string): Request => ({ path, body })

/** A GET. */
export const get = (path: string, rest: Partial<Request> = {}): Request => ({ path, ...rest })

/** A request of each operation that takes an id. */
export const requestsWithId = (id: string): ReadonlyArray<Request> => [
  get(`/contact/${id}/fetch`),
  post(`/contact/${id}/update`),
  post(`/contact/${id}/delete`)
]

/** A request with an Accept header. */
export const withAccept = (path: string, accept: string, rest: Partial<Request> = {}): Request => ({
  path,
  ...rest,
  headers: { ...rest.headers, accept }
})

/** The formats of lists other than JSON, as content types. */
export const jsonl = "application/jsonl"
export const sse = "text/event-stream"
export const csv = "text/csv"

/** 200 with JSON. */
export const ok: Expected = { status: 200, headers: jsonType }

/** 200 with another content type. */
export const okAs = (contentType: string, rest: Partial<Expected> = {}): Expected => ({
  status: 200,
  headers: { "content-type": contentType },
  ...rest
})

/** 200 with the id of a remembered contact, and nothing else. */
export const idOf = (name: string): Expected => ({ ...ok, text: `{"id":"<${name}>"}` })

/** Creates a contact and remembers its id. */
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

/** Fetches a remembered contact and expects some of its fields. */
export const fetched = (has: Readonly<Record<string, unknown>>, name = "id"): Step =>
  send(get(`/contact/<${name}>/fetch`), { ...ok, has })

/** An error reply of a handler: `message` comes first. */
export const refused = (status: number, code: string, message: string): Expected => ({
  status,
  headers: jsonType,
  text: JSON.stringify({ message, code })
})

/** An error reply to an exception, or of the wrapper around lists: `code` comes first. */
export const thrown = (status: number, code: string, message: string): Expected => ({
  status,
  headers: jsonType,
  text: JSON.stringify({ code, message })
})

export const badRequest = (message = "Bad request") => refused(400, "BAD_REQUEST", message)
export const notAuthenticated = refused(401, "NOT_AUTHENTICATED", "Not authenticated")
export const notAuthorized = refused(403, "NOT_AUTHORIZED", "Not authorized")
export const notFound = refused(404, "NOT_FOUND", "Not found")
export const methodNotAllowed = refused(405, "METHOD_NOT_ALLOWED", "Method not allowed")
export const conflict = thrown(409, "CONFLICT", "Unique constraint violation")
export const serverError = (message = "System error occurred") => thrown(500, "GENERIC_ERROR", message)
export const rateLimited = thrown(429, "LIMITS_REACHED", "You have exceeded your allocated rate limits: rate/poll")

/** An error reply of the framework, in plain text. */
export const plainText = (status: number, text: string): Expected => ({
  status,
  headers: { "content-type": null },
  text
})

/** An HTML page of Next.js. */
export const htmlPage = (status: number): Expected => ({
  status,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "private, no-cache, no-store, max-age=0, must-revalidate"
  },
  checks: [
    [
      "the body is an HTML page",
      ({ text }) => text.startsWith("<!DOCTYPE html>") && text.includes(`<title data-next-head="">${status}: `)
    ],
    ["there is an ETag", ({ headers }) => /^"\w+"$/.test(headers["etag"] ?? "")]
  ]
})

/** A permanent redirect to a path. */
export const redirect = (location: string): Expected => ({
  status: 308,
  headers: { location, "content-type": null },
  text: location
})

/** The body is an object with an id and nothing else. */
export const onlyId: Check = ["the body is {id} and nothing else", (reply) => /^\{"id":"[^"]+"\}$/.test(reply.text)]

/** Lists the contacts of this run and expects the remembered ones, in order. */
export const listed = (query: string, ids: ReadonlyArray<string>): Step =>
  send(get(`/contact/list?meta.run=<run>${query === "" ? "" : `&${query}`}`), {
    ...ok,
    ids: ids.map((id) => `<${id}>`)
  })

/** The reply has this number of items. */
export const count = (wanted: number): Check => [`${wanted} items`, (reply) => WireReply.ids(reply).length === wanted]

/** The same case for create, ensure and update. Its update is sent to a contact that is created for it. */
export const forEachWrite = (
  make: (operation: "create" | "ensure" | "update", write: (json: unknown) => Request) => Case
): ReadonlyArray<Case> =>
  (["create", "ensure", "update"] as const).map((operation) => {
    const isUpdate = operation === "update"
    const made = make(operation, (json) => post(isUpdate ? "/contact/<target>/update" : `/contact/${operation}`, json))
    return isUpdate ? { ...made, steps: [create({ name: "target <run>" }, "target"), ...made.steps] } : made
  })
