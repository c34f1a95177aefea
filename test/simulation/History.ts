/** The events of a simulated world, in order. */
import type * as Errors from "../../src/Errors.ts"

/** The operation of a call, with its request as plain data. */
export type Operation =
  | { readonly kind: "create"; readonly fingerprint: string | undefined; readonly content: Content }
  | { readonly kind: "ensure"; readonly fingerprint: string; readonly content: Content }
  | {
      readonly kind: "update"
      readonly id: string
      readonly nick: string
      readonly fingerprint?: string
      readonly tier?: string
    }
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "fetch"; readonly id: string }
  | ListOperation

export interface ListOperation {
  readonly kind: "list"
  readonly order: "asc" | "desc"
  readonly take: number | undefined
  readonly cursor: string | undefined
  readonly tier: string | undefined
}

/** The content of a new contact. */
export interface Content {
  readonly name: string
  readonly nick: string
  readonly meta: { readonly tier: string }
  readonly verifiedAt?: number
}

/** The end of a call. */
export type End =
  | { readonly kind: "ok"; readonly id: string; readonly nick?: string }
  | { readonly kind: "listed" }
  | { readonly kind: "failed"; readonly error: Errors.ContactError }
  | { readonly kind: "crashed" }

/** An event that is not part of a request: a gateway sent it twice or removed a date, or the client's clock changed. */
export type Incident = "doubled" | "undated" | "clock jumped"

/** A call of one of the clients, or a request of another program. */
export interface Call {
  readonly number: number
  readonly caller: string
  readonly account: string
  readonly operation: Operation
  readonly began: number
  /** The number of the event with which it ended; undefined if the simulation ended first. */
  ended?: number
  end?: End
  /** The option of the client. */
  readonly exactlyOnce: boolean
  /** The requests that the client gave to the network. */
  readonly sent: Array<SentRequest>
  /** The contacts that a list delivered. */
  readonly delivered: Array<{ readonly id: string; readonly createdAt: number; readonly at: number }>
  readonly incidents: Set<Incident>
}

/** A request of a call. */
export interface SentRequest {
  readonly path: string
  readonly query: string
  /** True if it accepts a list as JSON Lines. */
  readonly isStream: boolean
  readonly at: number
  /** True if no connection was made. */
  readonly isRefused: boolean
  /** The number of the event with which its response began to arrive. */
  answered?: number
  status?: number
  /** The number of times it reached the server. */
  arrived: number
}

/** A change of the store. */
export interface Commit {
  readonly at: number
  readonly call: number
  /** The number of the request within the call, from 0. */
  readonly request: number
  readonly kind: "insert" | "update" | "delete"
  readonly account: string
  readonly id: string
  readonly fingerprint: string
  readonly nick: string | null
  readonly isVerified: boolean
  readonly tier: string | undefined
  readonly createdAt: number
}

export class History {
  /** The number of events so far. */
  #events = 0
  readonly calls: Array<Call> = []
  readonly commits: Array<Commit> = []
  readonly #lines: Array<string> = []
  readonly #elapsed: () => number
  /** The short names of ids and generated fingerprints. */
  readonly #names = new Map<string, string>()

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  /** The log of all events. */
  get lines(): ReadonlyArray<string> {
    return this.#lines.map((line) => this.withShortNames(line))
  }

  /** Adds a line to the log. */
  log(line: string): void {
    this.#lines.push(`${(this.#elapsed() / 1000).toFixed(3).padStart(12)} s  ${line}`)
  }

  /** Numbers an event, so that all events have an order. */
  nextEvent(): number {
    return ++this.#events
  }

  begin(call: Omit<Call, "number" | "began" | "sent" | "delivered" | "incidents">): Call {
    const begun = {
      ...call,
      number: this.calls.length,
      began: this.nextEvent(),
      sent: [],
      delivered: [],
      incidents: new Set<Incident>()
    }
    this.calls.push(begun)
    return begun
  }

  /** The contacts that a call made, in order. */
  madeBy(call: Call): ReadonlyArray<Commit> {
    return this.commits.filter((commit) => commit.kind === "insert" && commit.call === call.number)
  }

  /** The changes that a call made. */
  changedBy(call: Call): ReadonlyArray<Commit> {
    return this.commits.filter((commit) => commit.call === call.number)
  }

  /** Replaces ids and generated fingerprints, which are too long to read, by short names. */
  withShortNames(text: string): string {
    return text.replaceAll(/\bc[a-z0-9]{24}\b|\b[0-9a-f]{32}\b/g, (found) => {
      const kind = found.length === 32 ? "fingerprint" : "contact"
      const name = this.#names.get(found) ?? `<${kind} ${this.#names.size + 1}>`
      this.#names.set(found, name)
      return name
    })
  }
}
