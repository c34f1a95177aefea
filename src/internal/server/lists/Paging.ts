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
  /**
   * The order, or the 500 of one that is the name of an inherited member of an object: the server looks it up in an
   * object, and the database can't sort by such a member.
   */
  readonly order: Result.Result<"asc" | "desc", ApiFailure.ApiFailure>
  /** The id after which the list starts. */
  readonly cursor: string | undefined
}

/** Reads the paging parameters. */
export const fromQuery = (query: Query): Paging => {
  const take = query.get("take") ?? ""
  return {
    // The server parses `take` twice, and here without a radix: 0x10 gives a page of 16, and no limit.
    pageSize: Math.min(Math.max(1, Number.parseInt(take) || maxPage), maxPage), // oxlint-disable-line radix
    budget: Number.parseInt(take, 10) || Number.POSITIVE_INFINITY,
    order: toOrder(query.get("order")?.trim() ?? ""),
    cursor: query.get("cursor")?.trim() || undefined
  }
}

const toOrder = (text: string): Paging["order"] =>
  text in Object.prototype ? Result.fail(ApiFailure.genericError()) : Result.succeed(text === "asc" ? "asc" : "desc")
