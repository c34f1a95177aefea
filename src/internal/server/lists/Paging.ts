import * as Result from "effect/Result"
import * as ApiFailure from "../http/ApiFailure.ts"
import type { Query } from "../http/Query.ts"

/** The most rows of a page, and the number of rows without a `take`. */
export const maxPage = 100

/** The paging parameters of a list (wire contract 4). */
export interface Paging {
  /** The number of rows of a page: 1 to 100. */
  readonly pageSize: number
  /** The number of rows after which a stream reads no further page; infinity if it reads them all. */
  readonly budget: number
  readonly order: "asc" | "desc"
  /** The id after which the list starts. */
  readonly cursor: string | undefined
}

/**
 * Reads the paging parameters. Only an `order` that is the name of an inherited member of an object is refused: the
 * server looks it up in an object, and the database can't sort by such a member.
 */
export const fromQuery = (query: Query): Result.Result<Paging, ApiFailure.ApiFailure> => {
  const take = query.get("take") ?? ""
  const order = query.get("order")?.trim() ?? ""
  if (order in Object.prototype) return Result.fail(ApiFailure.genericError())
  return Result.succeed({
    // The server parses `take` twice, and here without a radix: 0x10 gives a page of 16, and no limit.
    pageSize: Math.min(Math.max(1, Number.parseInt(take) || maxPage), maxPage), // oxlint-disable-line radix
    budget: Number.parseInt(take, 10) || Number.POSITIVE_INFINITY,
    order: order === "asc" ? "asc" : "desc",
    cursor: query.get("cursor")?.trim() || undefined
  })
}
