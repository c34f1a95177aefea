import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import * as CompleteList from "../list/CompleteList.ts"
import type { CallTime } from "./CallTime.ts"
import { contacts } from "./ContactList.ts"
import type { Contact } from "./ContactSchema.ts"

/** The number of contacts to read if the server's time is not known: then the age of a contact is not known either. */
const maxWithoutClock = 10_000

/** The result of a search among the newest contacts. */
export interface SearchResult {
  /** The contact with the fingerprint, if it was found. */
  readonly contact: Contact | undefined
  /** True if the search read all contacts that were made since the call began. */
  readonly isPastCall: boolean
}

/** The same runner, which learns the server's time from each streamed response. */
const withServerTime = (runner: OperationRunner, time: CallTime): OperationRunner => ({
  run: runner.run,
  open: (operation, input, exchange, earlier) =>
    Effect.map(runner.open(operation, input, exchange, earlier), (reply) => {
      time.learn(reply.head.header("date"))
      return reply
    })
})

/**
 * Searches the newest contacts for a fingerprint, until one is older than the call. It reads at least `min` contacts, also if
 * they are older, and learns the server's time from the responses.
 */
export const find = (
  runner: OperationRunner,
  time: CallTime,
  fingerprint: string,
  min: number
): Effect.Effect<SearchResult, Errors.ContactError> =>
  Effect.suspend(() => {
    let count = 0
    let isPastCall = false
    let contact: Contact | undefined
    const isLast = (next: Contact): boolean => {
      count++
      isPastCall = time.beganAfter(next.createdAt)
      if (next.fingerprint === fingerprint) contact = next
      return contact !== undefined || (count >= min && isPastCall) || (count >= maxWithoutClock && !time.isServerKnown)
    }
    return CompleteList.make(withServerTime(runner, time), contacts, { order: "desc" }).pipe(
      Stream.withSpan("Contact.list"),
      Stream.takeUntil(isLast),
      Stream.runDrain,
      Effect.map(() => ({ contact, isPastCall }))
    )
  })
