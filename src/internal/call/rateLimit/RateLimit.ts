import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { constVoid } from "effect/Function"
import * as Expiring from "./Expiring.ts"
import * as Failure from "../failure/Failure.ts"
import type { Settings } from "../options/Settings.ts"
import { inMemory, monotonicMillis, RateLimiterStore, type Store } from "./RateLimitStore.ts"
import { timeoutOrElse } from "../Timeout.ts"

/** The rate limit of a client. Every request acquires it before it is sent. */
export interface RateLimit {
  /** Waits until a request may be sent. */
  readonly acquire: Effect.Effect<void, Failure.Failure>
  /**
   * Delays all requests because the server has answered 429: for as long as it asked, or else for the window, and never for
   * more than `max` milliseconds.
   */
  readonly backOff: (duration: Duration.Duration | undefined, max: number) => Effect.Effect<void>
}

/** The rate limit of a client without one: every request may be sent. */
const unlimited: RateLimit = { acquire: Effect.void, backOff: () => Effect.void }

const failed = Failure.unavailable("The store of the rate limit failed")
const unanswered = Failure.unavailable("The store of the rate limit did not answer")

/** The answer of the store: the requests counted in the window, and the milliseconds until it is over. */
type Answer = readonly [count: number, ttl: number]
/** Asks the store to count a request. */
type AskStore = Effect.Effect<Answer, Failure.Failure>

/** A request that has not acquired the limit yet. */
interface Caller {
  readonly context: Context.Context<never>
  readonly ask: AskStore
  /** True while it is asking the store. If not, it waits. */
  isAsking: boolean
  /** Ends its wait. */
  resume: (next: Effect.Effect<void, Failure.Failure>) => void
}

/** The time by the clock of a caller. */
const nowOf = ({ context }: Caller): number => monotonicMillis(Context.get(context, Clock.Clock))

/** The limit of a queue, and its back-off. All times are in milliseconds. */
interface Limit {
  readonly limit: number
  readonly window: number
  /** The end of the last back-off. */
  readonly backOffUntil: () => number
}

/**
 * The requests of this process that wait for one limit, in order of arrival.
 *
 * The store counts a request only if it may be sent now, so a request that is interrupted while it waits was not
 * counted. After the store has refused one, all wait without asking. When the window is over, the first one asks again,
 * and then as many others as its answer allows.
 */
class Queue {
  readonly #limit: Limit
  /** The requests that wait or ask, in order of arrival. */
  readonly #callers = new Set<Caller>()
  /** The number of requests that are asking the store. */
  #asking = 0
  /** The end of the window that is used up. */
  #fullUntil = 0
  #timer: Fiber.Fiber<void> | undefined

  constructor(limit: Limit) {
    this.#limit = limit
  }

  /** True if removing this queue would change nothing. */
  isIdle(now: number): boolean {
    return this.#callers.size === 0 && this.#fullUntil <= now
  }

  acquire(ask: AskStore): Effect.Effect<void, Failure.Failure> {
    return Effect.withFiber((fiber) => {
      const caller: Caller = { context: fiber.context, ask, isAsking: false, resume: constVoid }
      return Effect.onExitPrimitive(
        Effect.suspend(() => this.#enter(caller)),
        () => this.#leave(caller)
      )
    })
  }

  #enter(caller: Caller): Effect.Effect<void, Failure.Failure> {
    const isFirst = this.#callers.size === this.#asking
    this.#callers.add(caller)
    if (!isFirst || this.#delay(caller) > 0) return this.#wait(caller)
    this.#beginAsking(caller)
    return this.#ask(caller)
  }

  #leave(caller: Caller): undefined {
    this.#callers.delete(caller)
    this.#endAsking(caller)
    this.#wakeNext(caller)
    return undefined
  }

