import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import type { StreamedReply } from "../call/reply/StreamedReply.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import { countInOrder, Frontier, type Key, type Order } from "./ResumePoint.ts"
import * as ItemStream from "./ItemStream.ts"
import type * as Operation from "../call/Operation.ts"
import { pageSize } from "./ListQuery.ts"
import * as Retry from "../call/Retry.ts"

/** What a complete listing is put together from. */
export interface Steps<A extends Key, T extends Errors.Tag> {
  readonly operation: Operation.Operation<ReadonlyArray<A>, T>
  readonly order: Order
  /** The cursor that the caller gave. */
  readonly cursor: string | undefined
  /** How many items the caller wants. */
  readonly take: number | undefined
  /** Whether the server leaves out what does not match a filter. */
  readonly filtered: boolean
  /**
   * Begins a request, whose response the scope closes. `failures` is how many attempts have failed since the list last got
   * on.
   */
  readonly open: (
    page: { readonly cursor: string | undefined; readonly take: number | undefined },
    scope: Scope.Scope,
    failures: number
  ) => Effect.Effect<StreamedReply, Errors.ContactError>
  /** Reads the page after a cursor in one piece, which a cut cannot shorten unnoticed. */
  readonly page: (cursor: string | undefined) => Effect.Effect<Answered<ReadonlyArray<A>>, Errors.ContactError>
  /** Whether there is a contact with this id. */
  readonly exists: (id: string) => Effect.Effect<Answered<boolean>, Errors.ContactError>
}

interface Answered<B> {
  readonly value: B
  /** How many times it was asked. */
  readonly attempts: number
}

/** How many requests in a row may bring nothing new, however few contacts were delivered. */
const maxFruitless = 32

/**
 * Of the contacts delivered since the place where a request begins, how many the next request gets past at least: nearly a
 * page, but for contacts that are deleted so that it has to begin further back.
 */
const leastProgress = pageSize / 2

/**
 * Where a list begins anew, it meets contacts before the first one delivered: those made since, or those before a cursor
 * that was deleted. It gets past this many of them in one response, or in as many pages as hold them.
 */
const maxBefore = 100_000

/** Where a request takes the list up: after an anchor, after the caller's cursor, or at the very beginning. */
interface From {
  readonly at: "anchor" | "cursor" | "beginning"
  readonly cursor: string | undefined
  /** How many contacts were delivered after it, and may come again. */
  readonly delivered: number
}

/** One request of the listing. */
interface Segment<A> {
  readonly from: From
  readonly scope: Scope.Closeable
  readonly pull: Pull.Pull<Arr.NonEmptyReadonlyArray<A>, Failure.Failure>
  readonly reply: StreamedReply
  /** The last item it brought. */
  last: Key | undefined
  /** Whether it has brought something of what was delivered before. */
  overlaps: boolean
  /** Whether it has come to what is new. */
  isPast: boolean
  /** How many contacts it has brought that were delivered before. */
  repeated: number
}

/**
 * A list that is complete: every contact that is there from the beginning to the end of the listing (and matches the
 * filter throughout) comes exactly once and in order, or the stream fails and says how far it came.
 *
 * The server pages by the id of the last row, and gives an empty page, as at the end, where that row has been deleted; and
 * a body that was cut after a line looks like a whole one. So a list is taken up again, after a cut, from a contact before
 * the last one, and what comes again is left out; and its end is confirmed by a page after such a contact: if it has that
 * contact's followers, and nothing new, it was the end. Where no contact from before is left, it begins anew.
 */
export const make = <A extends Key, T extends Errors.Tag>(
  steps: Steps<A, T>
): Stream.Stream<A, Operation.Error<Operation.Operation<ReadonlyArray<A>, T>>> =>
  Stream.unwrap(Effect.map(Effect.scope, (scope) => Stream.fromPull(Effect.sync(() => listing(steps, scope)))))

