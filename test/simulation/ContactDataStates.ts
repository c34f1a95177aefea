/** The states of a simulated world that calls about items, lookups, exports and secrets reached. */
import type { Call, History, SentRequest } from "./History.ts"
import * as RowHistory from "./RowHistory.ts"
import * as SecretChecks from "./SecretChecks.ts"

type States = ReadonlyArray<readonly [string, boolean]>

const always = (): boolean => true

const names = { export: "an export", items: "a list of items", find: "a find" }

/** The states of the lists that are resumed after a row, by which the server pages. */
const ofResumed = (history: History, call: Call, kind: "export" | "items" | "find"): States => {
  const { delivered, end, operation, sent } = call
  const name = names[kind]
  const before = (at: number) => delivered.filter((item) => item.at < at).length
  const later = sent.filter(({ at }) => before(at) > 0)
  const last = delivered.at(-1)?.id
  const isLastDeleted = [...history.rows, ...history.commits].some(
    (change) =>
      change.kind === "delete" && change.id === last && change.at > call.began && change.at < (call.ended ?? 0)
  )
  return [
    [`${name} of several pages`, end?.kind === "listed" && delivered.length > 100],
    [`${name} with further requests after a delivered row`, later.length > 1],
    [`${name} that fails after some rows`, end?.kind === "failed" && delivered.length > 0],
    [
      `${name} of a contact that is deleted meanwhile, after some rows`,
      kind === "items" && end?.kind === "failed" && end.error._tag === "NotFound" && delivered.length > 0
    ],
    [`${name} whose last delivered row is deleted meanwhile`, isLastDeleted],
    [
      operation.kind === "items" ? `a list of items, complete: ${operation.items}` : `${name}, complete`,
      end?.kind === "listed" && delivered.length > 0
    ]
  ]
}

const ofFinds = (history: History, call: Call): States => {
  const { began, delivered, end, ended = 0, operation } = call
  if (operation.kind !== "find") return []
  const changed = RowHistory.ofContacts(history, call.account).filter(({ changes }) => {
    const emails = changes.filter(({ at }) => at < ended).map(({ email }) => email)
    return changes.some(({ at, kind }) => kind === "update" && at > began && at < ended) && new Set(emails).size > 1
  })
  const isFound = (id: string): boolean => delivered.some((item) => item.id === id)
  return [
    [`a find by ${operation.by}: done`, end?.kind === "listed"],
    ["a find of several batches", end?.kind === "listed" && operation.padding > 0 && operation.values.length > 1],
    [
      "a find of several batches during which a found contact moves to another one",
      operation.by === "emails" &&
        operation.padding > 0 &&
        operation.values.length > 1 &&
        changed.some(({ id }) => isFound(id))
    ]
  ]
}

const ofSecretLists = (history: History, call: Call): States => {
  const { began, delivered, end, ended = 0, operation, sent } = call
  if (operation.kind !== "secrets") return []
  const values = RowHistory.ofContact(history, "secret", operation.contactId)
  const constant = values.filter((row) => RowHistory.matches(row, always, began, ended).every((is) => is))
  return [
    ["a list of secrets from both ends", end?.kind === "listed" && delivered.length > 100],
    ["a list of exactly 100 secrets", end?.kind === "listed" && delivered.length === 100],
    ["a list of more than 200 secrets", constant.length > 200],
    ["a list of secrets that cannot be completed", end?.kind === "failed" && SecretChecks.isIncomplete(end.error)],
    [
      "a list of secrets that change meanwhile",
      end?.kind === "listed" && history.rows.some(({ at, of }) => of === "secret" && at > began && at < ended)
    ],
    ["a list of secrets of more than two pages", sent.filter(({ status }) => status === 200).length > 2]
  ]
}

const hasLostAnswer = (sent: ReadonlyArray<SentRequest>): boolean =>
  sent.some(({ arrived, status }) => arrived > 0 && status === undefined)

const ofActions = (history: History, call: Call): States => {
  const { end, operation, sent } = call
  const { kind } = operation
  const error = end?.kind === "failed" ? end.error : undefined
  const isUnsafe = kind === "mint" || kind === "authenticate" || kind === "proxy"
  return [
    [
      "a revoke whose retry finds no value: done",
      kind === "revoke" && end?.kind === "acted" && sent.length > 1 && sent.at(-1)?.isValueMissing === true
    ],
    ["a revoke of a value that is not there", kind === "revoke" && error?._tag === "AuthorizationRequired"],
    [`${kind}: its answer is lost`, (isUnsafe || kind === "revoke") && hasLostAnswer(sent)],
    ["a mint without authorization", kind === "mint" && error?._tag === "AuthorizationRequired"],
    ["a mint of a secret that cannot be minted", error?._tag === "NotMintable"],
    [
      "a proxied request that was served, and whose outcome is unknown",
      kind === "proxy" && error?.outcome === "unknown" && history.served.includes(call.number)
    ],
    ["a verification: authenticated", end?.kind === "acted" && end.result === "authenticated"],
    ["a verification: unauthenticated", end?.kind === "acted" && end.result === "unauthenticated"]
  ]
}

/** The states that a call reached. */
export const ofCall = (history: History, call: Call): States => {
  const { kind } = call.operation
  return [
    ...(kind === "export" || kind === "items" || kind === "find" ? ofResumed(history, call, kind) : []),
    ...ofFinds(history, call),
    ...ofSecretLists(history, call),
    ...ofActions(history, call)
  ]
}
