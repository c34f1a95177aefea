/** Calls of the actions on a secret, and the replies of the wire contract to them. */
import { Effect, type Scope, Stream } from "effect"
import type { Client } from "../../src/Client.ts"
import * as ContactSecret from "../../src/ContactSecret.ts"
import type * as Errors from "../../src/Errors.ts"
import * as Fake from "./FakeHttp.ts"

export const contactId = "cmwsk55x8000com7dj9qcuwx6"
export const secretId = "cmwsk55x8000com7dj9qcsecr"

/** A URL at which anybody can authorize. No rendering may show it. */
export const canaryUrl = "https://app.test/secrets/x/manager/authenticate?state=zebra-state&cbk=1#target=_popup"
export const missingValue =
  "Missing value for secret: ask the user to visit https://app.test/s/zebra-short?cbk=1&auth=1 to authorize access"
export const noManager = "Cannot obtain secret manager"
export const noValue = "The secret has no value; authenticate it first."

/** An error in the form of handlers. */
export const error = (status: number, code: string, message: string) => Fake.json(status, { message, code })
/** An error in the form of exceptions. */
export const exception = (message: string) => Fake.json(500, { code: "GENERIC_ERROR", message })
/** An error that mint or proxy has of its own. */
export const own = (status: number, error: string, message: string, url?: string) =>
  Fake.json(status, { error, message, url })

/** One call of each action. The answer of a proxied request is read. */
export const calls = {
  authenticate: ContactSecret.authenticate(contactId, secretId),
  verify: ContactSecret.verify(contactId, secretId),
  revoke: ContactSecret.revoke(contactId, secretId),
  mint: ContactSecret.mint(contactId, secretId),
  proxy: Effect.scoped(
    Effect.flatMap(ContactSecret.proxy(contactId, secretId, { url: "https://service.test/v1" }), ({ body, status }) =>
      Effect.map(Stream.mkString(Stream.decodeText(body)), (text) => ({ status, text }))
    )
  )
}
export type ActionName = keyof typeof calls
export const actionNames = Object.keys(calls) as ReadonlyArray<ActionName>
export const callOf = (name: ActionName): Effect.Effect<unknown, Errors.ContactError, Client> => calls[name]

/** The reply that each action succeeds with. */
export const successes: Readonly<Record<ActionName, () => Response>> = {
  authenticate: Fake.json(200, { id: secretId, url: canaryUrl }),
  verify: Fake.json(200, { id: secretId, status: "authenticated" }),
  revoke: Fake.json(200, { id: secretId }),
  mint: Fake.json(200, { token: "zebra-token", expiresAt: null }),
  proxy: Fake.json(200, {})
}

/** A secret as the list has it. The higher the number in an id, the older the secret. */
export const secret = (id: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  name: "",
  description: "",
  meta: null,
  createdAt: 1_700_000_000_000 - (Number(/^s(\d+)$/.exec(id)?.[1]) || 0),
  updatedAt: 1_700_000_000_000,
  id,
  type: "oauth",
  ...fields
})

/** A page of the list, with the cursor that the server sends. */
export const page = (ids: ReadonlyArray<string>) =>
  Fake.json(200, { items: ids.map((id) => secret(id)), ...(ids.length === 0 ? {} : { cursor: ids.at(-1) }) })

/** A call in a scope. */
export const scoped = <A, E>(call: Effect.Effect<A, E, Client | Scope.Scope>) => Effect.scoped(call)
