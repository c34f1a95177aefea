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
 * Calls back once, after a duration on the clock of the context. It never calls back before it returns. On Effect's own clock
 * no fiber sleeps: that would cost more than the timer.
 */
export const start = (context: Context.Context<never>, duration: Duration.Duration, onElapsed: () => void): Stop => {
  if (!Duration.isFinite(duration)) return constVoid
  const clock = Context.get(context, Clock.Clock)
  const delay = Duration.toMillis(duration)
  if (clock === liveClock && delay <= maxDelay) {
    const timer = setTimeout(onElapsed, delay)
    return () => clearTimeout(timer)
  }
  const sleeping = Effect.runForkWith(context)(clock.sleep(duration))
  sleeping.addObserver((exit) => {
    if (Exit.isSuccess(exit)) onElapsed()
  })
  return () => sleeping.interruptUnsafe()
}
