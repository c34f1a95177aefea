import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import type * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import { ListProgress } from "../list/ListProgress.ts"
import * as FindBatches from "./FindBatches.ts"
import { find } from "./FindOperation.ts"
import * as FindQuery from "./FindQuery.ts"
import * as FindRequest from "./FindRequest.ts"
import type { FoundContact } from "./FoundContact.ts"

type FindError = Operation.Error<typeof find>

/** A batch that is being read. */
interface Reading {
  readonly batch: FindBatches.Batch
  readonly progress: ListProgress<FoundContact>
}

/**
 * A lookup that is complete: every contact that exists and matches from its beginning to its end comes exactly once, and in the
 * order of its batch, or the stream fails and says how far it came.
 *
 * The server pages by the id of a contact. If that contact has been deleted, it answers with an empty page, as at the end. So a
 * page is requested from a contact before the last one, and has to repeat the contacts that follow: see {@link ListProgress}. The
 * end is a page that is not empty, and that the server says is the last.
 */
class ContactFind {
  readonly #runner: OperationRunner
  readonly #batches: FindBatches.Batches
  #nextBatch = 0
  #reading: Reading | undefined
  /** The ids of the delivered contacts, if another batch can find them again. */
  readonly #delivered = new Set<string>()
  #received = 0
  #lastId: string | undefined
  /** The attempts of all requests so far. */
  #attempts = 0
  /** The failure that comes after the last contacts. */
  #failure: Failure.Failure | undefined

  constructor(runner: OperationRunner, batches: FindBatches.Batches) {
    this.#runner = runner
    this.#batches = batches
    this.#beginBatch()
  }

  /** The next contacts. */
  readonly pull: Pull.Pull<Arr.NonEmptyReadonlyArray<FoundContact>, FindError> = Effect.suspend(() => this.#next())

  readonly #next = Effect.fnUntraced(function* (
    this: ContactFind
  ): Effect.fn.Return<Arr.NonEmptyReadonlyArray<FoundContact>, FindError | Cause.Done> {
    while (true) {
      if (this.#failure !== undefined) return yield* Effect.fail(this.#error(this.#failure))
      if (this.#reading === undefined) return yield* Cause.done()
      const contacts = yield* this.#readPage(this.#reading)
      if (Arr.isReadonlyArrayNonEmpty(contacts)) return contacts
    }
  })

  #beginBatch(): void {
    const { batches, isFiltered } = this.#batches
    const batch = batches[this.#nextBatch++]
    if (batch === undefined) {
      this.#reading = undefined
      return
    }
    const { order } = batch.variables
    this.#reading = { batch, progress: new ListProgress({ order, cursor: undefined, isFiltered }) }
  }

  /** Requests a page of a batch. Returns its new contacts. */
  readonly #readPage = Effect.fnUntraced(function* (
    this: ContactFind,
    { batch, progress }: Reading
  ): Effect.fn.Return<ReadonlyArray<FoundContact>, FindError> {
    const { place } = progress
    if (!progress.countRequest(place)) return this.#failAfter("The server keeps ending the lookup too early", [])
    const { edges, pageInfo } = yield* this.#send(FindQuery.body(batch.variables, place.cursor))
    const contacts = edges.map(({ node }) => node)
    const { newItems, next } = progress.accept(progress.read(place), contacts)
    if (next === "begin further back") return []
    const found = this.#deliver(batch, newItems)
    if (next !== undefined) return this.#failAfter(next.failWith, found)
    if (contacts.length > 0 && !pageInfo.hasNextPage) this.#beginBatch()
    else if (newItems.length === 0) {
      switch (progress.confirm(place, contacts, pageInfo.hasNextPage)) {
        case "empty":
          progress.stepBack()
          break
        case "end":
          if (pageInfo.hasNextPage) return this.#failAfter("The server's pages are too short", found)
          this.#beginBatch()
      }
    }
    return found
  })

  /** Counts the contacts that match exactly as delivered. */
  #deliver(batch: FindBatches.Batch, contacts: ReadonlyArray<FoundContact>): ReadonlyArray<FoundContact> {
    const found = contacts.filter((contact) => batch.matches(contact) && !this.#delivered.has(contact.id))
    if (this.#batches.canOverlap) for (const { id } of found) this.#delivered.add(id)
    this.#received += found.length
    this.#lastId = found.at(-1)?.id ?? this.#lastId
    return found
  }

  /** Lets the lookup fail after these contacts. */
  #failAfter(description: string, contacts: ReadonlyArray<FoundContact>): ReadonlyArray<FoundContact> {
    this.#failure = Failure.unexpected(200, description)
    return contacts
  }

  /** Sends a request, and counts its attempts. */
  #send(body: object) {
    return Effect.matchEffect(this.#runner.run(find, { body }), {
      onSuccess: ({ attempts, value }) => {
        this.#attempts += attempts
        return Effect.succeed(value.data.contacts)
      },
      onFailure: (error) => {
        this.#attempts += error.attempts
        return Effect.fail(this.#error(OperationError.toFailure(error)))
      }
    })
  }

  #error(failure: Failure.Failure): FindError {
    return OperationError.make(find, failure, {
      safety: find.safety,
      attempts: this.#attempts,
      outcome: failure.outcome,
      lastId: this.#lastId,
      received: this.#received
    })
  }
}

/** The lookup of a request, once the request is checked. An invalid request is refused, and nothing is sent. */
export const make = /* @__PURE__ */ Effect.fnUntraced(function* <R>(
  client: Effect.Effect<OperationRunner, never, R>,
  request: unknown
): Effect.fn.Return<Stream.Stream<FoundContact, FindError>, FindError, R> {
  const batches = yield* batchesOf(request)
  const runner = yield* client
  return Stream.fromPull(Effect.sync(() => new ContactFind(runner, batches).pull))
})

const batchesOf = (request: unknown): Effect.Effect<FindBatches.Batches, FindError> =>
  Effect.suspend(() => Effect.fromResult(Result.flatMap(FindRequest.check(request), FindBatches.make))).pipe(
    Effect.mapError(({ description, field }) => OperationError.refusal(find, Failure.refused(field, description)))
  )
