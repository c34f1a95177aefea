import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import * as FilterPath from "./FilterPath.ts"
import type { ListRequest } from "./ListRequest.ts"

/** The number of rows in a full page of the server, which is also the largest `take` of a page. */
export const pageSize = 100

/** The query of a list, with the parameters in the order of the request. */
export const make = (request: ListRequest): ReadonlyArray<readonly [name: string, value: string]> => {
  const query: Array<readonly [string, string]> = []
  for (const name of Struct.keys(request)) {
    const value = request[name]
    if (typeof value === "object") {
      for (const [key, expected] of Object.entries(value)) {
        query.push([`meta.${Result.getOrElse(FilterPath.fromKey(key), () => key)}`, String(expected)])
      }
    } else if (value !== undefined) {
      query.push([name, String(value)])
    }
  }
  return query
}
