/** The checks of the lists of secrets and of the actions on them. */
import type * as Errors from "../../src/Errors.ts"
import type { ActionOperation, Call, History, SecretsOperation } from "./History.ts"
import * as ListChecks from "./ListChecks.ts"
import * as RowHistory from "./RowHistory.ts"

/** The most values that the server lists from one end. */
const pageSize = 100

const always = (): boolean => true

/** True if a list failed because the pages at its two ends cannot show all of it. */
export const isIncomplete = ({ description }: Errors.ContactError): boolean =>
  description.startsWith("The list is incomplete")

/** The problems of a list of secrets. */
export const ofList = (history: History, call: Call, operation: SecretsOperation): ReadonlyArray<string> => {
  const { began, delivered, end } = call
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const problems = [...ListChecks.ofProgress(call)]
  const values = RowHistory.ofContact(history, "secret", operation.contactId)
  const states = (row: RowHistory.RowHistory) => RowHistory.matches(row, always, began, ended)
  const keys = new Map(values.map((row) => [`${row.id} ${row.createdAt}`, row]))

  if (new Set(delivered.map(({ id }) => id)).size < delivered.length) problems.push("a secret was delivered twice")
  for (const [index, item] of delivered.entries()) {
    const value = keys.get(`${item.id} ${item.createdAt}`)
    if (value === undefined || !states(value).includes(true)) problems.push(`${item.id} had no value`)
    // The server orders values of the same time by ids that a client does not see.
    const previous = delivered[index - 1]?.createdAt ?? item.createdAt
    if (operation.order === "asc" ? previous > item.createdAt : previous < item.createdAt)
      problems.push(`${item.id} is out of order`)
  }
  if (operation.take !== undefined && delivered.length > operation.take)
    problems.push("more secrets than take were delivered")

  const isComplete = end?.kind === "listed" && !(operation.take !== undefined && delivered.length >= operation.take)
  const got = new Set(delivered.map(({ id }) => id))
  const missing = values.filter((row) => states(row).every((is) => is) && !got.has(row.id))
  if (isComplete && missing.length > 0) {
    problems.push(`${missing.length} are missing: ${missing.slice(0, 3).map(({ id }) => id)}`)
  }
  // The two ends of fewer values always meet, unless values are deleted and made meanwhile.
  const during = history.rows.filter(({ at, of }) => of === "secret" && at > began && at < ended)
  const isCutOff = end?.kind === "failed" && isIncomplete(end.error)
  if (isCutOff && during.length === 0 && values.filter((row) => states(row).includes(true)).length <= pageSize) {
    problems.push("an incomplete list, although one page shows all")
  }
  problems.push(...RowHistory.ofContactOf(history, call, operation, isComplete))
  return problems
}

/** The problems of an action on a secret. */
export const ofAction = (
  history: History,
  call: Call,
  { contactId, kind, secretId }: ActionOperation
): ReadonlyArray<string> => {
  const { began, end, sent } = call
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const problems: Array<string> = []
  const changes = history.rows.filter(
    (row) => row.of === "secret" && row.contactId === contactId && row.id === secretId
  )
  const states = RowHistory.matches({ id: secretId, createdAt: 0, changes }, always, began, ended)
  const isServed = history.served.filter((number) => number === call.number).length
  const error = end?.kind === "failed" ? end.error : undefined

  if (kind === "revoke") {
    if (end?.kind === "acted" && !states.includes(false))
      problems.push("success, although the value was there all the time")
    const last = sent.findLast(({ status }) => status !== undefined)
    if (error?._tag === "Unauthorized" && error.status !== undefined && last?.isValueMissing === true) {
      problems.push("Unauthorized, although only the value is missing")
    }
    if (error?._tag === "AuthorizationRequired" && error.outcome === "unknown") {
      const isVerified = history.commits.some(({ id, isVerified }) => id === contactId && isVerified)
      if (isVerified) problems.push("AuthorizationRequired, although the call itself may have revoked the value")
    }
  }
  if (kind === "mint" || kind === "authenticate" || kind === "proxy") {
    // A request that no connection was made for, or that was refused before any effect, may be sent again.
    const isRepeated = sent.slice(0, -1).some(({ isRefused, status }) => !isRefused && status !== 429)
    if (isRepeated) problems.push("sent again, although the first request may have had an effect")
  }
  if (kind === "proxy" && sent.length > 1) problems.push("sent again, although the caller allowed no retries")
  if (kind === "proxy" && isServed > 1 && !call.incidents.has("doubled")) problems.push("the service acted twice")
  if (kind === "mint" && end?.kind === "acted" && end.result !== "canary-access-token") problems.push("another token")
  const hasUsedValue =
    (kind === "mint" || kind === "verify") && end?.kind === "acted" && end.result !== "unauthenticated"
  if (hasUsedValue && !states.includes(true)) problems.push("success, although there was no value")
  const lacksValue =
    error?._tag === "AuthorizationRequired" || (end?.kind === "acted" && end.result === "unauthenticated")
  const isUnverified = history.commits.some(({ id, isVerified }) => id === contactId && !isVerified)
  if (lacksValue && !states.includes(false) && !isUnverified)
    problems.push("no value, although there was one all the time")
  return problems
}
