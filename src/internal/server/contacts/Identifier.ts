import * as Result from "effect/Result"
import { type AuthorizedCall, parameter } from "../Endpoint.ts"
import type { Account } from "../http/Accounts.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import type { ContactRecord } from "../store/Store.ts"

type Found = Result.Result<ContactRecord | undefined, ApiFailure.ApiFailure>

/** The contact that the path names, if the caller may access it (wire contract 3.2). */
export const contact = (call: AuthorizedCall): Result.Result<ContactRecord, ApiFailure.ApiFailure> => {
  const identifier = parameter(call, "contactId")
  if (identifier === undefined) return Result.fail(ApiFailure.badRequest())
  return Result.flatMap(resolve(call, identifier), (found) => {
    if (found === undefined) return Result.fail(ApiFailure.notFound)
    return found.account === call.account.id ? Result.succeed(found) : Result.fail(ApiFailure.notAuthorized)
  })
}

const resolve = ({ state: { store }, account }: AuthorizedCall, identifier: string): Found => {
  if (identifier.startsWith("@")) return Result.fail(ApiFailure.genericError(aliasProblem(identifier, account)))
  if (!identifier.startsWith("(") || !identifier.endsWith(")")) return Result.succeed(store.get(identifier))
  const name = identifier.slice(1, -1).trim()
  return name === ""
    ? Result.fail(ApiFailure.genericError("Name is required"))
    : Result.succeed(store.findByName(account.id, name))
}

/**
 * The message of the 500 for an alias; undefined if the database fails, as contacts have no column for aliases. Most
 * forms that name another account fail before that.
 */
const aliasProblem = (identifier: string, { parent }: Account): string | undefined => {
  const rest = identifier.slice(1)
  if (rest.startsWith("@")) {
    if (rest.slice(1).trim() === "") return "Alias is required"
    return parent === undefined ? "Parent ID is required for @@ identifier" : undefined
  }
  const [user = "", ...resource] = rest.split("@")
  if (resource.length === 0) return user.trim() === "" ? "Alias is required" : undefined
  if (user.trim() === "") return "User alias is required"
  if (resource.join("@").trim() === "") return "Resource alias is required"
  return parent === undefined
    ? "Parent ID is required for @user@resource identifier"
    : `User with alias "${user.trim()}" not found`
}
