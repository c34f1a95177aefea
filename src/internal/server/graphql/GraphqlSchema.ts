import * as Result from "effect/Result"
import {
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  type GraphQLFieldConfig,
  type GraphQLOutputType
} from "graphql"
import * as Kinds from "../items/ItemKinds.ts"
import type { ItemRecord } from "../items/ItemRecord.ts"
import type { ContactRecord } from "../store/Store.ts"
import * as Connection from "./ConnectionType.ts"
import * as ContactFilter from "./ContactFilter.ts"
import type { PageArguments } from "./CursorPage.ts"
import { DateTime, JsonObject } from "./GraphqlScalars.ts"
import { countTypeNames, type QueryContext } from "./QueryContext.ts"

/** The types of the columns that are no texts. */
const typeOf: ReadonlyMap<string, GraphQLOutputType> = new Map<string, GraphQLOutputType>([
  ["id", GraphQLID],
  ["meta", JsonObject],
  ["value", GraphQLInt],
  ["maxIterations", GraphQLInt],
  ["sessionDuration", GraphQLFloat],
  ["maxTime", GraphQLFloat],
  ...["verifiedAt", "lastRunAt", "nextRunAt", "createdAt", "updatedAt"].map((name) => [name, DateTime] as const)
])

/** The fields of a type that are columns of its rows. Each can be null. */
const columns = (names: ReadonlyArray<string>) =>
  Object.fromEntries(names.map((name) => [name, { type: typeOf.get(name) ?? GraphQLString }]))

/** A connection of a contact to its rows of a kind, newest first. */
const items = <Row extends ItemRecord, Column extends keyof Row & string>(
  field: string,
  type: string,
  kind: Kinds.ItemKind<Row, Column>
): GraphQLFieldConfig<ContactRecord, QueryContext, PageArguments> =>
  Connection.field({
    name: `Contact${field}`,
    node: new GraphQLObjectType({ name: type, isTypeOf: countTypeNames, fields: columns(kind.columns) }),
    order: () => "desc",
    rowsOf:
      ({ id }, _, { call }) =>
      (position) =>
        kind.table(call.state.items).page(id, { ...position, matches: () => "match" })
  })

const contactColumns = [
  "id",
  "name",
  "description",
  "fingerprint",
  "email",
  "phone",
  "nick",
  "verifiedAt",
  "meta",
  "createdAt",
  "updatedAt"
] as const satisfies ReadonlyArray<keyof ContactRecord>

const Contact = new GraphQLObjectType<ContactRecord, QueryContext>({
  name: "Contact",
  isTypeOf: countTypeNames,
  fields: {
    ...columns(contactColumns),
    tasks: items("Tasks", "Task", Kinds.task),
    conversations: items("Conversations", "Conversation", Kinds.conversation),
    ratings: items("Ratings", "Rating", Kinds.rating),
    memories: items("Memories", "Memory", Kinds.memory),
    spaces: items("Spaces", "Space", Kinds.space)
  }
})

const ListOrder = new GraphQLEnumType({ name: "ListOrder", values: { asc: {}, desc: {} } })

const listOf = (type: typeof GraphQLID) => ({ type: new GraphQLList(new GraphQLNonNull(type)) })

interface ContactsArguments extends PageArguments, ContactFilter.FilterArguments {
  readonly order?: "asc" | "desc" | null
}

const Query = new GraphQLObjectType<unknown, QueryContext>({
  name: "Query",
  fields: {
    contacts: Connection.field<unknown, ContactRecord, ContactsArguments>({
      name: "QueryContacts",
      node: Contact,
      args: {
        order: { type: ListOrder, defaultValue: "desc" },
        meta: { type: JsonObject },
        contactIds: listOf(GraphQLID),
        fingerprints: listOf(GraphQLString),
        emails: listOf(GraphQLString)
      },
      order: ({ order }) => order ?? "desc",
      rowsOf: (_, args, context) => (position) =>
        Result.flatMap(ContactFilter.make(args), (matches) =>
          context.call.state.store.page(context.call.account.id, { ...position, matches: context.counting(matches) })
        )
    })
  }
})

/** The part of the server's schema that is about contacts (wire contract 12.2). */
export const schema = new GraphQLSchema({ query: Query })
