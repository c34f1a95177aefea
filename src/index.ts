/** The connection that operations run on: options, constructors and layers. */
export * as Client from "./Client.ts"

/** Contacts: their schemas, the six operations and the list. */
export * as Contact from "./Contact.ts"

/** The typed failures. */
export * as Errors from "./Errors.ts"
