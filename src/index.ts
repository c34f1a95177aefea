/** The client that operations run on: its options, constructors and layers. */
export * as Client from "./Client.ts"

/** Contacts: schemas, operations and the list. */
export * as Contact from "./Contact.ts"

/** The typed failures. */
export * as Errors from "./Errors.ts"
