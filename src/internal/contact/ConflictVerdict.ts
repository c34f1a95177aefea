import type { CallTime } from "./CallTime.ts"
import type { CreateRequest } from "./ContactRequest.ts"
import type { Contact } from "./ContactSchema.ts"
import type { SearchResult } from "./NewestContacts.ts"
import * as RequestMatch from "./RequestMatch.ts"

/** The facts that the 409 of a create is judged by. The contact is the one that has the fingerprint. */
export interface Evidence extends SearchResult {
  readonly request: CreateRequest
  readonly time: CallTime
  /** True if the client generated the fingerprint, so that no other client uses it. */
  readonly isGenerated: boolean
  /** True if an earlier answer was lost, so that an earlier request of the call may have made a contact. */
  readonly isAnswerLost: boolean
}

/** The contact, if this call made it; otherwise the outcome of the call. */
export type Verdict = Contact | "rejected" | "unknown"

/** Judges a 409. docs/guarantees.md has the cases as a table. */
export const judge = ({ contact, isAnswerLost, isGenerated, isPastCall, request, time }: Evidence): Verdict => {
  if (isGenerated) return contact ?? "unknown"
  // After a lost answer, this call's contact may have been deleted since.
  if (contact === undefined) return isPastCall && !isAnswerLost ? "rejected" : "unknown"
  const isOlder = time.beganAfter(contact.createdAt)
  const hasSameContent = RequestMatch.canComeFrom(request, contact)
  if (!isAnswerLost) {
    const isUnchanged = contact.updatedAt === contact.createdAt
    return isOlder || (isUnchanged && !hasSameContent) ? "rejected" : "unknown"
  }
  if (hasSameContent && time.includes(contact.createdAt)) return contact
  // A contact that was changed since may have got the fingerprint only after this call's contact was deleted.
  return isOlder && time.beganAfter(contact.updatedAt) ? "rejected" : "unknown"
}
