import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Errors from "../../Errors.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import type * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import type { Earlier } from "../call/RetryLoop.ts"
import * as Retry from "../call/Retry.ts"
import { timeoutOrElse } from "../call/Timeout.ts"
import { CallTime } from "./CallTime.ts"
import * as ConflictVerdict from "./ConflictVerdict.ts"
import { create as operation } from "./ContactOperations.ts"
import type { CreateRequest } from "./ContactRequest.ts"
import type { ContactRef } from "./ContactSchema.ts"
import * as NewestContacts from "./NewestContacts.ts"

type CreateError = Operation.Error<typeof operation>

/** One call of `create`. */
interface Creation {
  readonly runner: OperationRunner
  readonly request: CreateRequest
  readonly fingerprint: string
  /** True if the client generated the fingerprint. */
  readonly isGenerated: boolean
  readonly time: CallTime
  /** The timeout of the whole call. */
  readonly total: Duration.Duration
}

/** The number of contacts to search at least if this call may have made one, even if they are older than the call. */
const minSearched = 1000

/** 128 random bits, so that no other client has or guesses this fingerprint. */
const makeFingerprint = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** A fingerprint as the server stores it: trimmed, unless it is blank (wire contract 2). */
const asStored = (fingerprint: string): string => fingerprint.trim() || fingerprint

/** Sends the create as often as is safe. */
const send = (
  { runner }: Creation,
  input: Operation.Input,
  earlier?: Earlier
): Effect.Effect<ContactRef, CreateError> => Effect.map(runner.run(operation, input, earlier), ({ value }) => value)

/**
 * True if the server refused the generated fingerprint, and certainly made no contact. A token that is not for the API proper
 * may not use fingerprints (wire contract 2). If an earlier attempt may have made a contact, perhaps with another token, a
 * request without the fingerprint could make a second.
 */
const isFingerprintRefused = ({ isGenerated }: Creation, error: Errors.InvalidRequest): boolean =>
  isGenerated && error.status === 400 && error.field === "fingerprint" && error.outcome !== "unknown"

/** Sends the create without the generated fingerprint, after attempts that were refused because of it. */
const sendWithoutFingerprint = (
  creation: Creation,
  { attempts, outcome }: Errors.InvalidRequest
): Effect.Effect<ContactRef, CreateError> =>
  Effect.mapError(send(creation, { body: creation.request }, { attempts, elapsed: creation.time.elapsed }), (error) =>
    OperationError.withOutcome(operation, error, Retry.leastCertain(outcome, error.outcome))
  )

/** Searches the newest contacts for the one that the 409 is about, in the time that the call has left. */
const reconcile = (creation: Creation, conflict: Errors.Conflict): Effect.Effect<ContactRef, CreateError> => {
  const { fingerprint, isGenerated, runner, time, total } = creation
  const isAnswerLost = conflict.outcome === "unknown"
  // With the caller's fingerprint, and if no answer was lost, the call still fails with `Conflict`.
  const unknownError = (failure: Failure.Failure): CreateError =>
    isGenerated || isAnswerLost
      ? OperationError.make(operation, failure, {
          safety: operation.safety,
          attempts: conflict.attempts,
          outcome: "unknown",
          fingerprint: isGenerated ? fingerprint : undefined
        })
      : OperationError.withOutcome(operation, conflict, "unknown")

  const min = isGenerated || isAnswerLost ? minSearched : 0
  const judged = NewestContacts.find(runner, time, asStored(fingerprint), min).pipe(
    Effect.mapError(({ description }) =>
      unknownError(Failure.lost(`The newest contacts could not be read: ${description}`))
    ),
    Effect.flatMap((result) => {
      const verdict = ConflictVerdict.judge({ ...creation, ...result, isAnswerLost })
      if (typeof verdict === "object") return Effect.succeed({ id: verdict.id })
      return Effect.fail(
        isGenerated
          ? unknownError(Failure.lost("The contact is not among the newest ones"))
          : OperationError.withOutcome(operation, conflict, verdict)
      )
    })
  )
  return timeoutOrElse(judged, Math.max(0, Duration.toMillis(total) - time.elapsed), () =>
    Effect.fail(unknownError(Failure.timeout("total")))
  )
}

/**
 * Makes a contact exactly once. Fails with the outcome `unknown` if this call may have made a contact that was not found.
 *
 * The fingerprint, the caller's or a generated one, keeps a second request from making a second contact: the server refuses it
 * with a 409. But the 409 can be about a contact that this call itself has made, with a request whose answer was lost or that a
 * gateway sent twice. So the client searches the newest contacts for the fingerprint; `ConflictVerdict` judges by the result.
 */
export const create = Effect.fnUntraced(function* (
  runner: OperationRunner,
  request: CreateRequest,
  total: Duration.Duration
): Effect.fn.Return<ContactRef, CreateError> {
  const isGenerated = request.fingerprint === undefined
  const fingerprint = request.fingerprint ?? makeFingerprint()
  const creation = { runner, request, fingerprint, isGenerated, time: new CallTime(yield* Clock.Clock), total }
  return yield* send(creation, {
    body: { ...request, fingerprint },
    hasIdempotencyKey: true,
    generatedFingerprint: isGenerated ? fingerprint : undefined
  }).pipe(
    Effect.catchTags({
      Conflict: (conflict) => reconcile(creation, conflict),
      InvalidRequest: (error) =>
        isFingerprintRefused(creation, error) ? sendWithoutFingerprint(creation, error) : Effect.fail(error)
    })
  )
})
