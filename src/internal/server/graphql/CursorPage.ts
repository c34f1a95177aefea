import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { GraphQLError } from "graphql"
import type { ApiFailure } from "../http/ApiFailure.ts"
import type { PageQuery } from "../store/RowPage.ts"

/** The arguments of every connection (wire contract 12.2). */
export interface PageArguments {
  readonly first?: number | null
  readonly last?: number | null
  readonly after?: string | null
  readonly before?: string | null
}

/** A page of a connection. */
export interface CursorPage<Row> {
  /** In the order of the list, whatever the direction of paging. */
  readonly rows: ReadonlyArray<Row>
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

type Order = PageQuery["order"]

/** Reads rows of a list from a position on. */
export type ReadRows<Row> = (position: Omit<PageQuery, "matches">) => Result.Result<ReadonlyArray<Row>, ApiFailure>

const [defaultSize, maxSize] = [20, 100]

/**
 * Reads a page of a list that has that order, and one row more, to know if there are more in the direction of paging. In
 * the other direction the answer only says if a cursor was given.
 */
export const read = <Row>(
  given: PageArguments,
  order: Order,
  rowsAt: ReadRows<Row>
): Result.Result<CursorPage<Row>, ApiFailure | GraphQLError> =>
  Result.gen(function* () {
    const { after = null, before = null, first = null, last = null } = given
    const problem = problemOf({ after, before, first, last })
    if (problem !== undefined) return yield* Result.fail(new GraphQLError(problem))
    const isBackward = last !== null || before !== null
    const text = before ?? after
    const cursor = text === null ? undefined : yield* idOf(text)
    const size = Math.min(last ?? first ?? defaultSize, maxSize)
    const found = yield* rowsAt({ order: isBackward ? reversed[order] : order, take: size + 1, cursor })
    const rows = found.slice(0, size)
    const [hasMore, hasCursor] = [found.length > size, cursor !== undefined]
    return isBackward
      ? { rows: rows.toReversed(), hasNextPage: hasCursor, hasPreviousPage: hasMore }
      : { rows, hasNextPage: hasMore, hasPreviousPage: hasCursor }
  })

const reversed: Readonly<Record<Order, Order>> = { asc: "desc", desc: "asc" }

/** The problem of the arguments: a negative size, or two that exclude each other. */
const problemOf = (given: {
  readonly [Name in keyof PageArguments]-?: Exclude<PageArguments[Name], undefined>
}): string | undefined => {
  const negative = (["first", "last"] as const).find((name) => (given[name] ?? 0) < 0)
  if (negative !== undefined) return `Argument "${negative}" must be a non-negative integer`
  const exclusive = pairs.find(([left, right]) => given[left] !== null && given[right] !== null)
  return exclusive && `Arguments "${exclusive[0]}" and "${exclusive[1]}" are not supported at the same time`
}

const pairs = [
  ["before", "after"],
  ["before", "first"],
  ["after", "last"]
] as const

const prefix = "GPC:S:"

/** The cursor of a row. */
export const cursorOf = (id: string): string => Base64.encode(prefix + id)

/** The id in a cursor. */
const idOf = (cursor: string): Result.Result<string, GraphQLError> => {
  const id = Result.getOrElse(Base64.decodeString(cursor), () => "").slice(prefix.length)
  return cursorOf(id) === cursor ? Result.succeed(id) : Result.fail(new GraphQLError(`Invalid cursor: ${cursor}`))
}
