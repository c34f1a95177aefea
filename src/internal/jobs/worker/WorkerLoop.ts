import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { interruptionsOf } from "./Persistence.ts"

/** The tags of failures, and the names of defects. Their messages can hold data. */
const kindsOf = (cause: Cause.Cause<unknown>): string =>
  cause.reasons
    .flatMap((reason) =>
      Cause.isFailReason(reason) ? [reason.error] : Cause.isDieReason(reason) ? [reason.defect] : []
    )
    .map((value) => (value instanceof Error ? value.name : typeof value))
    .join(", ")

/** A layer that repeats an effect until it closes. A failure is logged, and the effect is repeated all the same. */
export const layer = <E, R>(
  name: string,
  interval: Duration.Input,
  effect: Effect.Effect<void, E, R>
): Layer.Layer<never, never, Exclude<R, Scope.Scope>> =>
  effect.pipe(
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(interruptionsOf(cause))
        : Effect.logWarning(`The ${name} of the jobs failed, and is tried again: ${kindsOf(cause)}`)
    ),
    Effect.repeat(Schedule.spaced(interval)),
    Effect.forkScoped,
    Layer.effectDiscard
  )