const listing = <A extends Key, T extends Errors.Tag>(steps: Steps<A, T>, scope: Scope.Scope) => {
  type ListError = Operation.Error<Operation.Operation<ReadonlyArray<A>, T>>

  const { operation } = steps
  const frontier = new Frontier(steps.order)
  let segment: Segment<A> | undefined
  /** How many places further back than the nearest the next request begins. */
  let back = 0
  /** Requests, and failed attempts, since something new came. */
  let fruitless = 0
  /** How many of the contacts delivered these requests may bring again. */
  let repeatable = 0
  /** How many of these requests only met contacts before the first one delivered. */
  let before = 0
  let failures = 0
  let sent = 0
  /** What comes after what has been delivered. */
  let ended: Pull.Pull<never, ListError> | undefined

  const toError = (failure: Failure.Failure): ListError =>
    OperationError.make(operation, failure, {
      safety: operation.safety,
      attempts: sent,
      outcome: failure.outcome,
      lastId: frontier.last?.id,
      received: frontier.received
    })

  /** Where the list can be taken up, the nearest first. Before anything has come, that is where the caller said. */
  const place = (): From => {
    const delivered = frontier.received
    const beginning: From = { at: "beginning", cursor: undefined, delivered }
    const cursor: ReadonlyArray<From> =
      steps.cursor === undefined ? [] : [{ ...beginning, at: "cursor", cursor: steps.cursor }]
    if (frontier.last === undefined) return cursor[0] ?? beginning
    const anchors = frontier.anchors.map(({ id, index }): From => ({
      at: "anchor",
      cursor: id,
      delivered: delivered - index - 1
    }))
    return [...anchors, ...cursor][back] ?? beginning
  }

  /**
   * Counts a request that may bring nothing new. The server may lead it on in ever smaller steps; a truthful one needs no
   * more than this to get past what was delivered.
   */
  const spend = (from: From): Effect.Effect<void, ListError> =>
    Effect.suspend(() => {
      repeatable = Math.max(repeatable, from.delivered)
      return ++fruitless > maxFruitless + repeatable / leastProgress
        ? Effect.fail(toError(Failure.unexpected(200, "The server keeps ending the list too early")))
        : Effect.void
    })

  const begin = Effect.fnUntraced(function* (): Effect.fn.Return<Segment<A>, ListError> {
    const from = place()
    yield* spend(from)
    const own = Scope.forkUnsafe(scope)
    // A resumed list brings some items again, which the server would count.
    const take = frontier.last === undefined ? steps.take : undefined
    const reply = yield* Effect.mapError(steps.open({ cursor: from.cursor, take }, own, failures), (error) => {
      sent += Math.max(0, error.attempts - failures)
      return toError(OperationError.toFailure(error))
    })
    sent += reply.attempts - failures
    failures = reply.attempts - 1
    return {
      from,
      scope: own,
      pull: ItemStream.make(operation, reply),
      reply,
      last: undefined,
      overlaps: false,
      isPast: frontier.last === undefined,
      repeated: 0
    }
  })

  const finish = (current: Segment<A>) =>
    Effect.suspend(() => {
      segment = undefined
      return Scope.close(current.scope, Exit.void)
    })

  /** What is new in a batch. */
  const accept = Effect.fnUntraced(function* (
    current: Segment<A>,
    items: ReadonlyArray<A>
  ): Effect.fn.Return<ReadonlyArray<A>> {
    // Each request goes forward all the time, also through what was delivered before: so it has an end.
    const inOrder = countInOrder(steps.order, items, current.last)
    const ordered = inOrder === items.length ? items : items.slice(0, inOrder)
    if (inOrder < items.length) {
      // Made when it is reached: what comes before it is still to be delivered.
      ended = Effect.suspend(() =>
        Effect.fail(toError(Failure.unexpected(200, "The list goes back to what it has been past")))
      )
    }
    current.last = ordered.at(-1) ?? current.last
    let fresh = ordered
    if (!current.isPast) {
      const at = ordered.findIndex((item) => frontier.isBeyond(item))
      fresh = at === -1 ? [] : ordered.slice(at)
      current.overlaps ||= at !== 0
      current.repeated += ordered.length - fresh.length
      if (current.repeated > current.from.delivered + maxBefore) {
        ended = Effect.suspend(() => Effect.fail(toError(Failure.unexpected(200, "The list repeats without end"))))
      }
      if (fresh.length === 0) return []
      // After a row that has stopped matching the filter, the server leaves out the next one that does.
      if (steps.filtered && !current.overlaps && current.from.at !== "beginning") {
        back++
        ended = undefined
        yield* finish(current)
        return []
      }
      current.isPast = true
    }
    frontier.deliver(fresh)
    if (fresh.length > 0) {
      back = 0
      fruitless = 0
      repeatable = 0
      before = 0
      failures = 0
    }
    return fresh
  })

  /** A request has ended as a list ends. Was that the end of it? */
  const conclude = Effect.fnUntraced(function* (): Effect.fn.Return<void, ListError> {
    while (true) {
      const from = place()
      yield* spend(from)
      const items = yield* ask(steps.page(from.cursor))
      if (items.some((item) => frontier.isBeyond(item))) return
      const next = items.at(-2)
      if (items.length >= pageSize && next !== undefined) {
        // There may be more behind a page full of what was delivered before.
        if (frontier.isBefore(next) && before++ < maxBefore / pageSize) fruitless--
        frontier.survives(next)
        back = 0
        continue
      }
      if (items.length > 0 || from.at === "beginning") {
        ended = Cause.done()
        return
      }
      if (frontier.last === undefined && steps.cursor !== undefined) {
        if (!(yield* ask(steps.exists(steps.cursor)))) {
          const gone = { ...Failure.refused("cursor", "no contact has this id any more"), outcome: "rejected" } as const
          return yield* Effect.fail(toError(gone))
        }
        ended = Cause.done()
        return
      }
      back++
    }
  })

  const ask = <B>(question: Effect.Effect<Answered<B>, Errors.ContactError>): Effect.Effect<B, ListError> =>
    Effect.matchEffect(question, {
      onSuccess: ({ attempts, value }) => {
        sent += attempts
        return Effect.succeed(value)
      },
      onFailure: (error) => {
        sent += error.attempts
        return Effect.fail(toError(OperationError.toFailure(error)))
      }
    })

  const recover = Effect.fnUntraced(function* (
    current: Segment<A>,
    failure: Failure.Failure
  ): Effect.fn.Return<void, ListError> {
    const { onFailure, retry } = current.reply
    yield* finish(current)
    yield* onFailure(failure)
    failures++
    const progress = { safety: operation.safety, attempts: failures, conflictRetries: 0 }
    if (!Retry.isAllowed(retry, progress, failure)) return yield* Effect.fail(toError(failure))
    yield* Effect.sleep(yield* Retry.delay(retry, failures, failure))
  })

  return Effect.gen(function* (): Effect.fn.Return<Arr.NonEmptyReadonlyArray<A>, ListError | Cause.Done> {
    while (true) {
      if (ended !== undefined) return yield* ended
      segment ??= yield* begin()
      const current = segment
      const pulled = yield* Effect.result(current.pull)
      if (Result.isSuccess(pulled)) {
        const fresh = yield* accept(current, pulled.success)
        if (Arr.isReadonlyArrayNonEmpty(fresh)) return fresh
      } else if (Cause.isDone(pulled.failure)) {
        yield* finish(current)
        yield* conclude()
      } else {
        yield* recover(current, pulled.failure)
      }
    }
  })
}
