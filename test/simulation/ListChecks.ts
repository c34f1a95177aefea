/** The check of a list: each contact or item that existed and matched from start to end arrives, once and in order. */
import { isAfter, type Key } from "../../src/internal/list/ResumePoint.ts"
import type { Call, History, ItemsOperation, ListOperation } from "./History.ts"
import * as RowHistory from "./RowHistory.ts"

type Row = RowHistory.RowHistory

/** True if a state of a row matches the filter of a list. */
const isMatch =
  ({ tier }: ListOperation | ItemsOperation) =>
  (state: RowHistory.State): boolean =>
    tier === undefined || state.tier === tier

/** The largest page of the server. */
const pageSize = 100

/**
 * The number of contacts that the server itself may leave out of a list with a filter, as documented: one after each
 * that stops matching exactly at the end of a page, and one after a cursor that does not match.
 */
const mayBeLeftOut = (
  call: Call,
  rows: ReadonlyArray<Row>,
  operation: ListOperation | ItemsOperation,
  ended: number
): number => {
  if (operation.tier === undefined) return 0
  const matches = (row: Row) => RowHistory.matches(row, isMatch(operation), call.began, ended)
  const stopped = rows.filter((row) => {
    const states = matches(row)
    return states.some((isMatch, index) => !isMatch && states[index - 1] === true)
  })
  const pageEnds = Math.floor(call.delivered.length / pageSize)
  const cursor = rows.find(({ id }) => id === operation.cursor)
  const isCursorLost = cursor !== undefined && matches(cursor).includes(false)
  return Math.min(stopped.length, pageEnds) + (isCursorLost ? 1 : 0)
}

/** The problems of what a failed list says about its progress. */
export const ofProgress = ({ delivered, end }: Call): ReadonlyArray<string> => {
  if (end?.kind !== "failed") return []
  const { lastId, received } = end.error
  const last = delivered.at(-1)
  return [
    ...(received === delivered.length ? [] : [`received is ${received}, but ${delivered.length} were delivered`]),
    ...(lastId === last?.id ? [] : [`lastId is ${lastId}, but the last delivered is ${last?.id}`])
  ]
}

/** The problems of a list of contacts or items. */
export const check = (
  history: History,
  call: Call,
  operation: ListOperation | ItemsOperation
): ReadonlyArray<string> => {
  const { began, delivered, end } = call
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const problems: Array<string> = []
  const rows =
    operation.kind === "items"
      ? RowHistory.ofContact(history, operation.items, operation.contactId)
      : RowHistory.ofContacts(history, call.account)
  const matches = (row: Row) => RowHistory.matches(row, isMatch(operation), began, ended)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const last = delivered.at(-1)

  if (new Set(delivered.map(({ id }) => id)).size < delivered.length) problems.push("a row was delivered twice")
  for (const [index, item] of delivered.entries()) {
    const previous = delivered[index - 1]
    if (previous !== undefined && !isAfter(operation.order, item, previous)) problems.push(`${item.id} is out of order`)
    const row = byId.get(item.id)
    if (row === undefined || !matches(row).includes(true)) {
      problems.push(`${item.id} did not exist, or did not match`)
    }
  }
  if (operation.take !== undefined && delivered.length > operation.take)
    problems.push("more rows than take were delivered")
  problems.push(...ofProgress(call))

  const cursor = operation.cursor === undefined ? undefined : byId.get(operation.cursor)
  const isInRange = (key: Key): boolean => cursor === undefined || isAfter(operation.order, key, cursor)
  const isComplete = end?.kind === "listed" && !(operation.take !== undefined && delivered.length >= operation.take)
  const isReached = (key: Key): boolean => isComplete || (last !== undefined && isAfter(operation.order, last, key))
  const got = new Set(delivered.map(({ id }) => id))
  const missing = rows.filter(
    (row) => isInRange(row) && isReached(row) && !got.has(row.id) && matches(row).every((is) => is)
  )
  if (missing.length > mayBeLeftOut(call, rows, operation, ended)) {
    problems.push(`${missing.length} are missing: ${missing.slice(0, 3).map(({ id }) => id)}`)
  }
  if (operation.kind === "items") problems.push(...RowHistory.ofContactOf(history, call, operation, isComplete))
  return problems
}
