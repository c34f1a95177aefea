import type { NewContact } from "../internal/server/store/Store.ts"

/** The id of the contact with this number. */
export const numberedId = (index: number) => `id-${String(index).padStart(4, "0")}`

/** Contacts with the ids `id-0000` and so on, each created one millisecond after the one before. */
export const numbered = (count: number): ReadonlyArray<NewContact> =>
  Array.from({ length: count }, (_, index) => ({ id: numberedId(index), fingerprint: `f-${index}`, createdAt: index }))
