import * as Effect from "effect/Effect"
import * as Assumptions from "../Assumptions.ts"
import type { ContactRecord } from "../store/Store.ts"
import * as PlatformTokens from "./PlatformTokens.ts"
import type { SecretRecord } from "./SecretRecord.ts"

const lifetimeSeconds = 900

/**
 * The URL where a contact's user authorizes a personal secret (wire contract 3.9.2). Its token says owner, secret and
 * contact, and is new each time.
 */
export const raw = (
  tokens: PlatformTokens.PlatformTokens,
  secret: SecretRecord,
  contact: ContactRecord
): Effect.Effect<string> =>
  Effect.map(
    tokens.sign({ userId: secret.account, secretId: secret.id, contact: { id: contact.id } }, lifetimeSeconds),
    (state) => {
      const url = new URL(`/secrets/${secret.id}/manager/authenticate`, Assumptions.frontend)
      url.search = new URLSearchParams({ state, ...flags }).toString()
      url.hash = "target=_popup&unfurl=0"
      return url.href
    }
  )

/** The short form of such a URL, as texts have it. */
export const short: Effect.Effect<string> = Effect.map(PlatformTokens.uuid, (id) => {
  const url = new URL(`/s/${id}`, Assumptions.frontend)
  url.search = new URLSearchParams(flags).toString()
  return url.href
})

const flags = { cbk: "1", auth: "1", unfurl: "0" }
