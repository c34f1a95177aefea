/** A reply as it was received. */
export interface Reply {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** True if the connection broke inside the body. */
  readonly cut: boolean
  /** Milliseconds from the request to the head and to each piece of the body. Only with a disturbed server. */
  readonly at?: { readonly head: number; readonly pieces: ReadonlyArray<number> } | undefined
}

const transportHeaders: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"])

/** A reply without the headers of the transport. */
export const comparable = ({ headers, ...reply }: Reply): Reply => ({
  ...reply,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !transportHeaders.has(name))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )
})

/** The body as JSON, or undefined if it is not JSON. */
export const json = ({ text }: Reply): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A field of a JSON value. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

/** The events of a JSON Lines or SSE body. */
export const events = (reply: Reply): ReadonlyArray<{ readonly type: unknown; readonly data: unknown }> => {
  const contentType = reply.headers["content-type"]
  if (contentType === "application/jsonl") {
    return reply.text
      .split("\n")
      .filter((line) => line !== "")
      .map((line): unknown => JSON.parse(line))
      .map((event) => ({ type: field(event, "type"), data: field(event, "data") }))
  }
  return reply.text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => /^event: (.*)\ndata: (.*)$/.exec(block))
    .map((match) => ({ type: match?.[1], data: JSON.parse(match?.[2] ?? "null") }))
}

/** The items of a list in any format but CSV, as JSON. */
export const items = (reply: Reply): ReadonlyArray<unknown> => {
  if (reply.headers["content-type"] === "application/json") {
    const found = field(json(reply), "items")
    return Array.isArray(found) ? found : []
  }
  return events(reply)
    .filter(({ type }) => type === "item")
    .map(({ data }) => data)
}

/** The rows of a CSV body as cells, the header line first. */
export const rows = ({ text }: Reply): ReadonlyArray<ReadonlyArray<string>> => {
  const found: Array<Array<string>> = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    if (found.length === 0) found.push([])
    found.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "")
    if (end === "\n") found.push([])
  }
  return found.slice(0, -1)
}

/** The ids of the items of a list in any format, in order. */
export const ids = (reply: Reply): ReadonlyArray<unknown> => {
  if (reply.headers["content-type"] !== "text/csv") return items(reply).map((item) => field(item, "id"))
  const cells = rows(reply).map(([id]) => id)
  return cells[0] === "id" ? cells.slice(1) : cells
}
