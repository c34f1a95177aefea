import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { constVoid } from "effect/Function"

/**
 * `Effect.timeoutOrElse` without the race: no timer when there is no limit or the effect completes synchronously.
 * `beforeInterrupt` runs when time is up, just before the effect is interrupted.
 */
export const timeoutOrElse = <A, E>(
  effect: Effect.Effect<A, E>,
  duration: Duration.Duration,
  orElse: () => Effect.Effect<never, E>,
  beforeInterrupt: () => void = constVoid
): Effect.Effect<A, E> =>
  Duration.isFinite(duration)
    ? Effect.withFiber((parent) =>
        Effect.callback((resume) => {
          const fork = Effect.runForkWith(parent.context)
          const fiber = fork(effect)
          const exit = fiber.pollUnsafe()
          if (exit !== undefined) return resume(exit)
          const timer = fork(Effect.sleep(duration))
          fiber.addObserver((exit) => {
            timer.interruptUnsafe()
            resume(exit)
          })
          timer.addObserver((exit) => {
            if (Exit.isFailure(exit)) return
            beforeInterrupt()
            resume(Effect.andThen(Fiber.interrupt(fiber), Effect.suspend(orElse)))
          })
          return Fiber.interruptAll([timer, fiber])
        })
      )
    : effect
