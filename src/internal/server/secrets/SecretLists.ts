import * as Result from "effect/Result"
import * as Identifier from "../contacts/Identifier.ts"
import * as ListEndpoint from "../lists/ListEndpoint.ts"
import * as RowShape from "../lists/RowShape.ts"
import type { SecretType, SecretValueRecord } from "./SecretRecord.ts"
import type { SecretStore } from "./SecretStore.ts"

/** An item of the list: a value of a contact, with the id and the type of its secret. */
interface SecretItem extends Pick<SecretValueRecord, "name" | "description" | "meta" | "createdAt" | "updatedAt"> {
  readonly id: string
  readonly type: SecretType
}

/**
 * `GET /contact/{contactId}/secret/list` (wire contract 3.8.1). As on the real server, pages are read by the ids of the
 * value rows, but an item, and so the cursor, has the id of its secret: a second page is empty.
 */
export const list = ListEndpoint.make<SecretItem>("ContactSecret.list", "/contact/{contactId}/secret/list", {
  ...RowShape.make(["name", "description", "meta", "createdAt", "updatedAt", "id", "type"]),
  page: (call, query) =>
    Result.gen(function* () {
      const contact = yield* Identifier.contact(call)
      const rows = yield* call.state.secrets.page(contact.id, yield* query)
      return rows.flatMap((row) => toItems(call.state.secrets, row))
    })
})

/** The item of a row. A row without a secret has none. */
const toItems = (secrets: SecretStore, row: SecretValueRecord): ReadonlyArray<SecretItem> => {
  const secret = secrets.get(row.secretId)
  if (secret === undefined) return []
  const { createdAt, description, meta, name, updatedAt } = row
  return [
    {
      name: name || secret.name,
      description: description || secret.description,
      meta,
      createdAt,
      updatedAt,
      id: secret.id,
      type: secret.type
    }
  ]
}
