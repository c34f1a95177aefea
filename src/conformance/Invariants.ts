import type { ClauseId } from "./Clauses.ts"
import type { Reply } from "./WireReply.ts"

/** A condition on every reply of a controlled target, where no proxy changes replies. */
export interface Invariant {
  readonly id: string
  readonly clauses: ReadonlyArray<ClauseId>
  /** `path` is the path of the request, with its query. */
  readonly holds: (reply: Reply, path: string) => boolean
}

const possibleStatuses: ReadonlySet<number> = new Set([200, 308, 400, 401, 403, 404, 405, 409, 413, 429, 500, 501])

const lacks =
  (...names: ReadonlyArray<string>) =>
  ({ headers }: Reply): boolean =>
    names.every((name) => headers[name] === undefined)

const isHtmlPage = ({ headers }: Reply): boolean => headers["content-type"] === "text/html; charset=utf-8"

/** True if the errors of an endpoint can have the form of mint and proxy (wire contract 3.9.4 and 3.9.5). */
const hasOwnErrors = (path: string): boolean => /\/(?:mint|proxy)(?:\?|$)/.test(path)

const isDecodable = (path: string): boolean => {
  try {
    return decodeURIComponent(path) !== ""
  } catch {
    return false
  }
}

/** True if Next.js answers without the headers that are configured for all paths. */
const lacksConfiguredHeaders = (path: string): boolean => {
  const [sent = ""] = path.split("?", 1)
  return sent.includes("//") || !isDecodable(sent)
}

const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST",
  "access-control-allow-headers": "X-Requested-With, Accept, Content-Length, Content-Type, Authorization"
}

const compressible: ReadonlySet<string> = new Set([
  "application/json",
  "text/csv",
  "text/event-stream",
  "text/html; charset=utf-8"
])

/** All invariants. */
export const invariants: ReadonlyArray<Invariant> = [
  {
    id: "only statuses that the contract names",
    clauses: ["6.402", "6.422", "6.50x"],
    holds: ({ status }) => possibleStatuses.has(status)
  },
  {
    id: "success is 200",
    clauses: ["0.success"],
    holds: ({ status, headers }) => status === 200 || status >= 400 || headers["location"] !== undefined
  },
  {
    id: "errors are {message, code}",
    clauses: ["6.body"],
    holds: (reply, path) =>
      reply.status < 400 ||
      reply.headers["content-type"] === undefined ||
      reply.text === "" ||
      isHtmlPage(reply) ||
      /^\{"message":".+","code":"[A-Z_]+"\}$|^\{"code":"[A-Z_]+","message":".+"\}$/.test(reply.text) ||
      (hasOwnErrors(path) && /^\{"error":"[a-z_]+","message":".+?"(?:,"url":"[^"]+")?\}$/.test(reply.text))
  },
  {
    id: "no code TOO_MANY_REQUESTS",
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
    holds: lacks("x-request-id", "request-id", "x-correlation-id")
  },
  {
    id: "every reply has a Date",
    clauses: ["6.header.date"],
    holds: ({ headers }) => !Number.isNaN(Date.parse(headers["date"] ?? ""))
  },
  {
    id: "no WWW-Authenticate and no Allow",
    clauses: ["6.header.others"],
    holds: lacks("www-authenticate", "allow")
  },
  {
    id: "ETag and Cache-Control on HTML pages only",
    clauses: ["6.header.others", "6.header.pages"],
    holds: (reply) =>
      ["etag", "cache-control"].every((name) => (reply.headers[name] !== undefined) === isHtmlPage(reply))
  },
  {
    id: "Set-Cookie with the host",
    clauses: ["6.header.cookie", "6.header.cookie.none"],
    holds: ({ headers }, path) =>
      headers["set-cookie"] ===
      (lacksConfiguredHeaders(path) ? undefined : "chatbotkit.host=127.0.0.1; Path=/; Secure; SameSite=Lax")
  },
  {
    id: "no Content-Length",
    clauses: ["6.header.chunked"],
    holds: lacks("content-length")
  },
  {
    id: "Vary on the content types that Next.js compresses",
    clauses: ["6.header.vary", "6.header.vary.none"],
    holds: ({ headers }) =>
      headers["vary"] === (compressible.has(headers["content-type"] ?? "") ? "Accept-Encoding" : undefined)
  },
  {
    id: "X-Failure-Code on a 403 with the message first only",
    clauses: ["6.header.failure-code"],
    holds: ({ status, headers, text }) =>
      headers["x-failure-code"] === (status === 403 && text.startsWith('{"message"') ? "NOT_AUTHORIZED" : undefined)
  },
  {
    id: "CORS headers under /v1 and /api/v1 only",
    clauses: ["6.cors", "6.cors.others"],
    holds: ({ headers }, path) => {
      const isApiPath = !lacksConfiguredHeaders(path) && /^\/(?:api\/)?v1(?:[/?]|$)/i.test(path)
      return Object.entries(cors).every(([name, value]) => headers[name] === (isApiPath ? value : undefined))
    }
  },
  {
    id: "no Allow-Credentials and no Expose-Headers",
    clauses: ["6.cors.bare"],
    holds: lacks("access-control-allow-credentials", "access-control-expose-headers")
  },
  {
    id: "JSON has no charset",
    clauses: ["1.content-type"],
    holds: (reply) => isHtmlPage(reply) || !(reply.headers["content-type"] ?? "").includes(";")
  }
]
