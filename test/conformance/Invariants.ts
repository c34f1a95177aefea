import type { ClauseId } from "./Clauses.ts"
import type { Reply } from "./Reply.ts"

/** What holds for every reply of every case, where nothing between us and the application adds to it. */
export interface Invariant {
  readonly id: string
  readonly clauses: ReadonlyArray<ClauseId>
  /** The path is as it was sent, with its query. */
  readonly holds: (reply: Reply, path: string) => boolean
}

const produced: ReadonlySet<number> = new Set([200, 308, 400, 401, 403, 404, 405, 409, 413, 429, 500, 501])

const without =
  (...names: ReadonlyArray<string>) =>
  ({ headers }: Reply): boolean =>
    names.every((name) => headers[name] === undefined)

const isPage = ({ headers }: Reply): boolean => headers["content-type"] === "text/html; charset=utf-8"

const isDecodable = (path: string): boolean => {
  try {
    return decodeURIComponent(path) !== ""
  } catch {
    return false
  }
}

/** Whether Next.js answers before it looks at the headers that are configured for every path. */
const isBare = (path: string): boolean => {
  const [sent = ""] = path.split("?", 1)
  return sent.includes("//") || !isDecodable(sent)
}

const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST",
  "access-control-allow-headers": "X-Requested-With, Accept, Content-Length, Content-Type, Authorization"
}

const compressed: ReadonlySet<string> = new Set([
  "application/json",
  "text/csv",
  "text/event-stream",
  "text/html; charset=utf-8"
])

export const invariants: ReadonlyArray<Invariant> = [
  {
    id: "only the statuses of these routes",
    clauses: ["6.402", "6.422", "6.50x"],
    holds: ({ status }) => produced.has(status)
  },
  {
    id: "success is 200",
    clauses: ["0.success"],
    holds: ({ status, headers }) => status === 200 || status >= 400 || headers["location"] !== undefined
  },
  {
    id: "errors are {message, code}",
    clauses: ["6.body"],
    holds: (reply) =>
      reply.status < 400 ||
      reply.headers["content-type"] === undefined ||
      reply.text === "" ||
      isPage(reply) ||
      /^\{"message":".+","code":"[A-Z_]+"\}$|^\{"code":"[A-Z_]+","message":".+"\}$/.test(reply.text)
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
    id: "no WWW-Authenticate and Allow",
    clauses: ["6.header.others"],
    holds: without("www-authenticate", "allow")
  },
  {
    id: "ETag and Cache-Control on pages only",
    clauses: ["6.header.others", "6.header.pages"],
    holds: (reply) => ["etag", "cache-control"].every((name) => (reply.headers[name] !== undefined) === isPage(reply))
  },
  {
    id: "Set-Cookie names the host",
    clauses: ["6.header.cookie", "6.header.cookie.none"],
    holds: ({ headers }, path) =>
      headers["set-cookie"] === (isBare(path) ? undefined : "chatbotkit.host=127.0.0.1; Path=/; Secure; SameSite=Lax")
  },
  {
    id: "no Content-Length",
    clauses: ["6.header.chunked"],
    holds: without("content-length")
  },
  {
    id: "Vary where Next.js would compress",
    clauses: ["6.header.vary", "6.header.vary.none"],
    holds: ({ headers }) =>
      headers["vary"] === (compressed.has(headers["content-type"] ?? "") ? "Accept-Encoding" : undefined)
  },
  {
    id: "X-Failure-Code on 403 only",
    clauses: ["6.header.failure-code"],
    holds: ({ status, headers }) => headers["x-failure-code"] === (status === 403 ? "NOT_AUTHORIZED" : undefined)
  },
  {
    id: "headers for browsers under /v1 and /api/v1",
    clauses: ["6.cors", "6.cors.others"],
    holds: ({ headers }, path) => {
      const wanted = !isBare(path) && /^\/(?:api\/)?v1(?:[/?]|$)/i.test(path)
      return Object.entries(cors).every(([name, value]) => headers[name] === (wanted ? value : undefined))
    }
  },
  {
    id: "no credentials and no exposed headers",
    clauses: ["6.cors.bare"],
    holds: without("access-control-allow-credentials", "access-control-expose-headers")
  },
  {
    id: "JSON has no charset",
    clauses: ["1.content-type"],
    holds: (reply) => isPage(reply) || !(reply.headers["content-type"] ?? "").includes(";")
  }
]
