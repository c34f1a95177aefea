import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import type * as Operation from "../call/Operation.ts"
import type { StreamedReply } from "../call/reply/StreamedReply.ts"
import * as Retry from "../call/Retry.ts"
import type { Completed } from "../call/RetryLoop.ts"
import * as ItemStream from "./ItemStream.ts"
import { type ListOptions, ListProgress, type Place, type Reading } from "./ListProgress.ts"
import type { Key } from "./ResumePoint.ts"

/** The errors of a list. */
type ListError<A, T extends Errors.Tag> = Operation.Error<Operation.Operation<ReadonlyArray<A>, T>>

/** The requests that a complete list is made of. */
export interface Requests<A extends Key, T extends Errors.Tag> {
  readonly operation: Operation.Operation<ReadonlyArray<A>, T>
  /** The contact whose items are listed, if it is not a list of contacts. */
  readonly contactId?: string
  /** The number of items that the caller wants. */
  readonly take: number | undefined
  /**
   * Requests the list as a stream, after a cursor. The scope closes the response. `failures` is the number of attempts that have
   * failed since the last new item.
   */
  readonly open: (
    page: { readonly cursor: string | undefined; readonly take: number | undefined },
    scope: Scope.Scope,
    failures: number
  ) => Effect.Effect<StreamedReply, Errors.ContactError>
  /** Requests the page after a cursor as one JSON document, which a cut connection cannot shorten unnoticed. */
  readonly page: (
    cursor: string | undefined
  ) => Effect.Effect<Completed<{ readonly items: ReadonlyArray<A> }>, Errors.ContactError>
  /** True if a list can begin after this cursor. */
  readonly hasCursor: (cursor: string) => Effect.Effect<Completed<boolean>, Errors.ContactError>
}

/** A response that is being read. */
interface OpenResponse<A> {
  readonly scope: Scope.Closeable
  readonly pull: Pull.Pull<Arr.NonEmptyReadonlyArray<A>, Failure.Failure>
  readonly reply: StreamedReply
  readonly reading: Reading
}

/**
 * The states of a list.
 *
 * - `Opening`: the next request has to be sent.
 * - `Reading`: a response delivers its items.
 * - `Recovering`: a response has failed. After a back-off, the list is opened again.
 * - `Confirming`: a response has ended. Pages are requested to confirm that this was the end of the list.
 * - `Ended`: the list is complete, or has failed.
 */
type State<A, E> =
  | { readonly _tag: "Opening" }
  | { readonly _tag: "Reading"; readonly response: OpenResponse<A> }
  | { readonly _tag: "Recovering"; readonly reply: StreamedReply; readonly failure: Failure.Failure }
  | { readonly _tag: "Confirming" }
  | { readonly _tag: "Ended"; readonly end: Pull.Pull<never, E> }

const opening = { _tag: "Opening" } as const
const confirming = { _tag: "Confirming" } as const
const complete = { _tag: "Ended", end: Cause.done() } as const

/**
 * A list that is complete: every item that exists from the beginning to the end of the listing (and matches the filter
 * throughout) comes exactly once and in order, or the stream fails and says how far it came.
 *
 * The server pages by the id of the last row. If that row has been deleted, it answers with an empty page, as at the end. A body
 * that was cut after a line looks complete too. So after a cut the list is resumed from an item before the last one, and
 * repeated items are left out. The end is confirmed by a page after such an item: it was the end if the page repeats the
 * items that follow, and has no new one. If no such item exists any more, the list begins again from its beginning.
 */
export const make = <A extends Key, T extends Errors.Tag>(
  requests: Requests<A, T>,
  options: ListOptions
): Stream.Stream<A, ListError<A, T>> =>
  Stream.unwrap(
    Effect.map(Effect.scope, (scope) => Stream.fromPull(Effect.sync(() => new Listing(requests, options, scope).pull)))
  )

class Listing<A extends Key, T extends Errors.Tag> {
  readonly #requests: Requests<A, T>
  readonly #cursor: string | undefined
  readonly #scope: Scope.Scope
  readonly #progress: ListProgress<A>
  #state: State<A, ListError<A, T>> = opening
  /** The number of attempts that have failed since the last new item. */
  #failures = 0
  /** The attempts of all requests so far. */
  #attempts = 0

  constructor(requests: Requests<A, T>, options: ListOptions, scope: Scope.Scope) {
    this.#requests = requests
    this.#cursor = options.cursor
    this.#scope = scope
    this.#progress = new ListProgress(options)
  }

