import * as Result from "effect/Result"
import { type AuthorizedCall, parameter } from "../Endpoint.ts"
import type { Account, Accounts } from "../http/Accounts.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import type { ContactRecord } from "../store/Store.ts"

type Checked<A> = Result.Result<A, ApiFailure.ApiFailure>

/** The contact that the path names, if the caller may access it (wire contract 3.2). */
export const contact = (call: AuthorizedCall): Checked<ContactRecord> => {
  const identifier = parameter(call, "contactId")
  if (identifier === undefined) return Result.fail(ApiFailure.badRequest())
  const { accounts, store } = call.state
  const found = resolve(identifier, accounts, call.account, {
    byId: (id) => store.get(id),
    byName: (account, name) => store.findByName(account, name),
    // Contacts have no column for aliases, so the database fails.
    byAlias: () => Result.fail(ApiFailure.genericError())
  })
  return Result.flatMap(found, (found) => {
    if (found === undefined) return Result.fail(ApiFailure.notFound)
    return found.account === call.account.id ? Result.succeed(found) : Result.fail(ApiFailure.notAuthorized)
  })
}

/** The ways to find a row of a kind. */
export interface Lookup<Row> {
  /** In all accounts. */
  readonly byId: (id: string) => Row | undefined
  /** The first with exactly that name. */
  readonly byName: (account: string, name: string) => Row | undefined
  readonly byAlias: (account: string, alias: string) => Checked<Row | undefined>
}

/**
 * The row that an identifier of an account names: an id, `(Name)`, `@alias`, `@@alias` of the parent, or
 * `@user@alias` of another child of the parent. An incomplete one is a 500 (wire contract 3.2).
 */
export const resolve = <Row>(
  identifier: string,
  accounts: Accounts,
  account: Account,
  lookup: Lookup<Row>
): Checked<Row | undefined> => {
  if (identifier.startsWith("@")) {
    return Result.flatMap(aliased(identifier.slice(1), accounts, account), ({ alias, owner }) =>
      lookup.byAlias(owner, alias)
    )
  }
  if (!identifier.startsWith("(") || !identifier.endsWith(")")) return Result.succeed(lookup.byId(identifier))
  const name = identifier.slice(1, -1).trim()
  return name === "" ? refuse("Name is required") : Result.succeed(lookup.byName(account.id, name))
}

/** The alias that an identifier has after its first `@`, and the account that it belongs to. */
const aliased = (
  rest: string,
  accounts: Accounts,
  { id, parent }: Account
): Checked<{ readonly alias: string; readonly owner: string }> => {
  if (rest.startsWith("@")) {
    const alias = rest.slice(1).trim()
    if (alias === "") return refuse("Alias is required")
    return parent === undefined
      ? refuse("Parent ID is required for @@ identifier")
      : Result.succeed({ alias, owner: parent })
  }
  const mark = rest.indexOf("@")
  if (mark === -1) {
    const alias = rest.trim()
    return alias === "" ? refuse("Alias is required") : Result.succeed({ alias, owner: id })
  }
  const user = rest.slice(0, mark).trim()
  const alias = rest.slice(mark + 1).trim()
  if (user === "") return refuse("User alias is required")
  if (alias === "") return refuse("Resource alias is required")
  if (parent === undefined) return refuse("Parent ID is required for @user@resource identifier")
  const sibling = accounts.childByAlias(parent, user)
  return sibling === undefined
    ? refuse(`User with alias "${user}" not found`)
    : Result.succeed({ alias, owner: sibling.id })
}

const refuse = (message: string): Checked<never> => Result.fail(ApiFailure.genericError(message))
