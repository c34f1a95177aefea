import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ContactJson from "../contacts/ContactJson.ts"
import type { ContactRecord } from "../store/Store.ts"
import * as ListEndpoint from "./ListEndpoint.ts"
import * as MetaFilter from "./MetaFilter.ts"

const page: ListEndpoint.ListSource<ContactRecord>["page"] = (call, paging, cursor) =>
  Effect.fromResult(
    Result.flatMap(MetaFilter.fromQuery(call.query), (matches) =>
      call.state.store.page({
        account: call.account.id,
        order: paging.order,
        take: paging.pageSize,
        cursor,
        matches
      })
    )
  )

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
