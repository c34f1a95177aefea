/** The client that operations run on: its options, constructors and layers. */
export * as Client from "./Client.ts"

/** Contacts: schemas, operations and the list. */
export * as Contact from "./Contact.ts"

/** The conversations of a contact. */
export * as ContactConversation from "./ContactConversation.ts"

/** The memories of a contact. */
export * as ContactMemory from "./ContactMemory.ts"

/** The ratings of a contact. */
export * as ContactRating from "./ContactRating.ts"

/** The secrets of a contact: the list, and the actions on one. */
export * as ContactSecret from "./ContactSecret.ts"

/** The spaces of a contact. */
export * as ContactSpace from "./ContactSpace.ts"

/** The tasks of a contact. */
export * as ContactTask from "./ContactTask.ts"

/** The typed failures. */
export * as Errors from "./Errors.ts"
