import type { Endpoint } from "./Endpoint.ts"
import * as OtherEndpoints from "./OtherEndpoints.ts"

/** The result of routing a path: an endpoint, one that only the vendor's API has, or none. */
export type Routed =
  | {
      readonly _tag: "Endpoint"
      readonly endpoint: Endpoint
      /** The decoded path parameters, by name. */
      readonly params: ReadonlyMap<string, string>
    }
  | { readonly _tag: "NotImplemented" }
  | { readonly _tag: "NotFound" }

const prefix = /^\/(?:api\/)?v1\//
const inBraces = /^\{(.+)\}$/

interface Segment {
  readonly text: string
  /** The name of the parameter, if the segment is one. */
  readonly parameter: string | undefined
}

/**
 * Finds the endpoint of a path whose percent-encoding is valid. The path begins with `/v1` or `/api/v1` and is
 * case-sensitive. Only path parameters may be percent-encoded (wire contract 0).
 */
export const make = (endpoints: ReadonlyArray<Endpoint>): ((path: string) => Routed) => {
  const table = endpoints.map((endpoint) => ({ endpoint, segments: endpoint.path.slice(1).split("/").map(segment) }))
  return (path) => {
    if (!prefix.test(path)) return { _tag: "NotFound" }
    const route = path.replace(prefix, "")
    const parts = route.split("/")
    const row = table.find(({ segments }) => matches(segments, parts))
    if (row === undefined) return { _tag: OtherEndpoints.has(route) ? "NotImplemented" : "NotFound" }
    return { _tag: "Endpoint", endpoint: row.endpoint, params: read(row.segments, parts) }
  }
}

const segment = (text: string): Segment => ({ text, parameter: inBraces.exec(text)?.[1] })

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
