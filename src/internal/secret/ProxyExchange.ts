import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { Deadline } from "../call/Deadline.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as TransportFailure from "../call/failure/TransportFailure.ts"
import type * as Operation from "../call/Operation.ts"
import * as Reply from "../call/reply/Reply.ts"
import { timeoutOrElse } from "../call/Timeout.ts"
import * as Transport from "../transport/Transport.ts"
import * as ProxyRefusal from "./ProxyRefusal.ts"

/** The largest error of the server itself. Its messages hold a URL with a JWT. */
const maxOwnBytes = 16 * 1024

/** The chunks of a body that have been read, and whether they are all. */
interface Beginning {
  readonly chunks: ReadonlyArray<Uint8Array>
  readonly isWhole: boolean
}

/** Reads a body to its end, or until it is too long for an error of the server itself. */
const readBeginning = (
  { body, head: { status } }: Reply.OpenReply,
  deadline: Deadline
): Effect.Effect<Beginning, Failure.Failure> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  const next: Effect.Effect<Beginning, Failure.Failure> = Effect.suspend(() =>
    Effect.matchEffect(body.pull(deadline.left), {
      onSuccess: (more) => {
        for (const chunk of more) {
          size += chunk.byteLength
          chunks.push(chunk)
        }
        return size > maxOwnBytes ? Effect.succeed({ chunks, isWhole: false }) : next
      },
      onFailure: (error) => {
        if (Cause.isDone(error)) return Effect.succeed({ chunks, isWhole: true })
        return Effect.fail(
          error._tag === "BodyError" ? TransportFailure.make(error.cause, status) : Failure.timeout("body", status)
        )
      }
    })
  )
  return next
}

/** A body whose beginning was read, from its beginning on. */
const fromBeginning = (body: Transport.Body, { chunks, isWhole }: Beginning): Transport.Body => {
  let unread = chunks
  return {
    cancel: body.cancel,
    pull: (limit) =>
      Effect.suspend(() => {
        const arrived = unread
        unread = []
        if (Arr.isReadonlyArrayNonEmpty(arrived)) return Effect.succeed(arrived)
        return isWhole ? Cause.done() : body.pull(limit)
      })
  }
}

/**
 * A reply whose body dies if it is read after it was cancelled. Its transport would report an end, or nothing until the idle
 * timeout.
 */
const untilCancelled = (reply: Reply.OpenReply): Reply.OpenReply => {
  const { cancel, pull } = reply.body
  let isCancelled = false
  const body: Transport.Body = {
    cancel: Effect.suspend(() => {
      isCancelled = true
      return cancel
    }),
    pull: (limit) =>
      Effect.suspend(() =>
        isCancelled
          ? Effect.die(new Error("The body of an answer can be read once, and only before its scope closes"))
          : pull(limit)
      )
  }
  return { ...reply, body }
}

/** The answer of the other service; or the failure that the reply is, if it is an error of the server itself. */
const judge = Effect.fnUntraced(function* (
  operation: Operation.Any,
  reply: Reply.OpenReply,
  deadline: Deadline
): Effect.fn.Return<Reply.OpenReply, Failure.Failure> {
  const { callerValues, head } = reply
  // A browser hides a redirect.
  if (head.status === 0) return yield* Effect.fail(Failure.unexpected(0, "A browser does not show redirects"))
  if (!ProxyRefusal.isPossible(head)) return reply
  const beginning = yield* readBeginning(reply, deadline)
  if (beginning.isWhole) {
    const decoder = new TextDecoder()
    const text = beginning.chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode()
    if (ProxyRefusal.isCertain(head, text)) {
      const body = { chunks: beginning.chunks, problem: undefined }
      return yield* Effect.flatMap(Reply.failure(operation, { head, callerValues, body }), Effect.fail)
    }
  }
  return { ...reply, body: fromBeginning(reply.body, beginning) }
})

/**
 * Sends a request that the server sends on, up to the head of the answer. The scope closes its body. The timeout covers the head,
 * and the body of an error of the server itself.
 */
export const make =
  (operation: Operation.Any, scope: Scope.Scope): Reply.Exchange<Reply.OpenReply> =>
  ({ attempt, callerValues, request, timeout, transport }) =>
    Effect.clockWith((clock) => {
      const deadline = new Deadline(clock, timeout)
      return Effect.flatMap(
        timeoutOrElse(transport.open(request, attempt), timeout, () => Transport.outOfTime),
        ({ body, head }) => {
          const answer = Effect.map(judge(operation, { body, head, callerValues }, deadline), untilCancelled)
          return Effect.onExit(answer, (exit) =>
            exit._tag === "Success" ? Scope.addFinalizer(scope, exit.value.body.cancel) : body.cancel
          )
        }
      )
    })
