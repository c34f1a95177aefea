import * as Result from "effect/Result"
import * as Identifier from "../contacts/Identifier.ts"
import type { Endpoint } from "../Endpoint.ts"
import * as ListEndpoint from "../lists/ListEndpoint.ts"
import * as RowShape from "../lists/RowShape.ts"
import type { ListOperation } from "../OperationName.ts"
import * as Kinds from "./ItemKinds.ts"
import type { ItemRecord } from "./ItemRecord.ts"

/** A list of a contact's items. The contact is looked up again for every page (wire contract 3.8.1). */
const list = <Column extends keyof Row & string, Row extends ItemRecord & RowShape.WithColumns<Column>>(
  operation: ListOperation,
  path: string,
  { columns, table }: Kinds.ItemKind<Row, Column>
): Endpoint =>
  ListEndpoint.make<Row>(operation, path, {
    ...RowShape.make(columns),
    page: (call, query) =>
      Result.flatMap(Identifier.contact(call), (contact) =>
        Result.flatMap(query, (query) => table(call.state.items).page(contact.id, query))
      )
  })

/** The lists of the items of a contact. */
export const lists: ReadonlyArray<Endpoint> = [
  list("ContactConversation.list", "/contact/{contactId}/conversation/list", Kinds.conversation),
  list("ContactMemory.list", "/contact/{contactId}/memory/list", Kinds.memory),
  list("ContactRating.list", "/contact/{contactId}/rating/list", Kinds.rating),
  list("ContactSpace.list", "/contact/{contactId}/space/list", Kinds.space),
  list("ContactTask.list", "/contact/{contactId}/task/list", Kinds.task)
]
