import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import type { ListRequest } from "../contact/ContactRequest.ts"
import * as MetaPath from "./FilterPath.ts"

/** How many rows a page of the server has, unless there are no more: also the most that can be asked for. */
export const pageSize = 100

/** The query of a list, in the caller's own order. */
export const make = (request: ListRequest): ReadonlyArray<readonly [name: string, value: string]> => {
  const query: Array<readonly [string, string]> = []
  for (const name of Struct.keys(request)) {
    const value = request[name]
    if (typeof value === "object") {
      for (const [key, wanted] of Object.entries(value)) {
        query.push([`meta.${Result.getOrElse(MetaPath.fromKey(key), () => key)}`, String(wanted)])
      }
    } else if (value !== undefined) {
      query.push([name, String(value)])
    }
  }
  return query
}
