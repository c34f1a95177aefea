/**
 * The transport and the `HttpClient` over `fetch` or undici, which report by callbacks. A reply that is read as a whole resumes
 * its fiber once, and starts no other fiber.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import type * as Pull from "effect/Pull"
import * as Timer from "./Timer.ts"
import * as Transport from "./Transport.ts"
import * as TransportResponse from "./TransportResponse.ts"
import { Collector } from "./WholeBody.ts"

/** The next part of a body. `Died` is a bug of the code that delivers it. */
export type BodyPart =
  | { readonly _tag: "Chunks"; readonly chunks: Transport.Chunks }
  | { readonly _tag: "End" }
  | { readonly _tag: "Failed"; readonly cause: unknown }
  | { readonly _tag: "Died"; readonly defect: unknown }

/** The end of a body that is complete. */
export const end: BodyPart = { _tag: "End" }

/** A body that is delivered by callbacks. */
export interface CallbackBody {
  /** Calls back once, possibly before it returns. The function that it may return stops the wait. */
  readonly read: (onPart: (part: BodyPart) => void) => void | (() => void)
  /** Closes the connection, unless the body has ended. */
  readonly cancel: () => void
  /** Cancels the body if its owner is garbage collected before the body is read. */
  readonly cancelWith?: (owner: object) => void
}

/** A reply whose head has arrived. */
export interface CallbackReply {
  readonly head: Transport.ResponseHead
  readonly body: CallbackBody
}

/** The parts of a request as they are sent. */
export interface Outgoing {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly url: string
  /** The client sends nothing but bytes. */
  readonly body: Uint8Array | undefined
  readonly attempt: Transport.AttemptProgress | undefined
  /** The context of the fiber that sends the request. */
  readonly context: Context.Context<never>
}

/** A reply whose head has arrived, or the failure to get one. */
export type ReplyExit = Exit.Exit<CallbackReply, HttpClientError.HttpClientError>

/** Sends a request, and calls back once. The function that it returns aborts the request. */
export type Send = (outgoing: Outgoing, onReply: (reply: ReplyExit) => void) => () => void

/** The URL of a request, if it is valid. One without parameters is parsed by the transport. */
const urlOf = (request: HttpClientRequest.HttpClientRequest): string | undefined =>
  request.urlParams.params.length === 0 && Option.isNone(request.hash)
    ? request.url
    : Option.getOrUndefined(HttpClientRequest.toUrl(request))?.href

/** Takes a request apart and waits to be resumed, or fails since the request cannot be sent. */
const sending = <A, E>(
  request: HttpClientRequest.HttpClientRequest,
  attempt: Transport.AttemptProgress | undefined,
  register: (outgoing: Outgoing, resume: (effect: Effect.Effect<A, E>) => void) => Effect.Effect<void> | void
): Effect.Effect<A, E | HttpClientError.HttpClientError> =>
  Effect.withFiber<A, E | HttpClientError.HttpClientError>(({ context }) => {
    const url = urlOf(request)
    if (url === undefined) return Effect.fail(Transport.invalidUrl(request))
    const { body } = request
    if (body._tag !== "Empty" && body._tag !== "Uint8Array") {
      return Effect.fail(Transport.unsendable(request, { description: "Only a body of bytes can be sent" }))
    }
    const bytes = body._tag === "Empty" ? undefined : body.body
    return Effect.callback((resume) => register({ request, url, body: bytes, attempt, context }, resume))
  })

const toPull = (part: BodyPart): Pull.Pull<Transport.Chunks, Transport.BodyError> => {
  switch (part._tag) {
    case "Chunks":
      return Effect.succeed(part.chunks)
    case "End":
      return Cause.done()
    case "Failed":
      return Effect.fail(new Transport.BodyError(part.cause))
    case "Died":
      return Effect.die(part.defect)
  }
}

const toBody = (body: CallbackBody): Transport.Body => ({
  pull: (limit) =>
    Effect.withFiber(({ context }) =>
      Effect.callback((resume) => {
        let stopTimer: Timer.Stop | undefined
        let isRead = false
        const stopReading = body.read((part) => {
          isRead = true
          stopTimer?.()
          resume(toPull(part))
        })
        if (isRead) return
        stopTimer = Timer.start(context, limit, () => {
          stopReading?.()
          resume(Transport.outOfTime)
        })
        return Effect.sync(() => {
          stopTimer?.()
          stopReading?.()
        })
      })
    ),
  cancel: Effect.sync(() => body.cancel())
})

