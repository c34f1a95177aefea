import type { Headers } from "effect/http/Headers"
import * as Result from "effect/Result"
import type { Account, Accounts, Grant } from "./Accounts.ts"
import * as ApiFailure from "./ApiFailure.ts"
import type { Query } from "./Query.ts"

/** The account that a request acts as, and the audience of its token. */
export interface Session {
  readonly account: Account
  readonly audience: string
}

/** The facts that decide which account a request acts as. */
export interface Credentials {
  readonly method: string
  readonly path: string
  readonly query: Query
  readonly headers: Headers
  readonly cookies: Readonly<Record<string, string>>
  /** In milliseconds since the epoch. */
  readonly now: number
}

const kinds: ReadonlyArray<{ readonly is: (token: string) => boolean; readonly runsAs: boolean }> = [
  { is: (token) => token.startsWith("sk-"), runsAs: true },
  { is: (token) => token.startsWith("oaac-"), runsAs: true },
  { is: (token) => !token.startsWith("oart-") && token.split(".").length === 3, runsAs: false }
]

/** The session of a request, or the refusal of its credentials, which other checks may precede (wire contract 7). */
export const authenticate = (
  accounts: Accounts,
  credentials: Credentials
): Result.Result<Session, ApiFailure.ApiFailure> => {
  const authorization = credentials.headers["authorization"]
  if (!authorization) {
    // The real server looks for the cookie session of a browser now. The emulator has none.
    return Result.fail(isForged(credentials) ? ApiFailure.notAuthorized : ApiFailure.notAuthenticated)
  }
  // The scheme is ignored. Two blanks in a row give an empty token.
  const token = authorization.split(" ")[1]?.trim() ?? ""
  const kind = kinds.find(({ is }) => is(token))
  const grant = kind === undefined ? undefined : accounts.grant(token)
  if (kind === undefined || grant === undefined || !isUsable(grant, credentials)) {
    return Result.fail(ApiFailure.notAuthenticated)
  }
  const account = kind.runsAs ? runAs(accounts, grant.account, credentials.headers) : grant.account
  return account === undefined
    ? Result.fail(ApiFailure.notAuthenticated)
    : Result.succeed({ account, audience: grant.audience })
}

const csrfCookie = "__Host-next-auth.csrf-token"

/** True if a request may be a cross-site request forgery: a POST without the right CSRF token. */
const isForged = ({ cookies, headers, method, query }: Credentials): boolean => {
  const token = cookies[csrfCookie]?.trim()
  return (
    method === "POST" &&
    headers["x-requested-with"] !== "XMLHttpRequest" &&
    (!token || token !== query.get("csrfToken"))
  )
}

const isUsable = (grant: Grant, { now, path }: Credentials): boolean =>
  (grant.expiresAt === undefined || now < grant.expiresAt) && grant.allows(path)

const runAs = (accounts: Accounts, owner: Account, headers: Headers): Account | undefined => {
  const id = headers["x-runas-user-id"] || headers["x-runas-userid"]
  if (id) {
    const child = accounts.get(id)
    return child?.parent === owner.id ? child : undefined
  }
  const email = headers["x-runas-child-user-email"]
  return email ? accounts.childByEmail(owner.id, email) : owner
}
