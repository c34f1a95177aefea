/** Bulk work: a stream of rows in, and an outcome for each row out. */
export * as Bulk from "./Bulk.ts"

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

/** Contacts in CSV. */
export * as Csv from "./Csv.ts"

/** The typed failures. */
export * as Errors from "./Errors.ts"

/** Files that are complete or not there. */
export * as ExportFile from "./ExportFile.ts"

/** The journal of bulk work, so that a job that was stopped goes on. */
export * as Journal from "./Journal.ts"

/** Contacts in JSON Lines. */
export * as Jsonl from "./Jsonl.ts"