  /** The next items of the list. */
  readonly pull: Pull.Pull<Arr.NonEmptyReadonlyArray<A>, ListError<A, T>> = Effect.suspend(() => this.#next())

  readonly #next = Effect.fnUntraced(function* (
    this: Listing<A, T>
  ): Effect.fn.Return<Arr.NonEmptyReadonlyArray<A>, ListError<A, T> | Cause.Done> {
    while (true) {
      const state = this.#state
      switch (state._tag) {
        case "Opening":
          this.#state = yield* this.#open()
          break
        case "Reading": {
          const pulled = yield* Effect.result(state.response.pull)
          const newItems = yield* Result.isSuccess(pulled)
            ? this.#accept(state.response, pulled.success)
            : this.#finish(state.response, pulled.failure)
          if (Arr.isReadonlyArrayNonEmpty(newItems)) return newItems
          break
        }
        case "Recovering":
          this.#state = yield* this.#recover(state.reply, state.failure)
          break
        case "Confirming":
          this.#state = yield* this.#confirm()
          break
        case "Ended":
          return yield* state.end
      }
    }
  })

  #error(failure: Failure.Failure): ListError<A, T> {
    const { operation } = this.#requests
    return OperationError.make(operation, failure, {
      safety: operation.safety,
      attempts: this.#attempts,
      outcome: failure.outcome,
      contactId: this.#requests.contactId,
      lastId: this.#progress.lastId,
      received: this.#progress.received
    })
  }

  /** Fails if too many requests in a row had no new item. */
  #countRequest(place: Place): Effect.Effect<void, ListError<A, T>> {
    return this.#progress.countRequest(place)
      ? Effect.void
      : Effect.fail(this.#error(Failure.unexpected(200, "The server keeps ending the list too early")))
  }

  /** Opening -> Reading. */
  readonly #open = Effect.fnUntraced(function* (
    this: Listing<A, T>
  ): Effect.fn.Return<State<A, ListError<A, T>>, ListError<A, T>> {
    const { place } = this.#progress
    yield* this.#countRequest(place)
    const scope = Scope.forkUnsafe(this.#scope)
    // A resumed list repeats some items, which the server would count as taken.
    const take = this.#progress.lastId === undefined ? this.#requests.take : undefined
    const earlierFailures = this.#failures
    const reply = yield* Effect.mapError(
      this.#requests.open({ cursor: place.cursor, take }, scope, earlierFailures),
      (error) => {
        this.#attempts += Math.max(0, error.attempts - earlierFailures)
        return this.#error(OperationError.toFailure(error))
      }
    )
    this.#attempts += reply.attempts - earlierFailures
    this.#failures = reply.attempts - 1
    const pull = ItemStream.make(this.#requests.operation, reply)
    return { _tag: "Reading", response: { scope, pull, reply, reading: this.#progress.read(place) } }
  })

  /** Reading -> Reading, Opening or Ended. Returns the new items. */
  #accept(response: OpenResponse<A>, items: ReadonlyArray<A>): Effect.Effect<ReadonlyArray<A>> {
    const { newItems, next } = this.#progress.accept(response.reading, items)
    if (newItems.length > 0) this.#failures = 0
    if (next === undefined) return Effect.succeed(newItems)
    if (next === "begin further back") {
      this.#state = opening
      return Effect.as(close(response), newItems)
    }
    // The error is made when it is reached: the items before it count as received.
    const end = Effect.suspend(() => Effect.fail(this.#error(Failure.unexpected(200, next.failWith))))
    this.#state = { _tag: "Ended", end }
    return Effect.succeed(newItems)
  }

  /** Reading -> Confirming, if the response has ended, or Recovering, if it has failed. */
  #finish(response: OpenResponse<A>, reason: Cause.Done | Failure.Failure): Effect.Effect<ReadonlyArray<A>> {
    this.#state = Cause.isDone(reason) ? confirming : { _tag: "Recovering", reply: response.reply, failure: reason }
    return Effect.as(close(response), [])
  }

  /** Recovering -> Opening, after a back-off. */
  readonly #recover = Effect.fnUntraced(function* (
    this: Listing<A, T>,
    { onFailure, retry }: StreamedReply,
    failure: Failure.Failure
  ): Effect.fn.Return<typeof opening, ListError<A, T>> {
    yield* onFailure(failure)
    this.#failures++
    const { safety } = this.#requests.operation
    const failedCall = { safety, failures: this.#failures, conflictRetriesLeft: 0 }
    if (!Retry.isAllowed(retry, failedCall, failure)) return yield* Effect.fail(this.#error(failure))
    yield* Effect.sleep(yield* Retry.delay(retry, this.#failures, failure))
    return opening
  })

  /** Confirming -> Ended, if it was the end; Opening, if more items follow; or Confirming, to look at another page. */
  readonly #confirm = Effect.fnUntraced(function* (
    this: Listing<A, T>
  ): Effect.fn.Return<typeof opening | typeof confirming | typeof complete, ListError<A, T>> {
    const { place } = this.#progress
    yield* this.#countRequest(place)
    const { items } = yield* this.#send(this.#requests.page(place.cursor))
    switch (this.#progress.confirm(place, items)) {
      case "more":
        return opening
      case "repeats":
        return confirming
      case "end":
        return complete
      case "empty":
        if (this.#progress.lastId !== undefined || this.#cursor === undefined) {
          this.#progress.stepBack()
          return confirming
        }
        if (yield* this.#send(this.#requests.hasCursor(this.#cursor))) return complete
        return yield* Effect.fail(
          this.#error({
            ...Failure.refused("cursor", `no ${this.#requests.operation.streams} has this id any more`),
            outcome: "rejected"
          })
        )
    }
  })

  /** Sends a request for one JSON document, and counts its attempts. */
  #send<B>(request: Effect.Effect<Completed<B>, Errors.ContactError>): Effect.Effect<B, ListError<A, T>> {
    return Effect.matchEffect(request, {
      onSuccess: ({ attempts, value }) => {
        this.#attempts += attempts
        return Effect.succeed(value)
      },
      onFailure: (error) => {
        this.#attempts += error.attempts
        return Effect.fail(this.#error(OperationError.toFailure(error)))
      }
    })
  }
}

const close = <A>({ scope }: OpenResponse<A>): Effect.Effect<void> => Scope.close(scope, Exit.void)
