import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLIsTypeOfFn } from "graphql"
import type { AuthorizedCall } from "../Endpoint.ts"
import type { Match } from "../store/RowPage.ts"
import * as ResultSize from "./ResultSize.ts"

/**
 * The most fields of a result. The server has no limit. Without one, a query with thousands of aliases could use up the
 * memory of the process; one without aliases has at most about 700,000 fields.
 */
const maxFields = 1_000_000

/** The most rows that the filters of a query test. */
const maxTestedRows = 10_000_000

/** The most characters of all texts and metadata of a result: half of the longest text that V8 can make. */
const maxCharacters = 2 ** 28

/** The request that a query runs for, and the size of the result so far. */
export class QueryContext {
  readonly call: AuthorizedCall
  #fields = 0
  #characters = 0
  #testedRows = 0

  constructor(call: AuthorizedCall) {
    this.call = call
  }

  /** Counts fields, by default one. */
  count(fields = 1): void {
    this.#fields += fields
  }

  /** A filter that counts the rows it tests, and fails once they are too many. */
  counting<Row>(matches: (row: Row) => Match): (row: Row) => Match {
    return (row) => (++this.#testedRows > maxTestedRows ? "failure" : matches(row))
  }

  /** Counts the characters of a value of a column. */
  countValue(value: unknown): void {
    if (typeof value === "string") this.#characters += value.length
    else if (typeof value === "object" && value !== null) this.#characters += lengthOf(value)
  }

  /** True if the result is too large, so that it will not be sent. */
  get isExhausted(): boolean {
    return this.#fields > maxFields || this.#characters > maxCharacters || this.#testedRows > maxTestedRows
  }
}

const lengths = new WeakMap<object, number>()

/** The length of metadata as JSON. */
const lengthOf = (meta: object): number => {
  const length = lengths.get(meta) ?? JSON.stringify(meta).length
  lengths.set(meta, length)
  return length
}

/** A resolver that counts its field, and resolves it to null once the result is too large. */
export const counted =
  <Source, Arguments, Value>(
    resolve: GraphQLFieldResolver<Source, QueryContext, Arguments, Value>
  ): GraphQLFieldResolver<Source, QueryContext, Arguments, Value | null> =>
  (source, args, context, info) => {
    context.count()
    return context.isExhausted ? null : resolve(source, args, context, info)
  }

/** Counts the fields `__typename` of an object, and fails once the result is too large. */
export const countTypeNames: GraphQLIsTypeOfFn<unknown, QueryContext> = (_, context, info) => {
  context.count(ResultSize.typeNamesOf(info))
  return !context.isExhausted
}

/** The resolver of a field that is a column of its row. */
export const readColumn: GraphQLFieldResolver<unknown, QueryContext> = counted((source, args, context, info) => {
  const value: unknown = defaultFieldResolver(source, args, context, info)
  context.countValue(value)
  return value
})
