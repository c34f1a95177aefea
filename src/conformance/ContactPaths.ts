const secretActions = ["authenticate", "verify", "revoke", "mint", "proxy"]

/** The names of the lists of a contact, in their paths. */
export const listNames = ["conversation", "memory", "rating", "secret", "space", "task"] as const

/** The paths of the endpoints of a contact that nobody has, and that are read. */
const readsOfContact: ReadonlyArray<string> = [
  "/contact/c<run>/fetch",
  ...listNames.map((name) => `/contact/c<run>/${name}/list`)
]

/** The paths of the endpoints of a contact that nobody has, and that are posted to. */
const writesOfContact: ReadonlyArray<string> = [
  "/contact/c<run>/update",
  "/contact/c<run>/delete",
  "/contact/c<run>/memory/search",
  ...secretActions.map((action) => `/contact/c<run>/secret/s<run>/${action}`)
]

/** The paths of all endpoints that are read. */
export const reads: ReadonlyArray<string> = [...readsOfContact, "/contact/list", "/contact/export"]

/** The paths of all endpoints that are posted to, but for GraphQL, which accepts any verb. */
export const writes: ReadonlyArray<string> = ["/contact/create", "/contact/ensure", ...writesOfContact]
