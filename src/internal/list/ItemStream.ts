import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import type * as SchemaIssue from "effect/SchemaIssue"
import type * as Errors from "../../Errors.ts"
import type { StreamedReply } from "../call/reply/StreamedReply.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as TransportFailure from "../call/failure/TransportFailure.ts"
import * as Transport from "../transport/Transport.ts"
import * as JsonLines from "./JsonLines.ts"
import type * as Operation from "../call/Operation.ts"
import * as Reply from "../call/reply/Reply.ts"
import * as Validate from "../call/request/Validate.ts"
import { Deadline } from "../call/Deadline.ts"

type ListOperation<A> = Operation.Operation<ReadonlyArray<A>, Errors.Tag>

const itemBegin = '{"type":"item","data":'

/** The event of a line that is not an item. */
class OtherEvent {
  readonly event: unknown

  constructor(event: unknown) {
    this.event = event
  }
}

/**
 * The data of an item, or the event of any other line. Fast path: if the text between the beginning of an item as the server
 * writes it and its last brace is JSON, then so is the line, and the event around it needs no parsing. For the garbage
 * collector's sake it makes no object for the event of an item: see bench/profile.ts.
 */
const parseLine = (line: string): unknown => {
  // `startsWith`, but three times as fast.
  if (line.lastIndexOf(itemBegin, 0) === 0 && line.endsWith("}}")) {
    try {
      return JSON.parse(line.slice(itemBegin.length, -1))
    } catch {
      // The event has more than its data, or the line is not JSON.
    }
  }
  const event: unknown = JSON.parse(line)
  return Predicate.isObject(event) && event["type"] === "item" ? event["data"] : new OtherEvent(event)
}

/** The items of some lines, and possibly a failure after the last of them. */
interface Batch<A> {
  readonly items: ReadonlyArray<A>
  readonly failure?: Failure.Failure | undefined
}

/** The index of the item that a decoding issue is about. */
const itemIndexOf = (issue: SchemaIssue.Issue): number => {
  const [index] = Validate.problemOf(issue, "0").field.split(".")
  return Number(index)
}

/** The number of the line that an item is on, by the index of the item. */
const lineOfItem = (lines: JsonLines.Lines, index: number): number => {
  let itemsBefore = index
  return lines.lineOf(lines.values.findIndex((value) => !(value instanceof OtherEvent) && itemsBefore-- === 0))
}

/** Decodes the data of the `item` events of some lines together, up to the first that cannot be decoded. */
const decodeItems = <A>(
  operation: ListOperation<A>,
  reply: StreamedReply,
  lines: JsonLines.Lines,
  data: ReadonlyArray<unknown>
): Batch<A> => {
  if (data.length === 0) return { items: [] }
  const decoded = operation.decode(data)
  if (Result.isSuccess(decoded)) return { items: decoded.success }
  const invalid = itemIndexOf(decoded.failure)
  const { field, description } = Validate.problemOf(decoded.failure, "")
  const fieldOfItem = field.split(".").slice(1).join(".")
  const failure = Failure.unexpected(
    reply.head.status,
    `Line ${lineOfItem(lines, invalid)} is no ${operation.streams}: ${fieldOfItem === "" ? "" : `${fieldOfItem}: `}${description}`
  )
  return { items: Result.getOrElse(operation.decode(data.slice(0, invalid)), () => []), failure }
}

/**
 * Reads the events of a list (wire contract 5.2). Only `item` and `error` events count: keep-alives and unknown events
 * are skipped.
 */
const readEvents = <A>(operation: ListOperation<A>, reply: StreamedReply, lines: JsonLines.Lines): Batch<A> => {
  const status = reply.head.status
  const data: Array<unknown> = []
  let failure = lines.problem === undefined ? undefined : Failure.unexpected(status, `The list's ${lines.problem}`)
  let index = -1
  for (const value of lines.values) {
    index++
    if (!(value instanceof OtherEvent)) {
      data.push(value)
      continue
    }
    const { event } = value
    if (!Predicate.isObject(event) || typeof event["type"] !== "string") {
      failure = Failure.unexpected(status, `Line ${lines.lineOf(index)} is no event`)
      break
    }
    if (event["type"] === "error") {
      failure =
        Reply.failureInside(operation, reply, event["data"]) ??
        Failure.unexpected(status, `Line ${lines.lineOf(index)} is an error without a code or a message`)
      break
    }
  }
  return { failure, ...decodeItems(operation, reply, lines, data) }
}

/** The items of several chunks, up to the first failure. */
const readChunks = <A>(
  operation: ListOperation<A>,
  reply: StreamedReply,
  reader: JsonLines.Reader,
  chunks: ReadonlyArray<Uint8Array>
): Batch<A> => {
  const items: Array<A> = []
  for (const chunk of chunks) {
    const batch = readEvents(operation, reply, reader.push(chunk))
    if (chunks.length === 1) return batch
    for (const item of batch.items) items.push(item)
    if (batch.failure !== undefined) return { items, failure: batch.failure }
  }
  return { items }
}

type Items<A> = Pull.Pull<Arr.NonEmptyReadonlyArray<A>, Failure.Failure>

/**
 * The items of a list's response, in the batches in which they arrive. A batch is decoded when it is pulled. The items end
 * when the body ends after a whole line; if the body is cut, or is not as expected, they fail.
 */
export const make = <A>(operation: ListOperation<A>, reply: StreamedReply): Items<A> => {
  const { status } = reply.head
  const reader = new JsonLines.Reader(parseLine)
  let ended: Pull.Pull<never, Failure.Failure> | undefined

  const fail = (failure: Failure.Failure) => Effect.fail(Reply.withRequestId(failure, reply))

  const lastLine = (): Batch<A> => {
    const lines = reader.end()
    // A body that ends within a line was cut, even if the transport reports its end.
    if (lines.problem !== undefined) return { items: [], failure: TransportFailure.make(undefined, 200) }
    return readEvents(operation, reply, lines)
  }

  const deliver = (batch: Batch<A>, deadline: Deadline): Items<A> => {
    if (batch.failure !== undefined) ended = fail(batch.failure)
    return Arr.isReadonlyArrayNonEmpty(batch.items) ? Effect.succeed(batch.items) : next(deadline)
  }

  const next = (deadline: Deadline): Items<A> =>
    ended ??
    // A pull of what has arrived takes no time, so keep-alives could go on for ever.
    Effect.matchEffect(deadline.left === 0 ? Transport.outOfTime : reply.body.pull(deadline.left), {
      onSuccess: (chunks) => deliver(readChunks(operation, reply, reader, chunks), deadline),
      onFailure: (error) => {
        if (Cause.isDone(error)) {
          ended = Cause.done()
          return deliver(lastLine(), deadline)
        }
        return fail(
          error._tag === "BodyError" ? TransportFailure.make(error.cause, status) : Failure.timeout("idle", status)
        )
      }
    })

  return Effect.clockWith((clock) => next(new Deadline(clock, Duration.toMillis(reply.idle))))
}
