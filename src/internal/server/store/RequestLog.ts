import type { OperationName } from "../OperationName.ts"

/** A request the server has seen. */
export interface SeenRequest {
  /** The operation that the path belongs to, such as `Contact.fetch`; undefined if no operation has the path. */
  readonly operation: OperationName | undefined
  /** The number of the request among those of its operation, from 1; 0 without an operation. */
  readonly attempt: number
  readonly method: string
  /** As sent: undecoded, without the query. */
  readonly path: string
  /** As sent: undecoded, without the question mark; empty if there was none. */
  readonly query: string
  /** Names in lower case; the value of `authorization` is `<redacted>`. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text, empty if there was none; undefined if it was too large or in no known charset. */
  readonly body: string | undefined
  /** The time its head arrived, in milliseconds since the epoch, as a number. */
  readonly time: number
  /** The id of the account it acted as; undefined if it was not authenticated. */
  readonly account: string | undefined
}

/** Keeps the newest requests, up to a limit, and counts them all by operation. */
export class RequestLog {
  readonly #limit: number
  readonly #counts = new Map<string | undefined, number>()
  #seen: Array<SeenRequest> = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Counts a request of an operation, or of none, and returns its number, from 1. */
  count(operation: string | undefined): number {
    const count = this.counted(operation) + 1
    this.#counts.set(operation, count)
    return count
  }

  /** The number of requests of an operation, including those no longer kept. */
  counted(operation: string | undefined): number {
    return this.#counts.get(operation) ?? 0
  }

  /** The number of all requests, including those no longer kept and those of no operation. */
  get total(): number {
    let total = 0
    for (const count of this.#counts.values()) total += count
    return total
  }

  /** Keeps a request. */
  add(request: SeenRequest): void {
    if (this.#limit <= 0) return
    this.#seen.push(request)
    // Dropping half a log at a time keeps the cost of each request constant.
    if (this.#seen.length >= this.#limit * 2) this.#seen = this.#seen.slice(-this.#limit)
  }

  /** The newest requests, oldest first. */
  list(): ReadonlyArray<SeenRequest> {
    return this.#seen.slice(-this.#limit)
  }

  /** Forgets requests and counts. */
  clear(): void {
    this.#seen = []
    this.#counts.clear()
  }
}
