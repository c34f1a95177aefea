/** The states that contacts, items and values of secrets had over time. */
import type { Call, History, RowChange } from "./History.ts"

/** A state of a row, since the event at which it began. */
export interface State {
  readonly at: number
  readonly kind: "insert" | "update" | "delete"
  readonly tier: string | undefined
  readonly fingerprint?: string
  readonly email?: string | null
}

/** All states of a row, oldest first. */
export interface RowHistory {
  readonly id: string
  readonly createdAt: number
  readonly changes: ReadonlyArray<State>
}

const histories = <Change extends State & { readonly id: string; readonly createdAt: number }>(
  changes: ReadonlyArray<Change>
): ReadonlyArray<RowHistory> =>
  Array.from(Map.groupBy(changes, ({ createdAt, id }) => `${id} ${createdAt}`).values(), (ofRow): RowHistory => ({
    id: ofRow[0]?.id ?? "",
    createdAt: ofRow[0]?.createdAt ?? 0,
    changes: ofRow
  }))

/** The contacts of an account. */
export const ofContacts = ({ commits }: History, account: string): ReadonlyArray<RowHistory> =>
  histories(commits.filter((commit) => commit.account === account))

/** The items of one kind, or the values of secrets, of a contact. A value that was authorized again is another row. */
export const ofContact = ({ rows }: History, of: RowChange["of"], contactId: string): ReadonlyArray<RowHistory> =>
  histories(rows.filter((row) => row.of === of && row.contactId === contactId))

/** For each state of a row between two moments: true if the row existed and matched. */
export const matches = (
  { changes }: RowHistory,
  isMatch: (state: State) => boolean,
  from: number,
  to: number
): ReadonlyArray<boolean> => {
  const before = changes.findLast(({ at }) => at <= from)
  const during = changes.filter(({ at }) => at > from && at <= to)
  const exists = (state: State): boolean => state.kind !== "delete" && isMatch(state)
  return [before !== undefined && exists(before), ...during.map(exists)]
}

/** For each state of a contact between two moments: true if it existed. */
export const contactStates = (history: History, contactId: string, from: number, to: number): ReadonlyArray<boolean> =>
  matches(
    { id: contactId, createdAt: 0, changes: history.commits.filter(({ id }) => id === contactId) },
    () => true,
    from,
    to
  )

/** The problems of what a call about the rows of a contact says about the contact. */
export const ofContactOf = (
  history: History,
  { began, end, ended = Number.POSITIVE_INFINITY, sent }: Call,
  { contactId }: { readonly contactId: string },
  isComplete: boolean
): ReadonlyArray<string> => {
  const isNotFound = end?.kind === "failed" && end.error._tag === "NotFound"
  if (isNotFound && !contactStates(history, contactId, began, ended).includes(false)) {
    return ["NotFound, although the contact existed all the time"]
  }
  // The last request was answered by a server that had the contact, and no contact is made again with its id.
  const last = sent.at(-1)?.at ?? began
  return isComplete && contactStates(history, contactId, last, last).includes(false)
    ? ["a complete list, although the contact was deleted before the last request"]
    : []
}
