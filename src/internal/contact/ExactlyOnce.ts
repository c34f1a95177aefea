import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import type * as RetryLoop from "../call/RetryLoop.ts"
import { CallTime } from "./CallTime.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import type * as Operation from "../call/Operation.ts"
import * as Retry from "../call/Retry.ts"
import { timeoutOrElse } from "../call/Timeout.ts"

/** The fields of a contact that show whether a create made it. */
interface Made {
  readonly id: string
  readonly fingerprint: string
  readonly createdAt: number
  readonly updatedAt: number
}

interface Ref {
  readonly id: string
}

type Create = Operation.Operation<Ref, "Conflict">
type CreateError = Operation.Error<Create>

/** The parts of an exactly-once create. */
export interface Steps<Contact extends Made> {
  readonly operation: Create
  /** Sends the create as often as is safe. */
  readonly create: (input: Operation.Input, earlier?: RetryLoop.Earlier) => Effect.Effect<Ref, CreateError>
  /** All contacts, the newest first. `onDate` is called with the `Date` of each response. */
  readonly newest: (onDate: (date: string | undefined) => void) => Stream.Stream<Contact, Errors.ContactError>
  /** True if a contact can be what the server made of the request. */
  readonly canComeFromRequest: (contact: Contact) => boolean
  /** The timeout of the whole call. */
  readonly total: Duration.Duration
}

/** After a lost answer at least so many contacts are looked at, also where they are older than the call. */
const fewest = 1000

/** The number of contacts to look at if the server's clock is not known, and so not the age of a contact. */
const most = 10_000

/** 128 random bits: nobody else has this fingerprint, or could guess it. */
const makeFingerprint = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** The server trims a fingerprint, unless it is blank (wire contract 2). */
const stored = (fingerprint: string): string => (fingerprint.trim() === "" ? fingerprint : fingerprint.trim())

/** The result of looking at the newest contacts. */
interface Found<Contact> {
  /** The one with the fingerprint. */
  readonly contact: Contact | undefined
  /** True if all contacts that are as new as the call were looked at, and there are older ones. */
  readonly isPastCall: boolean
}

/** Looks for a fingerprint among the newest contacts: back to those from before the call, and among at least `fewest`. */
const find = <Contact extends Made>(
  steps: Steps<Contact>,
  time: CallTime,
  fingerprint: string,
  fewest: number
): Effect.Effect<Found<Contact>, Errors.ContactError> =>
  Effect.suspend(() => {
    let count = 0
    let isPastCall = false
    let contact: Contact | undefined
    const isLast = (next: Contact): boolean => {
      count++
      isPastCall = time.beganAfter(next.createdAt)
      if (next.fingerprint === fingerprint) contact = next
      return contact !== undefined || (count >= fewest && isPastCall) || (count >= most && !time.isServerKnown)
    }
    return steps
      .newest((date) => time.learn(date))
      .pipe(
        Stream.takeUntil(isLast),
        Stream.runDrain,
        Effect.map(() => ({ contact, isPastCall }))
      )
  })

/**
 * Makes a contact exactly once, or says that it cannot tell.
 *
 * The fingerprint, the caller's or a generated one, keeps a second request from making a second contact: the server
 * refuses it with a 409. So a 409 may be about the contact that this very call has made, by a request whose answer was
 * lost, or which a gateway sent twice. It is reconciled by looking that contact up among the newest:
 *
 * - With a generated fingerprint, the contact is this call's: the result is its id.
 * - With the caller's, it is taken for this call's where an answer was lost before and where content and time of creation
 *   fit. It is surely not (`rejected`) where it is older than the call or, if no answer was lost, where it has other content
 *   and was never changed. Nothing but the server's own clock tells that it is older.
 * - In all other cases, the outcome is `unknown`.
 */
