import type { Endpoint } from "./Endpoint.ts"
import * as OtherEndpoints from "./OtherEndpoints.ts"

/** The endpoint of a path: one of this server, one that only the vendor's API has, or nothing. */
export type Routed =
  | {
      readonly _tag: "Endpoint"
      readonly endpoint: Endpoint
      /** The decoded values of the segments the endpoint leaves open. */
      readonly params: ReadonlyMap<string, string>
    }
  | { readonly _tag: "Elsewhere" }
  | { readonly _tag: "Nowhere" }

const prefix = /^\/(?:api\/)?v1\//
const open = /^\{(.+)\}$/

interface Segment {
  readonly text: string
  /** The name of the parameter, if the segment is one. */
  readonly parameter: string | undefined
}

/**
 * Finds the endpoint of a path whose percent-encoding is sound. Both `/v1` and `/api/v1` lead to it; case counts, and
 * only the segments that are left open may be encoded (wire contract 0).
 */
export const make = (endpoints: ReadonlyArray<Endpoint>): ((path: string) => Routed) => {
  const table = endpoints.map((endpoint) => ({ endpoint, segments: endpoint.path.slice(1).split("/").map(segment) }))
  return (path) => {
    if (!prefix.test(path)) return { _tag: "Nowhere" }
    const route = path.replace(prefix, "")
    const parts = route.split("/")
    const row = table.find(({ segments }) => matches(segments, parts))
    if (row === undefined) return { _tag: OtherEndpoints.has(route) ? "Elsewhere" : "Nowhere" }
    return { _tag: "Endpoint", endpoint: row.endpoint, params: read(row.segments, parts) }
  }
}

const segment = (text: string): Segment => ({ text, parameter: open.exec(text)?.[1] })

const matches = (segments: ReadonlyArray<Segment>, parts: ReadonlyArray<string>): boolean =>
  segments.length === parts.length &&
  segments.every(({ text, parameter }, index) => parameter !== undefined || text === parts[index])

const read = (segments: ReadonlyArray<Segment>, parts: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const params = new Map<string, string>()
  for (const [index, { parameter }] of segments.entries()) {
    if (parameter !== undefined) params.set(parameter, decodeURIComponent(parts[index] ?? ""))
  }
  return params
}
