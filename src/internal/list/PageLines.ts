import * as Predicate from "effect/Predicate"
import { pageSize } from "./ListQuery.ts"

/**
 * The page that a list in JSON Lines would have been in JSON: a server or proxy may answer with the one where the other
 * was asked for. An error among the lines is an error body in place of the page.
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
  // The one has all that the other would have paged through.
  const page = items.slice(0, pageSize)
  const last = page.at(-1)
  return { items: page, ...(Predicate.isObject(last) ? { cursor: last["id"] } : {}) }
}
