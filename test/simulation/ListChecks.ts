/** The check of a list: each contact that existed and matched from start to end arrives, once and in order. */
import { isAfter, type Key } from "../../src/internal/list/ResumePoint.ts"
import type { Call, Commit, History, ListOperation } from "./History.ts"

/** The history of a contact, as far as it matters to lists. */
interface ContactHistory {
  readonly id: string
  readonly createdAt: number
  /** Its changes, oldest first. A deletion is the last. */
  readonly changes: ReadonlyArray<Commit>
}

const contactHistories = (history: History, account: string): ReadonlyArray<ContactHistory> =>
  Array.from(
    Map.groupBy(
      history.commits.filter((commit) => commit.account === account),
      ({ id }) => id
    ),
    ([id, changes]) => ({ id, changes, createdAt: changes[0]?.createdAt ?? 0 })
  )

/** For each state of a contact between two moments: true if the contact existed and matched. */
const matches = (
  { changes }: ContactHistory,
  operation: ListOperation,
  from: number,
  to: number
): ReadonlyArray<boolean> => {
  const before = changes.findLast(({ at }) => at <= from)
  const during = changes.filter(({ at }) => at > from && at <= to)
  const isMatch = (commit: Commit): boolean =>
    commit.kind !== "delete" && (operation.tier === undefined || commit.tier === operation.tier)
  return [before !== undefined && isMatch(before), ...during.map(isMatch)]
}

/** The largest page of the server. */
const pageSize = 100

/**
 * The number of contacts that the server itself may leave out of a list with a filter, as documented: one after each
 * that stops matching exactly at the end of a page, and one after a cursor that does not match.
 */
const mayBeLeftOut = (
  call: Call,
  contacts: ReadonlyArray<ContactHistory>,
  operation: ListOperation,
  ended: number
): number => {
  if (operation.tier === undefined) return 0
  const stopped = contacts.filter((contact) => {
    const states = matches(contact, operation, call.began, ended)
    return states.some((isMatch, index) => !isMatch && states[index - 1] === true)
  })
  const pageEnds = Math.floor(call.delivered.length / pageSize)
  const cursor = contacts.find(({ id }) => id === operation.cursor)
  const isCursorLost = cursor !== undefined && matches(cursor, operation, call.began, ended).includes(false)
  return Math.min(stopped.length, pageEnds) + (isCursorLost ? 1 : 0)
}

/** The problems of a list. */
export const check = (history: History, call: Call, operation: ListOperation): ReadonlyArray<string> => {
  const { began, delivered, end } = call
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const problems: Array<string> = []
  const contacts = contactHistories(history, call.account)
  const byId = new Map(contacts.map((contact) => [contact.id, contact]))
  const last = delivered.at(-1)

  if (new Set(delivered.map(({ id }) => id)).size < delivered.length) problems.push("a contact was delivered twice")
  for (const [index, item] of delivered.entries()) {
    const previous = delivered[index - 1]
    if (previous !== undefined && !isAfter(operation.order, item, previous)) problems.push(`${item.id} is out of order`)
    const contact = byId.get(item.id)
    if (contact === undefined || !matches(contact, operation, began, ended).includes(true)) {
      problems.push(`${item.id} did not exist, or did not match`)
    }
  }
  if (operation.take !== undefined && delivered.length > operation.take)
    problems.push("more contacts than take were delivered")
  if (end?.kind === "failed") {
    const { lastId, received } = end.error
    if (received !== delivered.length) problems.push(`received is ${received}, but ${delivered.length} were delivered`)
    if (lastId !== last?.id) problems.push(`lastId is ${lastId}, but the last delivered is ${last?.id}`)
  }

  const cursor = operation.cursor === undefined ? undefined : byId.get(operation.cursor)
  const isInRange = (key: Key): boolean => cursor === undefined || isAfter(operation.order, key, cursor)
  const isComplete = end?.kind === "listed" && !(operation.take !== undefined && delivered.length >= operation.take)
  const isReached = (key: Key): boolean => isComplete || (last !== undefined && isAfter(operation.order, last, key))
  const got = new Set(delivered.map(({ id }) => id))
  const missing = contacts.filter(
    (contact) =>
      isInRange(contact) &&
      isReached(contact) &&
      !got.has(contact.id) &&
      matches(contact, operation, began, ended).every((is) => is)
  )
  if (missing.length > mayBeLeftOut(call, contacts, operation, ended)) {
    problems.push(`${missing.length} are missing: ${missing.slice(0, 3).map(({ id }) => id)}`)
  }
  return problems
}
