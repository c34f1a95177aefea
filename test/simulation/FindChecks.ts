/** The check of a lookup: each contact that existed and matched from start to end arrives once, and nothing else does. */
import { isAfter } from "../../src/internal/list/ResumePoint.ts"
import type { Call, FindOperation, History } from "./History.ts"
import * as ListChecks from "./ListChecks.ts"
import * as RowHistory from "./RowHistory.ts"

/** The most values of one request. */
const batchSize = 100

/**
 * For each batch of values of a lookup: true if a state of a contact matches. The values that no contact has come after
 * the first one.
 */
const batchesOf = ({ by, padding, tier, values }: FindOperation) => {
  const places = new Map(
    [...new Set(values)].map((value, index) => [value, Math.floor((index === 0 ? 0 : index + padding) / batchSize)])
  )
  const batches = by === "nothing" ? [undefined] : new Set(places.values())
  return Array.from(batches, (batch) => (id: string, { email, fingerprint, tier: own }: RowHistory.State): boolean => {
    const value = { ids: id, fingerprints: fingerprint, emails: email, nothing: undefined }[by]
    return (tier === undefined || own === tier) && (batch === undefined || places.get(value ?? "") === batch)
  })
}

/** The problems of a lookup. */
export const check = (history: History, call: Call, operation: FindOperation): ReadonlyArray<string> => {
  const { began, delivered, end } = call
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const problems = [...ListChecks.ofProgress(call)]
  const contacts = RowHistory.ofContacts(history, call.account)
  const batches = batchesOf(operation)
  const matched = (contact: RowHistory.RowHistory) =>
    batches.map((isMatch) => RowHistory.matches(contact, (state) => isMatch(contact.id, state), began, ended))
  const byId = new Map(contacts.map((contact) => [contact.id, contact]))

  const got = new Set(delivered.map(({ id }) => id))
  if (got.size < delivered.length) problems.push("a contact was delivered twice")
  for (const { id, isUnwanted } of delivered) {
    const contact = byId.get(id)
    if (contact === undefined || !matched(contact).flat().includes(true)) {
      problems.push(`${id} did not exist, or did not match`)
    }
    if (isUnwanted === true) problems.push(`${id} was delivered with another value`)
  }
  const turns = delivered.filter((item, index) => {
    const previous = delivered[index - 1]
    return previous !== undefined && !isAfter(operation.order, item, previous)
  })
  if (turns.length > Math.max(0, batches.length - 1)) problems.push("the contacts are out of order")
  if (end?.kind !== "listed") return problems
  const missing = contacts.filter(
    (contact) => !got.has(contact.id) && matched(contact).some((states) => states.every((is) => is))
  )
  if (missing.length > 0) problems.push(`${missing.length} are missing: ${missing.slice(0, 3).map(({ id }) => id)}`)
  return problems
}