/** Reads a body of at most `maxBytes`, and calls back once. It leaves it to the caller to close the body. */
const readWhole = (
  { body, head }: CallbackReply,
  maxBytes: number,
  onRead: (reply: Exit.Exit<Transport.WholeReply>) => void
): void => {
  const collector = new Collector(maxBytes)
  const finish = (problem?: Transport.WholeBody["problem"]) =>
    onRead(Exit.succeed({ head, body: collector.end(problem) }))
  /** True if there is more to read. */
  const take = (part: BodyPart): boolean => {
    if (part._tag === "Chunks") {
      if (collector.add(part.chunks)) return true
      finish("longer than the limit")
    } else if (part._tag === "Died") onRead(Exit.die(part.defect))
    else finish(part._tag === "Failed" ? new Transport.BodyError(part.cause) : undefined)
    return false
  }
  // `read` calls back at once if a part has arrived already. A loop, since recursion could overflow the stack.
  const readOn = (): void => {
    for (let isAtHand = true; isAtHand;) {
      isAtHand = false
      let isWaiting = false
      body.read((part) => {
        if (!take(part)) return
        if (isWaiting) readOn()
        else isAtHand = true
      })
      isWaiting = true
    }
  }
  if (collector.isRefused(head)) finish("longer than the limit")
  else readOn()
}

const makeTransport = (send: Send): Transport.Transport => ({
  exchange: (request, { attempt, maxBytes, timeout }) =>
    sending<Transport.WholeReply, HttpClientError.HttpClientError | Transport.TimeLimitError>(
      request,
      attempt,
      (outgoing, resume) => {
        let stopTimer: Timer.Stop | undefined
        let isOver = false
        let body: CallbackBody | undefined
        const finish = (exit: Exit.Exit<Transport.WholeReply, HttpClientError.HttpClientError>) => {
          isOver = true
          stopTimer?.()
          // Although the body may have ended: a decompressor can end before its connection does.
          body?.cancel()
          resume(exit)
        }
        const abort = send(outgoing, (reply) => {
          if (Exit.isFailure(reply)) return finish(Exit.failCause(reply.cause))
          try {
            body = reply.value.body
            attempt.head = reply.value.head
            readWhole(reply.value, maxBytes(reply.value.head), finish)
          } catch (defect) {
            finish(Exit.die(defect))
          }
        })
        const cancel = () => (body === undefined ? abort() : body.cancel())
        if (isOver) return
        stopTimer = Timer.start(outgoing.context, timeout, () => {
          cancel()
          resume(Transport.outOfTime)
        })
        return Effect.sync(() => {
          stopTimer?.()
          cancel()
        })
      }
    ),
  open: (request, attempt) =>
    Effect.map(open(send, request, attempt), ({ body, head }) => {
      attempt.head = head
      return { head, body: toBody(body) }
    })
})

const open = (
  send: Send,
  request: HttpClientRequest.HttpClientRequest,
  attempt: Transport.AttemptProgress | undefined
): Effect.Effect<CallbackReply, HttpClientError.HttpClientError> =>
  sending<CallbackReply, HttpClientError.HttpClientError>(request, attempt, (outgoing, resume) =>
    Effect.sync(send(outgoing, resume))
  )

/**
 * Makes an `HttpClient` that only sends. `HttpClient.make` makes a span, a registration with the garbage
 * collector, and a response around the response for each request, which together cost more than the request.
 */
export const make = (send: Send): Transport.TransportClient =>
  Object.assign(
    HttpClient.makeWith(
      (request: Effect.Effect<HttpClientRequest.HttpClientRequest>) =>
        Effect.withFiber((fiber) =>
          Effect.flatMap(request, (request) =>
            Effect.map(open(send, request, fiber.getRef(Transport.AttemptProgress)), ({ body, head }) => {
              const response = TransportResponse.make(request, head, toBody(body))
              body.cancelWith?.(response)
              return response
            })
          )
        ),
      (request: HttpClientRequest.HttpClientRequest) => Effect.succeed(request)
    ),
    { [Transport.TypeId]: makeTransport(send) }
  )
