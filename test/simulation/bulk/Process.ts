/** A process of a simulated world, which can be killed or stopped at any moment, as by SIGKILL and SIGSTOP. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Scheduler from "effect/Scheduler"

/**
 * A process. Its fibers get their turns from a scheduler and a clock of its own. Once it is killed they get none, so no finalizer
 * runs. Everything that the rest of the world can see has to happen in {@link Process.outside} or {@link Process.act}.
 */
export class Process {
  readonly #world: Context.Context<never>
  readonly #context: Context.Context<never>
  #state: "running" | "stopped" | "killed" = "running"
  /** The turns that come while the process is stopped. */
  #held: Array<() => void> = []
  /** Ends {@link Process.run} when the process is killed. */
  #onKill: () => void = () => {}
  #onStop: () => void = () => {}

  constructor(world: Context.Context<never>) {
    this.#world = world
    const clock = Context.get(world, Clock.Clock)
    const outer = Context.get(world, Scheduler.Scheduler).makeDispatcher()
    const scheduler = new Scheduler.MixedScheduler("async", (task) => {
      let isCancelled = false
      outer.scheduleTask(() => this.#take(() => isCancelled || task()), 0)
      return () => {
        isCancelled = true
      }
    })
    const sleep = (duration: Duration.Duration): Effect.Effect<void> =>
      Duration.toMillis(duration) <= 0 ? Effect.yieldNow : this.outside(clock.sleep(duration))
    this.#context = world.pipe(
      Context.add(Clock.Clock, { ...clock, sleep }),
      Context.add(Scheduler.Scheduler, scheduler)
    )
  }

  /** A process that begins now. */
  static readonly begin: Effect.Effect<Process> = Effect.map(Effect.context<never>(), (world) => new Process(world))

  get isKilled(): boolean {
    return this.#state === "killed"
  }

  /** Runs the program of the process. The result is undefined if the process is killed. */
  run<A, E>(program: Effect.Effect<A, E>): Effect.Effect<Exit.Exit<A, E> | undefined> {
    return Effect.callback((resume) => {
      this.#onKill = () => resume(Effect.undefined)
      Effect.runForkWith(this.#context)(program).addObserver((exit) => resume(Effect.succeed(exit)))
    })
  }

  kill(): void {
    if (this.#state === "killed") return
    this.#state = "killed"
    this.#held = []
    this.#onKill()
  }

  stop(): void {
    if (this.#state !== "running") return
    this.#state = "stopped"
    this.#onStop()
  }

  /** Ends once the process is stopped. */
  readonly stopped: Effect.Effect<void> = Effect.callback((resume) => {
    this.#onStop = () => resume(Effect.void)
  })

  continue(): void {
    if (this.#state !== "stopped") return
    this.#state = "running"
    const held = this.#held
    this.#held = []
    for (const turn of held) this.#take(turn)
  }

  /** Runs an effect in the world, where it goes on if the process is killed. `onBegun` runs once it has begun. */
  outside<A, E>(effect: Effect.Effect<A, E>, onBegun: () => void = () => {}): Effect.Effect<A, E> {
    const begun = Effect.contextWith((caller: Context.Context<never>) =>
      Effect.callback<A, E>((resume) => {
        if (this.isKilled) return undefined
        const context = caller.pipe(
          Context.add(Clock.Clock, Context.get(this.#world, Clock.Clock)),
          Context.add(Scheduler.Scheduler, Context.get(this.#world, Scheduler.Scheduler))
        )
        const fiber = Effect.runForkWith(context)(effect)
        fiber.addObserver((exit) => this.#take(() => resume(exit)))
        onBegun()
        return Effect.sync(() => fiber.interruptUnsafe())
      })
    )
    return Effect.andThen(this.#turn, begun)
  }

  /** Changes the world at once. Never ends if the process is killed, before or in `change`. */
  act<A>(change: () => A): Effect.Effect<A> {
    const changed = Effect.suspend(() => {
      if (this.isKilled) return Effect.never
      const result = change()
      return this.isKilled ? Effect.never : Effect.succeed(result)
    })
    return Effect.andThen(this.#turn, changed)
  }

  /** Ends at once, but while the process is stopped. */
  readonly #turn: Effect.Effect<void> = Effect.suspend(() =>
    this.#state === "stopped"
      ? Effect.callback<void>((resume) => void this.#held.push(() => resume(Effect.void)))
      : Effect.void
  )

  #take(turn: () => void): void {
    if (this.#state === "running") turn()
    else if (this.#state === "stopped") this.#held.push(turn)
  }
}