  #beginAsking(caller: Caller): void {
    caller.isAsking = true
    this.#asking++
  }

  #endAsking(caller: Caller): void {
    if (caller.isAsking) this.#asking--
    caller.isAsking = false
  }

  /** The time until the store may be asked again. */
  #delay(caller: Caller): number {
    return Math.max(this.#fullUntil, this.#limit.backOffUntil()) - nowOf(caller)
  }

  #ask(caller: Caller): Effect.Effect<void, Failure.Failure> {
    return Effect.matchEffect(caller.ask, {
      onFailure: (failure) => {
        this.#failAll(failure)
        return Effect.fail(failure)
      },
      onSuccess: (answer) => this.#settle(caller, answer)
    })
  }

  #settle(caller: Caller, [count, ttl]: Answer): Effect.Effect<void, Failure.Failure> {
    const { backOffUntil, limit, window } = this.#limit
    const now = nowOf(caller)
    const free = limit - count
    // A wait is never longer than one window, even if the store answers so.
    if (!(free > 0)) this.#fullUntil = now + (ttl >= 0 ? Math.min(Math.max(1, ttl), window) : window)
    if (!(free >= 0) || backOffUntil() > now) return this.#wait(caller)
    if (this.#asking === 1) this.#wake(free)
    return Effect.void
  }

  #wait(caller: Caller): Effect.Effect<void, Failure.Failure> {
    return Effect.callback((resume) => {
      caller.resume = resume
      this.#endAsking(caller)
      this.#wakeNext(caller)
    })
  }

  /** Lets the first `count` waiting requests ask the store. No other request is asking then. */
  #wake(count: number): void {
    if (this.#callers.size === this.#asking) return
    let left = count
    for (const caller of this.#callers) {
      if (caller.isAsking) continue
      if (left-- <= 0) return
      this.#beginAsking(caller)
      // Resuming runs a fiber at once: without the yield, each would run inside the one before.
      caller.resume(
        Effect.andThen(
          Effect.yieldNow,
          Effect.suspend(() => (this.#delay(caller) > 0 ? this.#wait(caller) : this.#ask(caller)))
        )
      )
    }
  }

  /** Wakes the first waiting request as soon as it may ask, unless another one is asking. The timer uses the clock of `caller`. */
  #wakeNext(caller: Caller): void {
    if (this.#callers.size === this.#asking) return this.#stopTimer()
    if (this.#asking > 0 || this.#timer !== undefined) return
    const delay = this.#delay(caller)
    if (delay <= 0) return this.#wake(1)
    const timer = Effect.runForkWith(caller.context)(Effect.sleep(Math.ceil(delay)))
    this.#timer = timer
    timer.addObserver((exit) => {
      if (Exit.isFailure(exit)) return
      this.#timer = undefined
      this.#wakeNext(caller)
    })
  }

  /** Stops the timer, which would keep the process running. */
  #stopTimer(): void {
    this.#timer?.interruptUnsafe()
    this.#timer = undefined
  }

  /** Fails all waiting requests: each would get the same failure, one after another. */
  #failAll(failure: Failure.Failure): void {
    for (const caller of Array.from(this.#callers)) if (!caller.isAsking) caller.resume(Effect.fail(failure))
  }
}

/** The rate limit for the settings of a client. Rate limits with the same key share a back-off. */
export type RateLimits = (settings: Settings) => RateLimit

const make = (store: Store, isInMemory: boolean): RateLimits => {
  const backOffs = Expiring.make<number>((until, now) => until <= now)
  const queues = Expiring.make<Queue>((queue, now) => queue.isIdle(now))
  return ({ rateLimit, server, timeout }) => {
    if (rateLimit === undefined) return unlimited
    const { limit } = rateLimit
    const key = `effect-chatbotkit/${rateLimit.key ?? server.address}`
    const window = Math.max(1, Duration.toMillis(rateLimit.window))
    const request = { key, limit, refillRate: Duration.millis(window / limit), tokens: 1 }
    const asked = Effect.mapError(
      Effect.suspend(() => store.fixedWindow(request)),
      () => failed
    )
    const ask = isInMemory
      ? asked
      : timeoutOrElse(asked, Duration.toMillis(timeout.attempt), () => Effect.fail(unanswered))
    const backOffUntil = () => backOffs.get(key) ?? 0
    // Another limit under the same key has a queue of its own, so that it does not delay this one.
    const queueKey = `${limit}/${window} ${key}`
    return {
      acquire: Effect.clockWith((clock) => {
        const known = queues.get(queueKey)
        const queue = known ?? new Queue({ limit, window, backOffUntil })
        if (known === undefined) queues.set(queueKey, queue, monotonicMillis(clock))
        return queue.acquire(ask)
      }),
      backOff: (duration, max) =>
        Effect.clockWith((clock) => {
          const now = monotonicMillis(clock)
          backOffs.set(
            key,
            Math.max(
              backOffUntil(),
              now + Math.min(duration === undefined ? window : Duration.toMillis(duration), max)
            ),
            now
          )
          return Effect.void
        })
    }
  }
}

/** Makes rate limits that count in the store in the context, or else in one in memory that they share. */
export const makeAll: Effect.Effect<RateLimits> = Effect.contextWith((context: Context.Context<never>) => {
  const given = Context.getOrUndefined(context, RateLimiterStore)
  return Effect.succeed(given === undefined ? make(inMemory(), true) : make(given, false))
})
