import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Assumptions from "../Assumptions.ts"
import type { Identified, PageRead, ReadPage } from "../faults/Interceptor.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import * as Exceptions from "../http/Exceptions.ts"
import * as Negotiation from "../http/Negotiation.ts"
import { serverError } from "../http/RequestBody.ts"
import * as Reply from "../http/ServerReply.ts"
import type { EventEncoder } from "./EventEncoder.ts"
import type { Paging } from "./Paging.ts"

type Replied = Effect.Effect<HttpServerResponse, ApiFailure.ApiFailure, Scope>

const encoder = new TextEncoder()

/**
 * One page as a JSON document (wire contract 4). If it takes too long, the reply commits to status 200, and the
 * document or the error follows (5.5). `startedAt` is the time the request arrived, in milliseconds since the epoch.
 */
export const page = <Row extends Identified>(options: {
  readonly rows: PageRead<Row>
  readonly toJson: (row: Row) => string
  readonly startedAt: number
}): Replied =>
  Effect.gen(function* () {
    const document = Effect.map(options.rows, (rows) => pageJson(rows, options.toJson)).pipe(Exceptions.toFailure)
    const work = yield* startInScope(document)
    const elapsed = (yield* Clock.currentTimeMillis) - options.startedAt
    const timeLeft = Math.min(Assumptions.commitAfterMillis, Assumptions.maxWaitMillis - elapsed)
    const inTime = yield* resultWithin(work, Math.max(0, timeLeft))
    return Option.match(inTime, {
      onSome: Reply.json,
      onNone: () => Reply.stream(lateDocument(work), Negotiation.contentTypes.json)
    })
  })

/**
 * All pages as a stream of events (wire contract 5.1 and 5.2). A failure before the first event fails the reply; a
 * later one becomes an error event. A first row that the server can't write is a 500 of Next.js (5.4).
 */
export const stream = <Row extends Identified>(options: {
  readonly read: ReadPage<Row>
  readonly paging: Paging
  readonly encoder: EventEncoder<Row>
  readonly contentType: string
}): Replied =>
  Effect.gen(function* () {
    const { encoder, paging } = options
    const read = (cursor: string | undefined) => Exceptions.toFailure(options.read(cursor))
    const work = yield* startInScope(read(paging.cursor))
    const inTime = yield* resultWithin(work, Assumptions.nopAfterMillis)
    const silent = Option.isNone(inTime)
    const firstRow = Option.getOrElse(inTime, () => []).slice(0, 1)
    if (encoder.items(firstRow, true).breaksOff) return Reply.plain(serverError)
    const items = pages(Fiber.join(work), read, paging.budget).pipe(
      Stream.zipWithIndex,
      // The header line is sent with the first event or not at all.
      Stream.mapEffect(([rows, index]) => Exceptions.attempt(() => encoder.items(rows, index === 0 && !silent))),
      Stream.takeUntil(({ breaksOff }) => breaksOff),
      Stream.map(({ text }) => text),
      Stream.catchTag("ApiFailure", (failure) => Stream.succeed(encoder.error(failure)))
    )
    const events = silent ? Stream.concat(Stream.succeed(encoder.nop), items) : items
    return Reply.stream(encoded(events), options.contentType)
  })

/** The pages of a list, each read when the stream is pulled, until one is empty or the budget is used up. */
const pages = <Row extends Identified>(
  first: PageRead<Row>,
  read: ReadPage<Row>,
  budget: number
): Stream.Stream<ReadonlyArray<Row>, ApiFailure.ApiFailure> =>
  Stream.unfold({ next: Option.some(first), budget }, ({ next, budget }) =>
    Option.match(next, {
      onNone: () => Effect.undefined,
      onSome: Effect.map((rows) => {
        const last = rows.at(-1)
        const left = budget - rows.length
        return last === undefined
          ? undefined
          : ([rows, { next: left > 0 ? Option.some(read(last.id)) : Option.none(), budget: left }] as const)
      })
    })
  )

const pageJson = <Row extends Identified>(rows: ReadonlyArray<Row>, toJson: (row: Row) => string): string => {
  const last = rows.at(-1)
  return last === undefined
    ? '{"items":[]}'
    : `{"items":[${rows.map(toJson).join(",")}],"cursor":${JSON.stringify(last.id)}}`
}

const lateDocument = (work: Fiber.Fiber<string, ApiFailure.ApiFailure>): Stream.Stream<Uint8Array> =>
  encoded(
    Stream.fromEffect(
      Fiber.join(work).pipe(
        Effect.catchTag("ApiFailure", (failure) => Effect.succeed(ApiFailure.toStreamJson(failure)))
      )
    )
  )

const encoded = (texts: Stream.Stream<string>): Stream.Stream<Uint8Array> =>
  texts.pipe(
    Stream.filter((text) => text !== ""),
    Stream.map((text) => encoder.encode(text))
  )

/** Starts work that may go on after the reply has started, and that is interrupted with the request. */
const startInScope = <A>(work: Effect.Effect<A, ApiFailure.ApiFailure>) =>
  Effect.flatMap(Effect.scope, (scope) => Effect.forkIn(work, scope, { startImmediately: true }))

/** The result, if there is one within that many milliseconds. The work goes on either way. */
const resultWithin = <A>(
  work: Fiber.Fiber<A, ApiFailure.ApiFailure>,
  millis: number
): Effect.Effect<Option.Option<A>, ApiFailure.ApiFailure> =>
  Effect.suspend(() =>
    work.pollUnsafe() === undefined ? Effect.timeoutOption(Fiber.join(work), millis) : Effect.asSome(Fiber.join(work))
  )
