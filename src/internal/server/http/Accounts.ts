import * as Glob from "effect/Glob"

/** A token with options. */
export interface TokenOptions {
  readonly token: string
  /** The time it expires, in milliseconds since the epoch. Default: never. */
  readonly expiresAt?: number
  /**
   * Globs of the paths it may use, relative to `/v1/` or `/api/v1/`; a leading `!` excludes. Default: every path for
   * the audiences `api` and `user`, none for any other.
   */
  readonly allowedRoutes?: ReadonlyArray<string>
  /** The audience of the token. `user`, `api` and `app` may use fingerprints. Default `api`. */
  readonly audience?: string
}

/** An account and its tokens (wire contract 7). */
export interface AccountOptions {
  readonly id: string
  /**
   * Secret keys (`sk-…`), OAuth access tokens (`oaac-…`) or JWTs. A JWT is only compared, never verified. OAuth refresh
   * tokens (`oart-…`) and any other text are refused even when listed here.
   */
  readonly tokens: ReadonlyArray<string | TokenOptions>
  /** The id of the parent account, which may run as this one and whose limits this one shares. Default: none. */
  readonly parent?: string
  /** The e-mail address by which the parent may run as this one. Default: none. */
  readonly email?: string
  /** The alias by which the other children of the parent name it, as in `@alias@secret`. Default: none. */
  readonly alias?: string
  /**
   * List requests in 60 s, in place of the `rateLimit` of the server. Ignored if the account has a parent, whose limit
   * it shares.
   */
  readonly rateLimit?: number
}

/** An account. */
export type Account = Omit<AccountOptions, "tokens">

/** The access that a token gives. */
export interface Grant {
  readonly account: Account
  readonly audience: string
  readonly expiresAt: number | undefined
  readonly allows: (path: string) => boolean
}

/** The accounts. Without configured ones, every distinct `sk-…` token gets an account of its own on first use. */
export class Accounts {
  readonly #grants = new Map<string, Grant>()
  readonly #accounts = new Map<string, Account>()
  readonly #open: boolean

  constructor(configured: ReadonlyArray<AccountOptions> | undefined) {
    this.#open = configured === undefined
    for (const { tokens, ...account } of configured ?? []) {
      this.#accounts.set(account.id, account)
      for (const token of tokens) {
        const options = typeof token === "string" ? { token } : token
        this.#grants.set(options.token, makeGrant(account, options))
      }
    }
  }

  /** The access that the token gives, if any. */
  grant(token: string): Grant | undefined {
    const known = this.#grants.get(token)
    if (known !== undefined || !this.#open || !token.startsWith("sk-")) return known
    const account: Account = { id: `account-${this.#accounts.size + 1}` }
    this.#accounts.set(account.id, account)
    const grant = makeGrant(account, { token })
    this.#grants.set(token, grant)
    return grant
  }

  /** The account with that id. */
  get(id: string): Account | undefined {
    return this.#accounts.get(id)
  }

  /** The child of an account that has that address. */
  childByEmail(parent: string, email: string): Account | undefined {
    for (const account of this.#accounts.values()) {
      if (account.parent === parent && account.email === email) return account
    }
    return undefined
  }

  /** The child of an account that has that alias. */
  childByAlias(parent: string, alias: string): Account | undefined {
    for (const account of this.#accounts.values()) {
      if (account.parent === parent && account.alias === alias) return account
    }
    return undefined
  }

  /** True if one account is the parent of the other, or both have the same parent. */
  areRelated(one: string, other: string): boolean {
    const parent = this.#accounts.get(one)?.parent
    const otherParent = this.#accounts.get(other)?.parent
    return parent === other || otherParent === one || (parent !== undefined && parent === otherParent)
  }

  /** The account whose limits an account shares: its parent, or else itself. */
  payer(account: Account): Account {
    return (account.parent === undefined ? undefined : this.#accounts.get(account.parent)) ?? account
  }
}

/**
 * The audiences whose tokens may use every route if no routes are listed. Tokens for the end users of a widget or a
 * conversation may use no contact route (wire contract 7).
 */
const unrestrictedAudiences: ReadonlySet<string> = new Set(["api", "user"])

const makeGrant = (account: Account, options: TokenOptions): Grant => {
  const audience = options.audience ?? "api"
  const allows =
    options.allowedRoutes === undefined
      ? () => unrestrictedAudiences.has(audience)
      : routeMatcher(options.allowedRoutes)
  return { account, audience, expiresAt: options.expiresAt, allows }
}

const routePrefix = /^\/?(?:api\/)?v1\//

const glob = (route: string): Glob.Glob => Glob.make(route.replace(routePrefix, ""), { dot: true })

const routeMatcher = (routes: ReadonlyArray<string>): ((path: string) => boolean) => {
  const allowed = routes.filter((route) => !route.startsWith("!")).map(glob)
  const excluded = routes.filter((route) => route.startsWith("!")).map((route) => glob(route.slice(1)))
  return (path) => {
    const relative = path.replace(routePrefix, "")
    const matches = (candidate: Glob.Glob) => Glob.match(candidate, relative)
    return allowed.some(matches) && !excluded.some(matches)
  }
}
