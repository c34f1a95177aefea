import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Errors from "../Errors.ts"
import * as Failure from "./Failure.ts"
import type * as Operation from "./Operation.ts"
import { within } from "./Within.ts"

/** As much of a contact as tells whether a create made it. */
interface Made {
  readonly id: string
  readonly fingerprint: string
  readonly createdAt: number
}

interface Ref {
  readonly id: string
}

type Create = Operation.Operation<Ref, "Conflict">
type CreateError = Operation.Failure<Create>

/** What an exactly-once create is put together from. */
export interface Steps<Contact extends Made> {
  readonly operation: Create
  /** Sends the create as often as is safe. */
  readonly create: (input: Operation.Input) => Effect.Effect<Ref, CreateError>
  /** All contacts, the newest first. */
  readonly newest: () => Stream.Stream<Contact, Errors.ContactError>
  /** Whether a contact says what the request said: asked where the fingerprint alone does not tell whose it is. */
  readonly matches: (contact: Contact) => boolean
  /** For all of it. */
  readonly total: Duration.Duration
}

/** How much the server's clock may be behind this one, in milliseconds. */
const maxClockSkew = 10 * 60 * 1000

/** 128 random bits: nobody else has this fingerprint, or could guess it. */
const makeUp = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** The server trims a fingerprint, unless it is blank (wire contract 2). */
const stored = (fingerprint: string): string => (fingerprint.trim() === "" ? fingerprint : fingerprint.trim())

/** Looks for a fingerprint among the newest contacts, back to those made well before the call began. */
const find = <Contact extends Made>(steps: Steps<Contact>, fingerprint: string, since: number) =>
  steps.newest().pipe(
    Stream.takeUntil((contact) => contact.fingerprint === fingerprint || contact.createdAt < since),
    Stream.filter((contact) => contact.fingerprint === fingerprint),
    Stream.runHead,
    Effect.map(Option.getOrUndefined)
  )

/**
 * Makes a contact exactly once, or says that it cannot tell.
 *
 * The fingerprint, the caller's or one made up here, is what keeps a second request from making a second contact: the
 * server refuses it with a 409. That 409 then means that a lost request did its work, and the contact is found among the
 * newest ones.
 */
export const create = Effect.fnUntraced(function* <Contact extends Made>(
  steps: Steps<Contact>,
  request: { readonly fingerprint?: string | undefined }
): Effect.fn.Return<Ref, CreateError> {
  const began = yield* Clock.currentTimeMillis
  const since = began - maxClockSkew
  const madeUp = request.fingerprint === undefined ? makeUp() : undefined
  const fingerprint = stored(request.fingerprint ?? madeUp ?? "")

  const unknown = (failure: Failure.Failure, attempts: number): CreateError =>
    Failure.toError(
      steps.operation,
      { ...failure, transient: false },
      { safety: steps.operation.safety, attempts, outcome: "unknown", fingerprint: madeUp }
    )

  /** Bounds what comes after the create by what that has left of the time. */
  const withinTotal = <A>(effect: Effect.Effect<A, CreateError>, attempts: number): Effect.Effect<A, CreateError> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      within(effect, Duration.subtract(steps.total, Duration.millis(now - began)), () =>
        Effect.fail(unknown(Failure.timeout("total"), attempts))
      )
    )

  const reconcile = Effect.fnUntraced(function* (conflict: Errors.Conflict): Effect.fn.Return<Ref, CreateError> {
    const { attempts } = conflict
    const found = yield* Effect.mapError(find(steps, fingerprint, since), ({ description }) =>
      unknown(Failure.lost(`The newest contacts could not be read: ${description}`), attempts)
    )
    const isOurs = found !== undefined && (madeUp !== undefined || (found.createdAt >= since && steps.matches(found)))
    if (isOurs) return { id: found.id }
    if (madeUp !== undefined) {
      return yield* Effect.fail(unknown(Failure.lost("It is not among the newest contacts any more"), attempts))
    }
    return yield* Effect.fail(
      Failure.toError(steps.operation, Failure.fromError(conflict), {
        safety: steps.operation.safety,
        attempts,
        // Only a contact from before the call is surely not what a lost attempt made.
        outcome: found !== undefined && found.createdAt < since ? "rejected" : "unknown"
      })
    )
  })

  const body = madeUp === undefined ? request : { ...request, fingerprint: madeUp }
  return yield* steps.create({ body, isGuarded: true, madeUp }).pipe(
    Effect.catchTag("Conflict", (error) =>
      madeUp !== undefined || error.outcome === "unknown"
        ? withinTotal(reconcile(error), error.attempts)
        : Effect.fail(error)
    ),
    Effect.catchTag("InvalidRequest", (error) =>
      // A token that is not for the API proper may not use fingerprints (wire contract 2): no attempt has made anything.
      madeUp !== undefined && error.status === 400 && error.field === "fingerprint"
        ? withinTotal(steps.create({ body: request }), error.attempts)
        : Effect.fail(error)
    )
  )
})
