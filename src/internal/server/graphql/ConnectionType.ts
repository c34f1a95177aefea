import * as Result from "effect/Result"
import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap
} from "graphql"
import type { PageQuery } from "../store/RowPage.ts"
import * as CursorPage from "./CursorPage.ts"
import { counted, countTypeNames, type QueryContext } from "./QueryContext.ts"

/** A row of a connection. */
interface Row {
  readonly id: string
}

/** A list of rows, and how it is read. */
export interface Source<Parent, A extends Row, Arguments> {
  /** The beginning of the names of its types. */
  readonly name: string
  readonly node: GraphQLObjectType
  /** Its arguments but those of paging. Default: none. */
  readonly args?: GraphQLFieldConfigArgumentMap
  readonly order: (args: Arguments) => PageQuery["order"]
  readonly rowsOf: (parent: Parent, args: Arguments, context: QueryContext) => CursorPage.ReadRows<A>
}

/** A field with a page of a list, as Pothos makes it for Prisma (wire contract 12.2). */
export const field = <Parent, A extends Row, Arguments extends CursorPage.PageArguments>(
  source: Source<Parent, A, Arguments>
): GraphQLFieldConfig<Parent, QueryContext, Arguments> => ({
  type: typeNamed(`${source.name}Connection`, source.node),
  args: { ...pageArguments, ...source.args },
  resolve: counted((parent, args, context) =>
    Result.getOrThrow(CursorPage.read(args, source.order(args), source.rowsOf(parent, args, context)))
  )
})

const pageArguments: GraphQLFieldConfigArgumentMap = {
  first: { type: GraphQLInt },
  last: { type: GraphQLInt },
  after: { type: GraphQLID },
  before: { type: GraphQLID }
}

type Page = CursorPage.CursorPage<Row>

const cursorAt = (page: Page, index: number): string | null => {
  const row = page.rows.at(index)
  return row === undefined ? null : CursorPage.cursorOf(row.id)
}

const PageInfo = new GraphQLObjectType<Page, QueryContext>({
  name: "PageInfo",
  isTypeOf: countTypeNames,
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLID, resolve: counted((page) => cursorAt(page, 0)) },
    endCursor: { type: GraphQLID, resolve: counted((page) => cursorAt(page, -1)) }
  }
})

const typeNamed = (name: string, node: GraphQLObjectType): GraphQLObjectType<Page, QueryContext> => {
  const edge = new GraphQLObjectType<Row, QueryContext>({
    name: `${name}Edge`,
    isTypeOf: countTypeNames,
    fields: {
      cursor: { type: new GraphQLNonNull(GraphQLID), resolve: counted(({ id }) => CursorPage.cursorOf(id)) },
      node: { type: node, resolve: counted((row) => row) }
    }
  })
  return new GraphQLObjectType<Page, QueryContext>({
    name,
    isTypeOf: countTypeNames,
    fields: {
      edges: { type: new GraphQLList(edge), resolve: counted(({ rows }) => rows) },
      pageInfo: { type: new GraphQLNonNull(PageInfo), resolve: counted((page) => page) }
    }
  })
}
