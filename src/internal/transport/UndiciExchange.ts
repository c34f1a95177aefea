import type { Dispatcher } from "@effect/platform-node/Undici"
import * as Arr from "effect/Array"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import * as Timers from "node:timers"
import * as Decompress from "./Decompress.ts"
import {
  type BodyPart,
  end,
  type CallbackReply,
  type ReplyExit,
  type Outgoing,
  type CallbackBody
} from "./CallbackTransport.ts"
import * as Transport from "./Transport.ts"

/** Imported, since the fake timers of a test replace the global one, and would not call back. */
const { setImmediate } = Timers

/** The number of bytes that may wait for their reader before the socket is paused. */
const highWaterMark = 256 * 1024

const interrupted = () => new Error("The request was interrupted")

/**
 * Drops a request that was interrupted while it waited for a connection. Undici's own abort would close the connection, and the
 * next request in the queue would have to open another. After an exception, undici only drops the request. Interceptors have
 * controllers of their own, and expect no exception.
 */
const withdraw = (controller: Dispatcher.DispatchController): void => {
  if (controller.constructor.name === "RequestController") throw interrupted()
  controller.abort(interrupted())
}

/**
 * Closes the connection of a response that was garbage collected before its body was read. The registered value
 * must not refer to the response, or the response is never collected. The reader of a body closes it, so the response is
 * unregistered when the first chunk is requested.
 */
const unread = new FinalizationRegistry<Dispatcher.DispatchController>((controller) => controller.abort(interrupted()))

/** The head of a response of undici. */
class Head implements Transport.ResponseHead {
  readonly status: number
  readonly #received: Readonly<Record<string, string | Array<string> | undefined>>
  readonly #url: string
  readonly #isDecompressed: boolean

  constructor(
    status: number,
    received: Readonly<Record<string, string | Array<string> | undefined>>,
    url: string,
    isDecompressed: boolean
  ) {
    this.status = status
    this.#received = received
    this.#url = url
    this.#isDecompressed = isDecompressed
  }

