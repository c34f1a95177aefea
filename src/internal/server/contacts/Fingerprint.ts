import { v5 } from "uuid"

const namespace = "83eac369-0401-4a2c-992f-dd9b914420af"

/** The fields that identify a contact without a fingerprint. */
export interface Traits {
  readonly name: string | null | undefined
  readonly email: string | null | undefined
  readonly phone: string | null | undefined
  readonly nick: string | null | undefined
}

/**
 * The fingerprint ensure computes for a contact without one (wire contract 3.4): the traits in default sort order,
 * joined, hashed. Throws on a lone surrogate, which has no UTF-8.
 */
export const untrusted = ({ name, email, phone, nick }: Traits): string =>
  // The default sort is the point: undefined goes last and null sorts as its text.
  v5([name, email, phone, nick].sort().join(";"), namespace).toLowerCase() // oxlint-disable-line unicorn/no-array-sort
