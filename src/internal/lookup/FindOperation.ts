import * as Operation from "../call/Operation.ts"
import { FindReply } from "./FoundContact.ts"
import * as LookupFailure from "./LookupFailure.ts"

/** One page of a lookup. */
export const find = /* @__PURE__ */ Operation.make({
  name: "Contact.find",
  method: "POST",
  path: "/graphql",
  safety: "read",
  isList: true,
  success: FindReply,
  readError: LookupFailure.read
})
