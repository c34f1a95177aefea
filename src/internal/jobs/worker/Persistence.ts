/** The effects of a run that use the database: they are repeated while it fails, and a job that cannot go on is parked. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import type * as SqlClient from "effect/sql/SqlClient"
import * as JobStore from "../JobStore.ts"

const delays = /* @__PURE__ */ Schedule.min([
  /* @__PURE__ */ Schedule.exponential("200 millis"),
  /* @__PURE__ */ Schedule.spaced("5 seconds")
])

/** Retries an effect for about half a minute. */
export const retry = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(effect, { schedule: delays, times: 10 })

const isTransient = (cause: Cause.Cause<unknown>): boolean => !Cause.hasInterrupts(cause)

/**
 * Retries an effect for about half a minute, also after a defect: the workflow engine makes defects of the failures of its
 * database.
 */
export const retryDefects = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.sandbox(effect).pipe(
    Effect.retry({ schedule: delays, times: 10, while: isTransient }),
    Effect.catch(Effect.failCause)
  )

/** The interruptions of a cause. The engine marks those by which it takes a run away. */
export const interruptionsOf = (cause: Cause.Cause<unknown>): Cause.Cause<never> =>
  Cause.fromReasons(cause.reasons.filter(Cause.isInterruptReason))

/** Retries an effect until it succeeds, whatever its failure or defect: without it, a run would not end. */
export const retryForever = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, never, R> =>
  Effect.sandbox(effect).pipe(
    Effect.retry({ schedule: delays, while: isTransient }),
    Effect.catch((cause) => Effect.failCause(interruptionsOf(cause)))
  )

/** The tag of a failure, or `Defect`. Nothing else of it is stored: its message can hold data. */
const reasonOf = (cause: Cause.Cause<unknown>): string => {
  const failure = cause.reasons.find(Cause.isFailReason)
  return Predicate.hasProperty(failure?.error, "_tag") ? String(failure.error._tag) : "Defect"
}

/** Parks the job of a run if the effect fails or has a defect. */
export const parkOnFailure =
  <B>({ id, run }: JobStore.Run, result: B) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A | B, never, R | SqlClient.SqlClient> =>
    Effect.catchCause(effect, (cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(interruptionsOf(cause))
        : Effect.as(retryForever(JobStore.park({ id, run }, reasonOf(cause))), result)
    )
