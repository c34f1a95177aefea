/** The requests of rows. A row can be a contact that was read: the fields that only the server sets are left out. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import * as Contact from "../../Contact.ts"
import * as CheckedRequest from "../call/request/CheckedRequest.ts"
import * as operations from "../contact/ContactOperations.ts"

/** A contact to ensure. Without a fingerprint, it gets one that is made from the job and the number of the row. */
export const EnsureRow = /* @__PURE__ */ (() =>
  Schema.Struct({
    ...Contact.EnsureRequest.fields,
    fingerprint: Schema.optional(Contact.EnsureRequest.fields.fingerprint)
  }))()
export interface EnsureRow extends Schema.Struct.Type<typeof EnsureRow.fields> {}

/** The id of a contact, and the fields to change. */
export const UpdateRow = /* @__PURE__ */ (() => Schema.Struct({ id: Schema.String, ...Contact.UpdateRequest.fields }))()
export interface UpdateRow extends Schema.Struct.Type<typeof UpdateRow.fields> {}

const Ignored = /* @__PURE__ */ Schema.optional(Schema.Unknown)
const times = { createdAt: Ignored, updatedAt: Ignored }
const identity = { id: Ignored, ...times }

const checkEnsure = /* @__PURE__ */ (() =>
  CheckedRequest.make(Schema.Struct({ ...EnsureRow.fields, ...identity, verifiedAt: Ignored })))()
const createRow = /* @__PURE__ */ (() => Schema.Struct({ ...Contact.CreateRequest.fields, ...identity }))()
const checkCreate = /* @__PURE__ */ CheckedRequest.make(createRow)
const checkUpsert = /* @__PURE__ */ CheckedRequest.make(createRow, { isUpdate: true })
const checkUpdate = /* @__PURE__ */ (() =>
  CheckedRequest.make(Schema.Struct({ ...UpdateRow.fields, ...times }), { isUpdate: true }))()

/** The request in a row of `Bulk.ensure`. The server sets `verifiedAt`. */
export const ensure = (row: unknown): Effect.Effect<EnsureRow, Contact.EnsureError> =>
  Effect.map(checkEnsure(operations.ensure, row), Struct.omit(["id", "createdAt", "updatedAt", "verifiedAt"]))

/** The request in a row of `Bulk.create`. */
export const create = (row: unknown): Effect.Effect<Contact.CreateRequest, Contact.CreateError> =>
  Effect.map(checkCreate(operations.create, row), Struct.omit(["id", "createdAt", "updatedAt"]))

/** The request in a row of `Bulk.upsert`. */
export const upsert = (row: unknown): Effect.Effect<Contact.CreateRequest, Contact.CreateError> =>
  Effect.map(checkUpsert(operations.create, row), Struct.omit(["id", "createdAt", "updatedAt"]))

/** The request in a row of `Bulk.update`. */
export const update = (row: unknown): Effect.Effect<UpdateRow, Contact.UpdateError> =>
  Effect.map(checkUpdate(operations.update, row), Struct.omit(["createdAt", "updatedAt"]))
