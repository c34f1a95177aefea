/** The two transports of the floor: `fetch`, and the dispatcher of undici. */
import type { Dispatcher } from "@effect/platform-node/Undici"

export interface Request {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Callbacks {
  readonly onText: (text: string) => void
  readonly onFailure: (cause: unknown) => void
}

/** A chunk of a body, or its end. */
export interface Chunk {
  readonly done?: boolean | undefined
  readonly value?: Uint8Array | undefined
}

export interface Transport {
  /** Sends a request, and calls back with the text of its reply. The result aborts the request. */
  readonly send: (request: Request, callbacks: Callbacks) => () => void
  /** Sends a request, and gives the function that reads the next chunk of its reply. */
  readonly open: (request: Request, signal: AbortSignal) => Promise<() => Promise<Chunk>>
  readonly close: () => Promise<void>
}

export const overFetch = (origin: string): Transport => ({
  send: ({ path, ...init }, { onFailure, onText }) => {
    const controller = new AbortController()
    fetch(`${origin}${path}`, { ...init, redirect: "manual", signal: controller.signal })
      .then((response) => response.text())
      .then(onText, onFailure)
    return () => controller.abort()
  },
  open: async ({ path, ...init }, signal) => {
    const { body } = await fetch(`${origin}${path}`, { ...init, redirect: "manual", signal })
    if (body === null) return async () => ({ done: true })
    const reader = body.getReader()
    return () => reader.read()
  },
  close: async () => undefined
})

/** The text of a reply, as undici's dispatcher reports it. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #callbacks: Callbacks
  readonly #chunks: Array<Uint8Array> = []
  #controller: Dispatcher.DispatchController | undefined

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks
  }

  abort(): void {
    this.#controller?.abort(new Error("The request was aborted"))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
  }

  onResponseStart(): void {
    // Undici insists on the method. The floor reads neither the status nor the headers.
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const text = Buffer.concat(this.#chunks).toString()
    // Undici frees the connection after this, and the next request is to use it.
    setImmediate(() => this.#callbacks.onText(text))
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#callbacks.onFailure(error)
  }
}

export const overUndici = (agent: Dispatcher, origin: string): Transport => ({
  send: (request, callbacks) => {
    const exchange = new Exchange(callbacks)
    agent.dispatch({ ...request, origin, headersTimeout: 0, bodyTimeout: 0 }, exchange)
    return () => exchange.abort()
  },
  open: async (request, signal) => {
    const { body } = await agent.request({ ...request, origin, signal })
    const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]()
    return () => chunks.next()
  },
  close: () => agent.close()
})
