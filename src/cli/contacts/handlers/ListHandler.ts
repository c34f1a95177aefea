import * as Contact from "../../../Contact.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import * as Output from "../../support/Output.ts"
import { contactShape } from "../ContactShape.ts"

/** Writes the contacts of a list. */
export const list = (request: Contact.ListRequest) =>
  ApiClient.provide(Output.list(Contact.list(request), contactShape))
