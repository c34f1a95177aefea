import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

interface Group<A, E> {
  readonly items: Array<A>
  readonly done: Deferred.Deferred<void, E>
}

const newGroup = <A, E>(): Group<A, E> => ({ items: [], done: Deferred.makeUnsafe() })

/** Writes items in groups: those that come while others are written are then written together. */
export class Grouped<A, E> {
  readonly #write: (items: ReadonlyArray<A>) => Effect.Effect<void, E>
  readonly #writing = Semaphore.makeUnsafe(1)
  #group = newGroup<A, E>()

  constructor(write: (items: ReadonlyArray<A>) => Effect.Effect<void, E>) {
    this.#write = write
  }

  /** Ends when the group of the item is written, and fails if that fails. It cannot be interrupted. */
  add(item: A): Effect.Effect<void, E> {
    return Effect.suspend(() => {
      const group = this.#group
      group.items.push(item)
      return group.items.length === 1 ? this.#writeGroup(group) : Deferred.await(group.done)
    }).pipe(Effect.uninterruptible)
  }

  #writeGroup(group: Group<A, E>): Effect.Effect<void, E> {
    const write = Effect.suspend(() => {
      this.#group = newGroup()
      return this.#write(group.items)
    })
    // SQLite writes synchronously, so items of this turn could not join without the yield.
    return Effect.onExit(this.#writing.withPermits(1)(Effect.andThen(Effect.yieldNow, write)), (exit) =>
      Deferred.done(group.done, exit)
    )
  }
}
