import * as Result from "effect/Result"
import * as Identifier from "../contacts/Identifier.ts"
import type { Endpoint } from "../Endpoint.ts"
import * as ListEndpoint from "../lists/ListEndpoint.ts"
import * as RowShape from "../lists/RowShape.ts"
import type { ListOperation } from "../OperationName.ts"
import * as Columns from "./ItemColumns.ts"
import type { ItemStore } from "./ItemStore.ts"
import type { ContactRow, ItemTable } from "./ItemTable.ts"

/** A list of a contact's rows. The contact is looked up again for every page (wire contract 3.8.1). */
const list = <Column extends string, Row extends ContactRow & RowShape.WithColumns<Column>>(
  operation: ListOperation,
  path: string,
  table: (items: ItemStore) => ItemTable<Row>,
  columns: ReadonlyArray<Column>
): Endpoint =>
  ListEndpoint.make<Row>(operation, path, {
    ...RowShape.make(columns),
    page: (call, query) =>
      Result.flatMap(Identifier.contact(call), (contact) =>
        Result.flatMap(query, (query) => table(call.state.items).page(contact.id, query))
      )
  })

/** The five lists of a contact's items (wire contract 3.8.1). */
export const lists: ReadonlyArray<Endpoint> = [
  list(
    "ContactConversation.list",
    "/contact/{contactId}/conversation/list",
    (items) => items.conversations,
    Columns.conversation
  ),
  list("ContactMemory.list", "/contact/{contactId}/memory/list", (items) => items.memories, Columns.memory),
  list("ContactRating.list", "/contact/{contactId}/rating/list", (items) => items.ratings, Columns.rating),
  list("ContactSpace.list", "/contact/{contactId}/space/list", (items) => items.spaces, Columns.space),
  list("ContactTask.list", "/contact/{contactId}/task/list", (items) => items.tasks, Columns.task)
]
