import * as Predicate from "effect/Predicate"
import { pageSize } from "./ListQuery.ts"

/**
 * Converts a list in JSON Lines to the page that the server sends in JSON, since a server or proxy may answer a request for
 * JSON with JSON Lines. If a line is an error, the result is the body of that error.
 */
export const toPage = (text: string): unknown => {
  const items: Array<unknown> = []
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue
    const event: unknown = JSON.parse(line)
    if (!Predicate.isObject(event)) return event
    if (event["type"] === "error") return event["data"]
    if (event["type"] === "item") items.push(event["data"])
  }
  // JSON Lines hold the whole list, a page only its first items.
  const page = items.slice(0, pageSize)
  const last = page.at(-1)
  return { items: page, ...(Predicate.isObject(last) ? { cursor: last["id"] } : {}) }
}
