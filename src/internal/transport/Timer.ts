import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constVoid } from "effect/Function"

/** Stops a timer, if it has not elapsed. */
export type Stop = () => void

/** The clock that a program has if it provides none. It sleeps with `setTimeout`. */
const liveClock = /* @__PURE__ */ Context.get(/* @__PURE__ */ Context.empty(), Clock.Clock)

/** The longest delay that `setTimeout` takes, in milliseconds. */
const maxDelay = 2 ** 31 - 1

/**
 * Calls back once, after a time in milliseconds on the clock of the context; never if the time is infinite, and never before
 * `start` has returned. On Effect's own clock it uses `setTimeout`, which costs less than a sleeping fiber.
 */
export const start = (context: Context.Context<never>, millis: number, onElapsed: () => void): Stop => {
  if (millis === Infinity) return constVoid
  const clock = Context.get(context, Clock.Clock)
  if (clock === liveClock && millis <= maxDelay) {
    const timer = setTimeout(onElapsed, millis)
    return () => clearTimeout(timer)
  }
  const sleeping = Effect.runForkWith(context)(clock.sleep(Duration.millis(millis)))
  sleeping.addObserver((exit) => {
    if (Exit.isSuccess(exit)) onElapsed()
  })
  return () => sleeping.interruptUnsafe()
}
