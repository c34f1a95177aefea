import * as Result from "effect/Result"
import * as ApiFailure from "../http/ApiFailure.ts"
import type { Meta } from "./Meta.ts"
import type { OrderedRows, Positioned } from "./OrderedRows.ts"

/** A row that a filter on metadata can test. */
export interface Filterable {
  readonly meta: Meta | null
}

/** The outcome of testing a row. `failure` if the database fails on it, which fails the page. */
export type Match = "match" | "no match" | "failure"

/** A query for a page of rows (wire contract 4). */
export interface PageQuery<in A = Filterable> {
  readonly order: "asc" | "desc"
  /** The most rows to return. */
  readonly take: number
  /** The id of a row in any list. Rows before its position are left out, and so is the first row from there on. */
  readonly cursor: string | undefined
  readonly matches: (row: A) => Match
}

const none: Result.Result<ReadonlyArray<never>> = Result.succeed([])

/**
 * A page of a list of rows. As the real database does it: the cursor gives a position, the filter is applied from there
 * on, and then one row is skipped, which is the cursor's own unless that one does not match. The cursor may be any row
 * of the table, also one of another list. The page after an unknown cursor is empty.
 */
export const read = <A extends Positioned>(
  rows: OrderedRows<A> | undefined,
  table: ReadonlyMap<string, A>,
  query: PageQuery<A>
): Result.Result<ReadonlyArray<A>, ApiFailure.ApiFailure> => {
  const from = query.cursor === undefined ? undefined : table.get(query.cursor)
  if (rows === undefined || (query.cursor !== undefined && from === undefined)) return none
  let skip = from === undefined ? 0 : 1
  let fails = false
  const out: Array<A> = []
  rows.walk(query.order, from, (row) => {
    const outcome = query.matches(row)
    if (outcome === "match") {
      if (skip > 0) skip--
      else out.push(row)
    }
    fails = outcome === "failure"
    return !fails && out.length < query.take
  })
  return fails ? Result.fail(ApiFailure.genericError()) : Result.succeed(out)
}