  readonly header = (name: string): string | undefined => {
    // They describe the compressed body, and the caller gets the decompressed one.
    if (this.#isDecompressed && compressionHeaders.includes(name)) return undefined
    const value = this.#received[name]
    return typeof value === "string" ? value : value?.join(", ")
  }

  get headers(): Headers.Headers {
    const headers = Headers.fromInput(this.#received)
    return this.#isDecompressed ? Headers.removeMany(headers, compressionHeaders) : headers
  }

  get setCookie(): ReadonlyArray<string> {
    return Arr.ensure(this.#received["set-cookie"] ?? [])
  }

  get url(): string {
    const { hash, href } = new URL(this.#url)
    return hash === "" ? href : href.slice(0, -hash.length)
  }
}

const compressionHeaders = ["content-encoding", "content-length"]

/** One request and its response, as undici's dispatcher reports them. */
export class UndiciExchange implements Dispatcher.DispatchHandler, CallbackBody {
  readonly #outgoing: Outgoing
  /** Dropped after the call, since it refers to the fiber, and the fiber to the response. */
  #onReply: ((reply: ReplyExit) => void) | undefined
  #controller: Dispatcher.DispatchController | undefined
  #isOver = false
  #hasHead = false
  #isRegistered = false
  /** The reply, until the callback has it. */
  #reply: CallbackReply | undefined
  #chunks: Array<Uint8Array> = []
  #buffered = 0
  /** The last part of the body, once it has arrived. */
  #ended: BodyPart | undefined
  /** The reader that waits for the next chunks. */
  #reader: ((part: BodyPart) => void) | undefined

  constructor(outgoing: Outgoing, onReply: (reply: ReplyExit) => void) {
    this.#outgoing = outgoing
    this.#onReply = onReply
    if (outgoing.attempt?.state === "unknown") outgoing.attempt.state = "not-sent"
  }

  read(onPart: (part: BodyPart) => void): void | (() => void) {
    this.#unregister()
    const part = this.#take()
    if (part !== undefined) return onPart(part)
    this.#reader = onPart
    return () => {
      this.#reader = undefined
    }
  }

  /** Closes the connection, unless the exchange is over. */
  cancel(): void {
    if (this.#isOver) return
    this.#finish()
    this.#onReply = undefined
    this.#reply = undefined
    this.#controller?.abort(interrupted())
  }

  cancelWith(response: object): void {
    if (this.#isOver || this.#controller === undefined) return
    this.#isRegistered = true
    unread.register(response, this.#controller, this)
  }

  /** Fails the request without a response; a bug is a defect. */
  fail(cause: unknown): void {
    this.#finish()
    this.#callBack(isBug(cause) ? Exit.die(cause) : Exit.fail(Transport.failed(this.#outgoing.request, cause)))
  }

  /** Undici calls this just before it writes the request to its connection, and sends nothing before. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) return withdraw(controller)
    this.#controller = controller
    if (this.#outgoing.attempt !== undefined) this.#outgoing.attempt.state = "sent"
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | Array<string> | undefined>>
  ): void {
    // A status below 200 only announces the response.
    if (status < 200 || this.#isOver) return
    this.#hasHead = true
    const decompressed = Decompress.make(this, headers["content-encoding"])
    this.#reply = {
      head: new Head(status, headers, this.#outgoing.url, decompressed !== undefined),
      body: decompressed ?? this
    }
    // Not before undici has handled what arrived together with the headers. If that is the whole body, its end answers.
    queueMicrotask(() => {
      if (!this.#isOver) this.#answer()
    })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#isOver) return
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    if (this.#buffered > highWaterMark) controller.pause()
    this.#wake()
  }

  onResponseEnd(): void {
    if (this.#isOver) return
    this.#finish()
    // The caller continues after undici has freed the connection; otherwise the next request would open another one. Undici
    // frees it in an immediate, which it schedules when this method returns.
    queueMicrotask(() =>
      setImmediate(() => {
        this.#end(end)
        this.#answer()
      })
    )
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return
    if (!this.#hasHead) return this.fail(error)
    this.#finish()
    queueMicrotask(() => {
      this.#end(isBug(error) ? { _tag: "Died", defect: error } : { _tag: "Failed", cause: error })
      this.#answer()
    })
  }

  /** Nothing more comes from undici, and nothing is left to abort. */
  #finish(): void {
    this.#isOver = true
    this.#unregister()
  }

  #unregister(): void {
    if (!this.#isRegistered) return
    this.#isRegistered = false
    unread.unregister(this)
  }

  #callBack(reply: ReplyExit): void {
    const onReply = this.#onReply
    this.#onReply = undefined
    onReply?.(reply)
  }

  /** Calls back with the reply, once. */
  #answer(): void {
    const reply = this.#reply
    this.#reply = undefined
    if (reply !== undefined) this.#callBack(Exit.succeed(reply))
  }

  #end(ended: BodyPart): void {
    this.#ended = ended
    this.#wake()
  }

  #take(): BodyPart | undefined {
    const chunks = this.#chunks
    if (!Arr.isArrayNonEmpty(chunks)) return this.#ended
    const isPaused = this.#buffered > highWaterMark
    this.#chunks = []
    this.#buffered = 0
    // More chunks may arrive before this returns.
    if (isPaused) this.#controller?.resume()
    return { _tag: "Chunks", chunks }
  }

  /** Gives the waiting reader all chunks that arrived together, once undici has handled them. */
  #wake(): void {
    if (this.#reader === undefined) return
    queueMicrotask(() => {
      const reader = this.#reader
      const part = reader === undefined ? undefined : this.#take()
      if (part === undefined) return
      this.#reader = undefined
      reader?.(part)
    })
  }
}

/** An error that JavaScript throws when code is wrong. Node's refusals of an argument have a code. */
const isBug = (cause: unknown): boolean =>
  (cause instanceof TypeError || cause instanceof ReferenceError || cause instanceof RangeError) && !("code" in cause)
