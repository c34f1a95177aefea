import type { ClauseId } from "./Clauses.ts"
import type { Reply } from "./Reply.ts"

/** What holds for every reply of every case, where nothing between us and the application adds to it. */
export interface Invariant {
  readonly id: string
  readonly clauses: ReadonlyArray<ClauseId>
  readonly holds: (reply: Reply) => boolean
}

const produced: ReadonlySet<number> = new Set([200, 400, 401, 403, 404, 405, 409, 413, 429, 500])

const without =
  (...names: ReadonlyArray<string>) =>
  ({ headers }: Reply): boolean =>
    names.every((name) => headers[name] === undefined)

export const invariants: ReadonlyArray<Invariant> = [
  {
    id: "only the statuses of these routes",
    clauses: ["6.402", "6.422", "6.50x"],
    holds: ({ status }) => produced.has(status)
  },
  {
    id: "success is 200",
    clauses: ["0.success"],
    holds: ({ status }) => status === 200 || status >= 400
  },
  {
    id: "errors are {message, code}",
    clauses: ["6.body"],
    holds: ({ status, headers, text }) =>
      status < 400 ||
      headers["content-type"] === undefined ||
      text === "" ||
      /^\{"message":".+","code":"[A-Z_]+"\}$|^\{"code":"[A-Z_]+","message":".+"\}$/.test(text)
  },
  {
    id: "never TOO_MANY_REQUESTS",
    clauses: ["6.429"],
    holds: ({ status, text }) => status !== 429 || text.includes('"code":"LIMITS_REACHED"')
  },
  {
    id: "no Retry-After and no X-RateLimit",
    clauses: ["6.header.retry-after"],
    holds: ({ headers }) =>
      !Object.keys(headers).some((name) => name === "retry-after" || name.startsWith("x-ratelimit"))
  },
  {
    id: "no request id",
    clauses: ["6.header.request-id"],
    holds: without("x-request-id", "request-id", "x-correlation-id")
  },
  {
    id: "every reply has a Date",
    clauses: ["6.header.date"],
    holds: ({ headers }) => !Number.isNaN(Date.parse(headers["date"] ?? ""))
  },
  {
    id: "no WWW-Authenticate, Allow, ETag and Cache-Control",
    clauses: ["6.header.others"],
    holds: without("www-authenticate", "allow", "etag", "cache-control")
  },
  {
    id: "X-Failure-Code on 403 only",
    clauses: ["6.header.failure-code"],
    holds: ({ status, headers }) => headers["x-failure-code"] === (status === 403 ? "NOT_AUTHORIZED" : undefined)
  },
  {
    id: "CORS headers on every reply",
    clauses: ["6.cors"],
    holds: ({ headers }) =>
      headers["access-control-allow-origin"] === "*" &&
      headers["access-control-allow-methods"] === "GET,POST" &&
      headers["access-control-allow-headers"] ===
        "X-Requested-With, Accept, Content-Length, Content-Type, Authorization"
  },
  {
    id: "no credentials and no exposed headers",
    clauses: ["6.cors.bare"],
    holds: without("access-control-allow-credentials", "access-control-expose-headers")
  },
  {
    id: "JSON has no charset",
    clauses: ["1.content-type"],
    holds: ({ headers }) => !(headers["content-type"] ?? "").includes(";")
  }
]
