import * as Result from "effect/Result"
import * as ContactJson from "../contacts/ContactJson.ts"
import type { ContactRecord } from "../store/Store.ts"
import * as ListEndpoint from "./ListEndpoint.ts"

const page: ListEndpoint.ListSource<ContactRecord>["page"] = ({ account, state }, query) =>
  Result.flatMap(query, (query) => state.store.page(account.id, query))

/** `GET /contact/list` (wire contract 4). */
export const list = ListEndpoint.make("Contact.list", "/contact/list", {
  page,
  toJson: ContactJson.forList,
  csv: ContactJson.listCsv
})

/** `GET /contact/export` (wire contract 4 and 5.4). */
export const exported = ListEndpoint.make("Contact.export", "/contact/export", {
  page,
  toJson: ContactJson.forExport,
  csv: ContactJson.exportCsv
})
