import * as Result from "effect/Result"
import * as Identifier from "../contacts/Identifier.ts"
import { type AuthorizedCall, parameter } from "../Endpoint.ts"
import type { Account, Accounts } from "../http/Accounts.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import type { ContactRecord } from "../store/Store.ts"
import type { SecretRecord } from "./SecretRecord.ts"
import type { SecretStore } from "./SecretStore.ts"

type Checked<A> = Result.Result<A, ApiFailure.ApiFailure>

/** The rights to a secret: to use it, or to manipulate it (wire contract 3.9.1). */
export type Right = "use" | "manipulate"

/** The contact and the secret that the path names, if the caller has the right to them. */
export interface Addressed {
  readonly contact: ContactRecord
  readonly secret: SecretRecord
}

/** Finds contact and secret, in the order of wire contract 3.9.1. */
export const addressed = (call: AuthorizedCall, right: Right): Checked<Addressed> =>
  Result.gen(function* () {
    const contact = yield* Identifier.contact(call)
    const identifier = parameter(call, "secretId")
    if (identifier === undefined) return yield* Result.fail(ApiFailure.badRequest())
    const { accounts, secrets } = call.state
    const secret = yield* find(secrets, accounts, call.account, identifier)
    if (secret === undefined) return yield* Result.fail(ApiFailure.notFound)
    const allowed = right === "use" ? canUse(accounts, call.account, secret) : isOwner(call.account, secret)
    return allowed ? { contact, secret } : yield* Result.fail(ApiFailure.notAuthorized)
  })

/** The secret that an identifier of an account names. An odd identifier is a 500 (wire contract 3.2). */
export const find = (
  secrets: SecretStore,
  accounts: Accounts,
  account: Account,
  identifier: string
): Checked<SecretRecord | undefined> =>
  Identifier.resolve(identifier, accounts, account, {
    byId: (id) => secrets.get(id),
    byName: (account, name) => secrets.findByName(account, name),
    byAlias: (account, alias) => Result.succeed(secrets.findByAlias(account, alias))
  })

const isOwner = (account: Account, secret: SecretRecord): boolean => secret.account === account.id

/** True if an account may use a secret. */
export const canUse = (accounts: Accounts, account: Account, secret: SecretRecord): boolean =>
  isOwner(account, secret) ||
  (secret.kind === "personal" &&
    (secret.visibility === "public" ||
      (secret.visibility === "protected" && accounts.areRelated(account.id, secret.account))))
