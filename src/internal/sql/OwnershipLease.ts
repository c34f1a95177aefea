import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import type { JournalError } from "../../Journal.ts"
import * as Ownership from "./Ownership.ts"
import { toJournalError } from "./SqlOutcomes.ts"

/** The number of signs of life that an owner gives before it counts as dead. */
const refreshes = 5

/** The only part of a journal that one process runs as a whole. */
const part = 0

/**
 * Takes the ownership of a journal until the scope closes. Undefined if another process has it.
 *
 * The owner refreshes its row all the time. A process that was killed leaves the row behind, so another one waits to see whether
 * it changes before `expiry`. That needs no clock that the machines share.
 */
export const acquire = (
  journal: string,
  expiry: Duration.Duration
): Effect.Effect<Ownership.Ownership | undefined, JournalError, SqlClient.SqlClient | Scope.Scope> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const refresh = Duration.times(expiry, 1 / refreshes)
    const owner = Ownership.ownerOf(journal, part)

    /** The owner, if it has given no sign of life until it expired. */
    const abandoned = Effect.gen(function* () {
      const before = yield* owner
      if (before === undefined) return { owner: undefined }
      for (let waits = 0; waits < refreshes; waits++) {
        yield* Effect.sleep(refresh)
        const now = yield* owner
        if (now === undefined) return { owner: undefined }
        if (now.token !== before.token || now.refreshes !== before.refreshes) return undefined
      }
      return { owner: before }
    })

    const found = yield* abandoned
    if (found === undefined) return undefined
    const ownership = yield* Effect.acquireRelease(Ownership.takeFrom(journal, part, found.owner), (ownership) =>
      ownership === undefined
        ? Effect.void
        : Effect.ignore(Effect.provideService(Ownership.release(ownership), SqlClient.SqlClient, sql))
    )
    if (ownership !== undefined) {
      // A refresh that fails is tried again in time; the next record fails if the ownership is lost.
      const keep = Effect.ignore(Ownership.refresh(ownership))
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(refresh), keep)))
    }
    return ownership
  }).pipe(Effect.mapError(toJournalError))
