import * as Predicate from "effect/Predicate"

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
  const last = items.at(-1)
  return { items, ...(Predicate.isObject(last) ? { cursor: last["id"] } : {}) }
}
