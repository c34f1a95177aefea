import * as Result from "effect/Result"
import * as ApiFailure from "../http/ApiFailure.ts"
import type { Query } from "../http/Query.ts"

/** The most rows of a page, and the number of rows without a `take`. */
export const maxPage = 100

/** The paging parameters of a list (wire contract 4). */
export interface Paging {
  /** Rows a page: 1 to 100. */
  readonly pageSize: number
  /** Rows after which a stream reads no further page; infinity if it reads them all. */
  readonly budget: number
  readonly order: "asc" | "desc"
  /** The id to start after. */
  readonly cursor: string | undefined
}

/**
 * Reads the paging parameters. Only one kind of order is refused: the server looks it up in an object, and what it
 * inherits there the database can't sort by.
 */
export const fromQuery = (query: Query): Result.Result<Paging, ApiFailure.ApiFailure> => {
  const take = query.get("take") ?? ""
  const order = query.get("order")?.trim() ?? ""
  if (order in Object.prototype) return Result.fail(ApiFailure.genericError())
  return Result.succeed({
    // The server parses `take` twice, and here without a radix: 0x10 is a page of 16, and a budget of 0, which is none.
    pageSize: Math.min(Math.max(1, Number.parseInt(take) || maxPage), maxPage), // oxlint-disable-line radix
    budget: Number.parseInt(take, 10) || Number.POSITIVE_INFINITY,
    order: order === "asc" ? "asc" : "desc",
    cursor: query.get("cursor")?.trim() || undefined
  })
}