export const create = Effect.fnUntraced(function* <Contact extends Made>(
  steps: Steps<Contact>,
  request: { readonly fingerprint?: string | undefined }
): Effect.fn.Return<Ref, CreateError> {
  const { operation } = steps
  const { safety } = operation
  const time = new CallTime(yield* Clock.Clock)
  const generatedFingerprint = request.fingerprint === undefined ? makeFingerprint() : undefined
  const fingerprint = request.fingerprint ?? generatedFingerprint

  const unknown = (failure: Failure.Failure, attempts: number): CreateError =>
    OperationError.make(
      operation,
      { ...failure, transient: false },
      { safety, attempts, outcome: "unknown", fingerprint: generatedFingerprint }
    )

  /** Limits what comes after the create to what that has left of the time. */
  const withinTotal = <A>(
    effect: Effect.Effect<A, CreateError>,
    orElse: (failure: Failure.Failure) => CreateError
  ): Effect.Effect<A, CreateError> =>
    Effect.suspend(() =>
      timeoutOrElse(effect, Duration.subtract(steps.total, Duration.millis(time.elapsed)), () =>
        Effect.fail(orElse(Failure.timeout("total")))
      )
    )

  const reconcile = (conflict: Errors.Conflict): Effect.Effect<Ref, CreateError> => {
    const { attempts } = conflict
    const isLost = conflict.outcome === "unknown"
    const isGenerated = generatedFingerprint !== undefined
    const asConflict = (outcome: Errors.Outcome): CreateError =>
      OperationError.make(operation, OperationError.toFailure(conflict), { safety, attempts, outcome })
    // A first 409 with the caller's fingerprint is a conflict, whoever made the contact.
    const undecided = (failure: Failure.Failure): CreateError =>
      isGenerated || isLost ? unknown(failure, attempts) : asConflict("unknown")

    const decide = ({ contact, isPastCall }: Found<Contact>): Result.Result<Ref, CreateError> => {
      if (isGenerated) {
        return contact === undefined
          ? Result.fail(undecided(Failure.lost("It is not among the newest contacts")))
          : Result.succeed({ id: contact.id })
      }
      // What is not there any more may have been this call's, and be deleted since.
      if (contact === undefined) return Result.fail(asConflict(isPastCall && !isLost ? "rejected" : "unknown"))
      const isOlder = time.beganAfter(contact.createdAt)
      const isSame = steps.canComeFromRequest(contact)
      if (!isLost) {
        const isAnother = isOlder || (!isSame && contact.updatedAt === contact.createdAt)
        return Result.fail(asConflict(isAnother ? "rejected" : "unknown"))
      }
      if (isSame && time.includes(contact.createdAt)) return Result.succeed({ id: contact.id })
      // One that was changed since may have got the fingerprint only after this call's contact was deleted.
      return Result.fail(asConflict(isOlder && time.beganAfter(contact.updatedAt) ? "rejected" : "unknown"))
    }

    const found = find(steps, time, stored(fingerprint ?? ""), isGenerated || isLost ? fewest : 0)
    return withinTotal(
      found.pipe(
        Effect.mapError(({ description }) =>
          undecided(Failure.lost(`The newest contacts could not be read: ${description}`))
        ),
        Effect.flatMap((found) => Effect.fromResult(decide(found)))
      ),
      undecided
    )
  }

  /** Creates without the generated fingerprint, after attempts that were refused for it. */
  const createWithout = ({ attempts, outcome }: Errors.InvalidRequest): Effect.Effect<Ref, CreateError> =>
    Effect.mapError(steps.create({ body: request }, { attempts, elapsed: time.elapsed }), (error) =>
      OperationError.make(operation, OperationError.toFailure(error), {
        safety,
        attempts: error.attempts,
        outcome: Retry.leastCertain(outcome, error.outcome)
      })
    )

  return yield* steps.create({ body: { ...request, fingerprint }, hasIdempotencyKey: true, generatedFingerprint }).pipe(
    Effect.catchTag("Conflict", reconcile),
    Effect.catchIf(
      // A token that is not for the API proper may not use fingerprints (wire contract 2). Where an earlier attempt may have
      // made the contact, perhaps with another token, one more without its fingerprint might make a second.
      (error): error is Errors.InvalidRequest =>
        error._tag === "InvalidRequest" &&
        generatedFingerprint !== undefined &&
        error.status === 400 &&
        error.field === "fingerprint" &&
        error.outcome !== "unknown",
      createWithout
    )
  )
})
