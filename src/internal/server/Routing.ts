import type { Endpoint } from "./Endpoint.ts"

/** What a path leads to. */
export interface Routed {
  readonly endpoint: Endpoint
  /** The decoded values of the segments the endpoint leaves open; undefined if one can't be decoded. */
  readonly params: ReadonlyMap<string, string> | undefined
}

const prefix = /^\/(?:api\/)?v1(?=\/)/
const open = /^\{(.+)\}$/

interface Segment {
  readonly text: string
  /** The name of the parameter, if the segment is one. */
  readonly parameter: string | undefined
}

/** Finds the endpoint of a path as it was sent. Both `/v1` and `/api/v1` lead to it (wire contract 0). */
export const make = (endpoints: ReadonlyArray<Endpoint>): ((path: string) => Routed | undefined) => {
  const table = endpoints.map((endpoint) => ({ endpoint, segments: endpoint.path.split("/").map(segment) }))
  return (path) => {
    if (!prefix.test(path)) return undefined
    const parts = path.replace(prefix, "").split("/")
    const entry = table.find(({ segments }) => fits(segments, parts))
    return entry === undefined ? undefined : { endpoint: entry.endpoint, params: read(entry.segments, parts) }
  }
}

const segment = (text: string): Segment => ({ text, parameter: open.exec(text)?.[1] })

const fits = (segments: ReadonlyArray<Segment>, parts: ReadonlyArray<string>): boolean =>
  segments.length === parts.length &&
  segments.every(({ text, parameter }, index) => parameter !== undefined || text === parts[index])

const read = (
  segments: ReadonlyArray<Segment>,
  parts: ReadonlyArray<string>
): ReadonlyMap<string, string> | undefined => {
  const params = new Map<string, string>()
  for (const [index, { parameter }] of segments.entries()) {
    if (parameter === undefined) continue
    try {
      params.set(parameter, decodeURIComponent(parts[index] ?? ""))
    } catch {
      return undefined
    }
  }
  return params
}
