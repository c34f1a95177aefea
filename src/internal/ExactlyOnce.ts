import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Errors from "../Errors.ts"
import * as Failure from "./Failure.ts"
import type * as Operation from "./Operation.ts"

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
  /** Reads the 100 contacts after a cursor, the newest first. */
  readonly newest: (cursor: string | undefined) => Effect.Effect<ReadonlyArray<Contact>, Errors.ContactError>
  /** Whether a contact says what the request said: asked where the fingerprint alone does not tell whose it is. */
  readonly matches: (contact: Contact) => boolean
}

const pageSize = 100

/** How far back it looks at the most: a million contacts. */
const maxPages = 10_000

/** How much the server's clock may be behind this one, in milliseconds. */
const maxClockSkew = 10 * 60 * 1000

/** 128 random bits: nobody else has this fingerprint, or could guess it. */
const makeUp = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** The server trims a fingerprint, unless it is blank (wire contract 2). */
const stored = (fingerprint: string): string => (fingerprint.trim() === "" ? fingerprint : fingerprint.trim())

/** Looks for a fingerprint among the newest contacts, back to those made well before the call began. */
const find = Effect.fnUntraced(function* <Contact extends Made>(
  steps: Steps<Contact>,
  fingerprint: string,
  since: number
): Effect.fn.Return<Contact | undefined, Errors.ContactError> {
  let cursor: string | undefined
  for (let page = 0; page < maxPages; page++) {
    const contacts = yield* steps.newest(cursor)
    const made = contacts.find((contact) => contact.fingerprint === fingerprint)
    const oldest = contacts.at(-1)
    if (made !== undefined) return made
    if (oldest === undefined || contacts.length < pageSize || oldest.createdAt < since) return undefined
    cursor = oldest.id
  }
  return undefined
})

/** A token that is not for the API proper may not use fingerprints (wire contract 2). */
const mayNotUseFingerprints = ({ description, outcome, status }: Errors.InvalidRequest): boolean =>
  outcome === "rejected" && status === 400 && description.startsWith("Cannot use fingerprint")

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
  const since = (yield* Clock.currentTimeMillis) - maxClockSkew
  const madeUp = request.fingerprint === undefined ? makeUp() : undefined
  const fingerprint = stored(request.fingerprint ?? madeUp ?? "")

  const unknown = (failure: Failure.Failure, attempts: number): CreateError =>
    Failure.toError(
      steps.operation,
      { ...failure, transient: false },
      {
        safety: steps.operation.safety,
        attempts,
        outcome: "unknown",
        fingerprint: madeUp
      }
    )

  const reconcile = Effect.fnUntraced(function* (conflict: Errors.Conflict): Effect.fn.Return<Ref, CreateError> {
    const { attempts } = conflict
    const found = yield* Effect.mapError(find(steps, fingerprint, since), (error) =>
      unknown(Failure.fromError(error), attempts)
    )
    if (found !== undefined && (madeUp !== undefined || (found.createdAt >= since && steps.matches(found)))) {
      return { id: found.id }
    }
    if (madeUp !== undefined) {
      const lost = Failure.unexpected(409, "The contact was made, but is not among the newest ones any more")
      return yield* Effect.fail(unknown(lost, attempts))
    }
    // The contact was there before the call: no attempt made anything.
    return yield* Effect.fail(
      Failure.toError(steps.operation, Failure.fromError(conflict), {
        safety: steps.operation.safety,
        attempts,
        outcome: "rejected"
      })
    )
  })

  const body = madeUp === undefined ? request : { ...request, fingerprint: madeUp }
  return yield* steps.create({ body, safety: "idempotent", madeUp }).pipe(
    Effect.catchTag("Conflict", (error) =>
      madeUp !== undefined || error.outcome === "unknown" ? reconcile(error) : Effect.fail(error)
    ),
    Effect.catchTag("InvalidRequest", (error) =>
      madeUp !== undefined && mayNotUseFingerprints(error) ? steps.create({ body: request }) : Effect.fail(error)
    )
  )
})
