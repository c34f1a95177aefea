/** The operations that answer with one document. */
export const documents = [
  "Contact.create",
  "Contact.ensure",
  "Contact.fetch",
  "Contact.update",
  "Contact.delete",
  "Contact.find",
  "ContactMemory.search",
  "ContactSecret.authenticate",
  "ContactSecret.verify",
  "ContactSecret.revoke",
  "ContactSecret.mint",
  "ContactSecret.proxy"
] as const

/** The operations that answer with a list: in pages, in several formats, and as a stream. */
export const lists = [
  "Contact.list",
  "Contact.export",
  "ContactConversation.list",
  "ContactMemory.list",
  "ContactRating.list",
  "ContactSecret.list",
  "ContactSpace.list",
  "ContactTask.list"
] as const

/** An operation that answers with one document. */
export type DocumentOperation = (typeof documents)[number]

/** An operation that answers with a list. */
export type ListOperation = (typeof lists)[number]

/** An operation of the API. A client's one page of a list, such as `Contact.listPage`, is a `Contact.list` too. */
export type OperationName = DocumentOperation | ListOperation

const names: ReadonlySet<string> = new Set([...documents, ...lists])

const listNames: ReadonlySet<string> = new Set(lists)

/** True if there is an operation of that name. */
export const isOperation = (name: string): name is OperationName => names.has(name)

/** True if it answers with a list. */
export const isList = (name: OperationName): name is ListOperation => listNames.has(name)
