import { v5 } from "uuid"
import type { ContactInput } from "./ContactInput.ts"

const namespace = "83eac369-0401-4a2c-992f-dd9b914420af"

/** The fields that identify a contact without a fingerprint. */
export type Traits = Pick<ContactInput, "name" | "email" | "phone" | "nick">

/**
 * The fingerprint that ensure computes for a contact without one (wire contract 3.4): a hash of the sorted and joined
 * traits. Throws on a lone surrogate, which has no UTF-8.
 */
export const untrusted = ({ name, email, phone, nick }: Traits): string =>
  // The default sort is the point: undefined goes last and null sorts as its text.
  v5([name, email, phone, nick].sort().join(";"), namespace).toLowerCase() // oxlint-disable-line unicorn/no-array-sort
