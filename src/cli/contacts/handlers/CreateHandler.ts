import * as Effect from "effect/Effect"
import * as Contact from "../../../Contact.ts"
import * as CheckedRequest from "../../../internal/call/request/CheckedRequest.ts"
import * as operations from "../../../internal/contact/ContactOperations.ts"
import type { ContactFlags } from "../ContactFlags.ts"
import * as ContactFields from "./ContactFields.ts"
import * as ContactWrite from "./ContactWrite.ts"

/** The input of {@link create} and {@link ensure}. */
export interface CreateInput extends ContactFlags {
  readonly concurrency: number
  readonly dryRun: boolean
}

const next = "Give flags such as --name and --email, or contacts on standard input, one JSON object a line."

const requestOf = (flags: CreateInput) => (ContactFields.isGiven(flags) ? ContactFields.toCreate(flags) : undefined)

const toRequest = (request: object) => ({ request })

const checkCreate = CheckedRequest.make(Contact.CreateRequest)
const checkEnsure = CheckedRequest.make(Contact.EnsureRequest)

/** Makes a contact, or one for each row. */
export const create = (input: CreateInput) =>
  ContactWrite.run(
    {
      check: (request) => Effect.map(checkCreate(operations.create, request), toRequest),
      send: (request) => Effect.flatMap(checkCreate(operations.create, request), Contact.create)
    },
    { ...input, request: requestOf(input), next }
  )

/** Ensures a contact, or one for each row. */
export const ensure = (input: CreateInput) =>
  ContactWrite.run(
    {
      check: (request) => Effect.map(checkEnsure(operations.ensure, request), toRequest),
      send: (request) => Effect.flatMap(checkEnsure(operations.ensure, request), Contact.ensure)
    },
    { ...input, request: requestOf(input), next }
  )
