import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client } from "../../../Client.ts"
import * as ContactSecret from "../../../ContactSecret.ts"
import { refShape } from "../../format/Shape.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import * as Confirm from "../../support/Confirm.ts"
import type { ConfirmFlags } from "../../support/ConfirmFlags.ts"
import * as Output from "../../support/Output.ts"
import * as Shapes from "../ItemShapes.ts"

/** The input of {@link list}. */
export interface ListInput extends ContactSecret.ListRequest {
  readonly contactId: string
}

/** A secret of a contact. */
export interface SecretInput {
  readonly contactId: string
  readonly secretId: string
}

/** Lists secrets. */
export const list = ({ contactId, meta, order, take }: ListInput) => {
  // An operation that keeps `undefined` refuses it.
  const request = { ...(meta && { meta }), ...(order && { order }), ...(take === undefined ? {} : { take }) }
  return ApiClient.provide(Output.list(ContactSecret.list(contactId, request), Shapes.secretShape))
}

/** Writes the status of a secret, with the URL to authorize it: the caller asked for it. */
export const verify = ({ contactId, secretId }: SecretInput) =>
  ApiClient.provide(
    Output.result(
      Effect.map(ContactSecret.verify(contactId, secretId), ({ action, id, status }) => ({
        id,
        status,
        ...(action && { action: { type: action.type, url: Redacted.value(action.url) } })
      })),
      Shapes.verificationShape
    )
  )

/** Writes the URL to authorize a secret: the caller asked for it. */
export const authenticate = ({ contactId, secretId }: SecretInput) =>
  ApiClient.provide(
    Output.result(
      Effect.map(ContactSecret.authenticate(contactId, secretId), ({ id, url }) => ({ id, url: Redacted.value(url) })),
      Shapes.authorizationShape
    )
  )

const revokeConfirmed = Effect.fnUntraced(function* (input: SecretInput & ConfirmFlags) {
  const { contactId, secretId } = input
  const { settings } = yield* Client
  const operation = "ContactSecret.revoke"
  const plan: Confirm.Plan = {
    operation,
    action: "Revoke 1 secret",
    count: 1,
    sample: [{ contactId, secretId }],
    lines: [`${secretId} of ${contactId}`],
    digest: Confirm.digestOf(operation, settings.prefix, { ...settings.headers }, [contactId, secretId])
  }
  yield* Confirm.run(plan, input, Output.result(ContactSecret.revoke(contactId, secretId), refShape))
})

/** Deletes the contact's value of a secret, after a confirmation. */
export const revoke = (input: SecretInput & ConfirmFlags) => ApiClient.provide(revokeConfirmed(input))
