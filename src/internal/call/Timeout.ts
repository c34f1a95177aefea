import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { constVoid } from "effect/Function"
import * as Timer from "../transport/Timer.ts"

/**
 * Limits an effect to a time in milliseconds. `Effect.timeoutOrElse` without the race: no timer if there is no limit or the effect
 * completes synchronously, and no fiber if the effect is an `Exit`. `beforeInterrupt` runs when the time is over, just before
 * the effect is interrupted.
 */
export const timeoutOrElse = <A, E, E2>(
  effect: Effect.Effect<A, E>,
  limit: number,
  orElse: () => Effect.Effect<never, E2>,
  beforeInterrupt: () => void = constVoid
): Effect.Effect<A, E | E2> =>
  limit !== Infinity && !Exit.isExit(effect)
    ? Effect.withFiber(({ context }) =>
        Effect.callback((resume) => {
          const fiber = Effect.runForkWith(context)(effect)
          const exit = fiber.pollUnsafe()
          if (exit !== undefined) return resume(exit)
          const stop = Timer.start(context, limit, () => {
            beforeInterrupt()
            resume(Effect.andThen(Fiber.interrupt(fiber), Effect.suspend(orElse)))
          })
          fiber.addObserver((exit) => {
            stop()
            resume(exit)
          })
          return Effect.suspend(() => {
            stop()
            return Fiber.interrupt(fiber)
          })
        })
      )
    : effect
