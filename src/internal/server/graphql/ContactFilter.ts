import * as Result from "effect/Result"
import * as Assumptions from "../Assumptions.ts"
import type { ApiFailure } from "../http/ApiFailure.ts"
import * as MetaFilter from "../lists/MetaFilter.ts"
import type { PageQuery } from "../store/RowPage.ts"
import type { ContactRecord } from "../store/Store.ts"

/** The arguments that a contact must satisfy, all of them (wire contract 12.2). Null and absence are no filter. */
export interface FilterArguments {
  readonly meta?: object | null
  readonly contactIds?: ReadonlyArray<string> | null
  readonly fingerprints?: ReadonlyArray<string> | null
  readonly emails?: ReadonlyArray<string> | null
}

type ContactFilter = PageQuery<ContactRecord>["matches"]

/** The filter of the arguments, or the failure of the database on a path in `meta`. */
export const make = ({
  contactIds,
  emails,
  fingerprints,
  meta
}: FilterArguments): Result.Result<ContactFilter, ApiFailure> => {
  const columns = [
    isOneOf(contactIds, ({ id }) => id),
    isOneOf(fingerprints?.map(Assumptions.fingerprintKey), (contact) =>
      Assumptions.fingerprintKey(contact.fingerprint)
    ),
    isOneOf(emails, ({ email }) => email)
  ]
  return Result.map(
    metaFilter(meta ?? {}),
    (matchesMeta): ContactFilter =>
      (contact) =>
        columns.every((holds) => holds(contact)) ? matchesMeta(contact) : "no match"
  )
}

const isOneOf = (
  values: ReadonlyArray<string> | null | undefined,
  columnOf: (contact: ContactRecord) => string | null
): ((contact: ContactRecord) => boolean) => {
  if (values === null || values === undefined) return () => true
  const wanted: ReadonlySet<string | null> = new Set(values)
  return (contact) => wanted.has(columnOf(contact))
}

const filters = new WeakMap<object, ReturnType<typeof MetaFilter.fromObject>>()

/** The filter of metadata, made once for each object: thousands of fields may share a large variable. */
const metaFilter = (meta: object): ReturnType<typeof MetaFilter.fromObject> => {
  const filter = filters.get(meta) ?? MetaFilter.fromObject(meta)
  filters.set(meta, filter)
  return filter
}
