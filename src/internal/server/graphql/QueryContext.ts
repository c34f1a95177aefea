import { defaultFieldResolver, type GraphQLFieldResolver } from "graphql"
import type { AuthorizedCall } from "../Endpoint.ts"

/**
 * The most fields of a result. The server has no limit. Without one, a query with thousands of aliases could use up the
 * memory of the process; one without aliases has at most about 700,000 fields.
 */
const maxFields = 1_000_000

/** The request that a query runs for, and the number of fields resolved so far. */
export class QueryContext {
  readonly call: AuthorizedCall
  #fields = 0

  constructor(call: AuthorizedCall) {
    this.call = call
  }

  /** Counts a field. */
  count(): void {
    this.#fields++
  }

  /** True if the result has too many fields, so that it will not be sent. */
  get isExhausted(): boolean {
    return this.#fields > maxFields
  }
}

/** A resolver that counts its field, and resolves it to null once there are too many. */
export const counted =
  <Source, Arguments, Value>(
    resolve: GraphQLFieldResolver<Source, QueryContext, Arguments, Value>
  ): GraphQLFieldResolver<Source, QueryContext, Arguments, Value | null> =>
  (source, args, context, info) => {
    context.count()
    return context.isExhausted ? null : resolve(source, args, context, info)
  }

/** The resolver of a field that is a column of its row. */
export const readColumn = counted(defaultFieldResolver)
