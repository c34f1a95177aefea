/**
 * Virtual time for whole programs: once nothing else can run, the clock advances to the next timer. Nothing waits for
 * real time, so a simulated week takes milliseconds, and the same program always runs in the same way. `TestClock`
 * gives the same times, but takes a real turn of the event loop for each timer.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Scheduler from "effect/Scheduler"

interface Timer {
  readonly at: number
  readonly wake: () => void
}

/** A clock that is off by `offset` milliseconds, which may change. Its timers are exact. */
export const skewed = (clock: Clock.Clock, offset: () => number): Clock.Clock => {
  const millis = () => clock.currentTimeMillisUnsafe() + offset()
  const nanos = () => BigInt(millis()) * 1_000_000n
  return {
    ...clock,
    currentTimeMillisUnsafe: millis,
    currentTimeNanosUnsafe: nanos,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanos: Effect.sync(nanos)
  }
}

/** The event loop of one simulated world. */
export class VirtualTime {
  #now: number
  readonly #start: number
  readonly #limit: number
  #tasks: Array<() => void> = []
  /** The timers, the next one last. Timers for the same time fire in the order in which they were set. */
  readonly #timers: Array<Timer> = []
  readonly clock: Clock.Clock
  readonly #context: Context.Context<never>

  /** `limit` is the time, in milliseconds since the start, after which nothing runs any more. */
  constructor(start: number, limit: number) {
    this.#now = start
    this.#start = start
    this.#limit = start + limit
    const millis = () => this.#now
    const nanos = () => BigInt(this.#now) * 1_000_000n
    const sleep = (duration: Duration.Duration): Effect.Effect<void> => {
      // Like a real timer, it waits a whole number of milliseconds.
      const wait = Math.ceil(Duration.toMillis(duration))
      return wait <= 0 ? Effect.yieldNow : Effect.callback((resume) => this.#setTimer(wait, () => resume(Effect.void)))
    }
    this.clock = {
      currentTimeMillisUnsafe: millis,
      currentTimeNanosUnsafe: nanos,
      monotonicTimeNanosUnsafe: nanos,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanos: Effect.sync(nanos),
      monotonicTimeNanos: Effect.sync(nanos),
      sleep
    }
    const scheduler = new Scheduler.MixedScheduler("async", (task) => {
      this.#tasks.push(task)
      return () => {
        this.#tasks = this.#tasks.filter((other) => other !== task)
      }
    })
    this.#context = Context.make(Clock.Clock, this.clock).pipe(Context.add(Scheduler.Scheduler, scheduler))
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#now - this.#start
  }

  /** Runs an effect to its end. Returns undefined if nothing is left to run, or if the limit is reached. */
  run<A, E>(effect: Effect.Effect<A, E>): Exit.Exit<A, E> | undefined {
    const fiber = Effect.runForkWith(this.#context)(effect)
    for (let exit = fiber.pollUnsafe(); ; exit = fiber.pollUnsafe()) {
      if (exit !== undefined) return exit
      const task = this.#tasks.shift()
      if (task !== undefined) {
        task()
        continue
      }
      const timer = this.#timers.pop()
      if (timer === undefined || timer.at > this.#limit) return undefined
      this.#now = timer.at
      timer.wake()
    }
  }

  #setTimer(wait: number, wake: () => void): Effect.Effect<void> {
    const timer = { at: this.#now + wait, wake }
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#timers[middle]?.at ?? 0) > timer.at) low = middle + 1
      else high = middle
    }
    this.#timers.splice(low, 0, timer)
    return Effect.sync(() => {
      const index = this.#timers.indexOf(timer)
      if (index !== -1) this.#timers.splice(index, 1)
    })
  }
}
