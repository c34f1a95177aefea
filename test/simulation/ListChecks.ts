/** Whether a list was complete: every contact that lived through it, and matched throughout, came once and in order. */
import { isAfter, type Key } from "../../src/internal/list/ResumePoint.ts"
import type { Call, Commit, History, ListAsk } from "./History.ts"

/** A contact's life, as far as lists see it. */
interface Life {
  readonly id: string
  readonly createdAt: number
  /** Its states, oldest first; a deletion is the last. */
  readonly changes: ReadonlyArray<Commit>
}

const livesIn = (history: History, account: string): ReadonlyArray<Life> =>
  Array.from(
    Map.groupBy(
      history.commits.filter((commit) => commit.account === account),
      ({ id }) => id
    ),
    ([id, changes]) => ({ id, changes, createdAt: changes[0]?.createdAt ?? 0 })
  )

/** Whether a contact was there, and matched, at each of its states between two moments. */
const matches = ({ changes }: Life, ask: ListAsk, from: number, to: number): ReadonlyArray<boolean> => {
  const before = changes.findLast(({ at }) => at <= from)
  const during = changes.filter(({ at }) => at > from && at <= to)
  const isMatch = (commit: Commit): boolean =>
    commit.kind !== "delete" && (ask.tier === undefined || commit.tier === ask.tier)
  return [before !== undefined && isMatch(before), ...during.map(isMatch)]
}

/** The most contacts in one page of the server's. */
const pageSize = 100

/**
 * How many contacts the server itself may leave out of a list with a filter, as documented: one after each that has
 * stopped matching just as a page ended, and one after a cursor that does not match.
 */
const mayBeLeftOut = (call: Call, lives: ReadonlyArray<Life>, ask: ListAsk, ended: number): number => {
  if (ask.tier === undefined) return 0
  const stopped = lives.filter((life) => {
    const seen = matches(life, ask, call.began, ended)
    return seen.some((isMatch, index) => !isMatch && seen[index - 1] === true)
  })
  const pageEnds = Math.floor(call.delivered.length / pageSize)
  const cursor = lives.find(({ id }) => id === ask.cursor)
  const isCursorLost = cursor !== undefined && matches(cursor, ask, call.began, ended).includes(false)
  return Math.min(stopped.length, pageEnds) + (isCursorLost ? 1 : 0)
}

export const check = (history: History, call: Call, ask: ListAsk): ReadonlyArray<string> => {
  const { began, delivered, end } = call
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const problems: Array<string> = []
  const lives = livesIn(history, call.account)
  const byId = new Map(lives.map((life) => [life.id, life]))
  const last = delivered.at(-1)

  if (new Set(delivered.map(({ id }) => id)).size < delivered.length) problems.push("a contact came twice")
  for (const [index, item] of delivered.entries()) {
    const previous = delivered[index - 1]
    if (previous !== undefined && !isAfter(ask.order, item, previous)) problems.push(`${item.id} is out of order`)
    const life = byId.get(item.id)
    if (life === undefined || !matches(life, ask, began, ended).includes(true)) {
      problems.push(`${item.id} was not there, or did not match`)
    }
  }
  if (ask.take !== undefined && delivered.length > ask.take) problems.push("more came than were to be taken")
  if (end?.kind === "failed") {
    const { lastId, received } = end.error
    if (received !== delivered.length) problems.push(`${received} received told, ${delivered.length} delivered`)
    if (lastId !== last?.id) problems.push(`the last id told is ${lastId}, the last delivered ${last?.id}`)
  }

  const cursor = ask.cursor === undefined ? undefined : byId.get(ask.cursor)
  const isInRange = (key: Key): boolean => cursor === undefined || isAfter(ask.order, key, cursor)
  const isWhole = end?.kind === "listed" && !(ask.take !== undefined && delivered.length >= ask.take)
  const isReached = (key: Key): boolean => isWhole || (last !== undefined && isAfter(ask.order, last, key))
  const got = new Set(delivered.map(({ id }) => id))
  const missing = lives.filter(
    (life) =>
      isInRange(life) && isReached(life) && !got.has(life.id) && matches(life, ask, began, ended).every((is) => is)
  )
  if (missing.length > mayBeLeftOut(call, lives, ask, ended)) {
    problems.push(`${missing.length} are missing: ${missing.slice(0, 3).map(({ id }) => id)}`)
  }
  return problems
}
