/**
 * The target of a request, as Next.js reads its URL before it looks for a route (wire contract 0). `Moved` is answered
 * with 308 and the location. A `bare` reply lacks the headers configured for every path: Next.js gives it before it
 * reads its configuration.
 */
export type Target =
  | { readonly _tag: "Path"; readonly path: string; readonly query: string }
  | { readonly _tag: "Moved"; readonly location: string; readonly bare: boolean }
  | { readonly _tag: "Undecodable" }

const anyOrigin = "http://localhost"

/**
 * Reads a URL: redirects repeated slashes, then refuses invalid percent-encoding, then redirects a slash at the end.
 */
export const read = (url: string): Target => {
  const { path: sent, query } = split(url)
  const search = query === "" ? "" : `?${query}`
  const slashed = sent.replaceAll("\\", "/").replace(/\/{2,}/g, "/")
  if (slashed !== sent) return { _tag: "Moved", location: slashed + search, bare: true }
  if (!isDecodable(sent)) return { _tag: "Undecodable" }
  // `OPTIONS *` has no path.
  if (!sent.startsWith("/")) return { _tag: "Path", path: sent, query }
  const path = resolved(sent)
  return path.length > 1 && path.endsWith("/")
    ? { _tag: "Moved", location: path.slice(0, -1) + search, bare: false }
    : { _tag: "Path", path, query }
}

/**
 * The path and the query as sent. In process a URL may still have its fragment, which no client sends over a socket.
 */
export const split = (url: string): { readonly path: string; readonly query: string } => {
  const [sent = ""] = url.split("#", 1)
  const mark = sent.indexOf("?")
  return mark === -1 ? { path: sent, query: "" } : { path: sent.slice(0, mark), query: sent.slice(mark + 1) }
}

const dots = /\/(?:\.|%2e)/i

/** The path without `.` and `..` segments. */
const resolved = (path: string): string => (dots.test(path) ? new URL(path, anyOrigin).pathname : path)

const isDecodable = (path: string): boolean => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
