/** What happened in a simulated world, in the order in which it did. */
import type * as Errors from "../../src/Errors.ts"

/** What a call asks for, as plain data. */
export type Ask =
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
  | ListAsk

export interface ListAsk {
  readonly kind: "list"
  readonly order: "asc" | "desc"
  readonly take: number | undefined
  readonly cursor: string | undefined
  readonly tier: string | undefined
}

/** What a contact is made with. */
export interface Content {
  readonly name: string
  readonly nick: string
  readonly meta: { readonly tier: string }
  readonly verifiedAt?: number
}

/** How a call ended. */
export type End =
  | { readonly kind: "ok"; readonly id: string; readonly nick?: string }
  | { readonly kind: "listed" }
  | { readonly kind: "failed"; readonly error: Errors.ContactError }
  | { readonly kind: "crashed" }

/** A gateway sent a request twice, or left out the date of an answer; or the client's clock was set meanwhile. */
export type Trouble = "doubled" | "undated" | "clock jumped"

/** A call of one of the clients, or a request of another program. */
export interface Call {
  readonly number: number
  readonly who: string
  readonly account: string
  readonly ask: Ask
  readonly began: number
  /** When it ended, in the same count; none if the simulation ended first. */
  ended?: number
  end?: End
  /** Whether the client was told to do without the guarantee (`exactlyOnce: false`). */
  readonly isGuarded: boolean
  /** The requests that the client handed to the network. */
  readonly sent: Array<Sent>
  /** What a list delivered. */
  readonly delivered: Array<{ readonly id: string; readonly createdAt: number; readonly at: number }>
  /** What happened to it that does not show in its requests. */
  readonly troubles: Set<Trouble>
}

/** A request of a call. */
export interface Sent {
  readonly path: string
  readonly query: string
  /** Whether the reply is to be a list, line by line. */
  readonly isStream: boolean
  readonly at: number
  /** Whether no connection came about. */
  readonly isRefused: boolean
  /** When its response began to arrive, if one did. */
  answered?: number
  status?: number
  /** How often it reached the server. */
  arrived: number
}

/** A change of the store. */
export interface Commit {
  readonly at: number
  readonly call: number
  /** Which request of the call it was, from 0. */
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
  /** Counts everything that happens, so that all of it has an order. */
  #ticks = 0
  readonly calls: Array<Call> = []
  readonly commits: Array<Commit> = []
  readonly #lines: Array<string> = []
  readonly #elapsed: () => number
  /** Short names of ids and generated fingerprints, which are too long to read. */
  readonly #names = new Map<string, string>()

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  /** All that was written down, to be read. */
  get lines(): ReadonlyArray<string> {
    return this.#lines.map((line) => this.plain(line))
  }

  /** Writes down what happens, for whoever reads how a run went wrong. */
  note(line: string): void {
    this.#lines.push(`${(this.#elapsed() / 1000).toFixed(3).padStart(12)} s  ${line}`)
  }

  tick(): number {
    return ++this.#ticks
  }

  begin(call: Omit<Call, "number" | "began" | "sent" | "delivered" | "troubles">): Call {
    const begun = {
      ...call,
      number: this.calls.length,
      began: this.tick(),
      sent: [],
      delivered: [],
      troubles: new Set<Trouble>()
    }
    this.calls.push(begun)
    return begun
  }

  /** The contacts that a call made, in order. */
  madeBy(call: Call): ReadonlyArray<Commit> {
    return this.commits.filter((commit) => commit.kind === "insert" && commit.call === call.number)
  }

  /** What a call changed. */
  changedBy(call: Call): ReadonlyArray<Commit> {
    return this.commits.filter((commit) => commit.call === call.number)
  }

  /** Replaces each id and generated fingerprint in a text by a short name. */
  plain(text: string): string {
    return text.replaceAll(/\bc[a-z0-9]{24}\b|\b[0-9a-f]{32}\b/g, (found) => {
      const kind = found.length === 32 ? "fingerprint" : "contact"
      const name = this.#names.get(found) ?? `<${kind} ${this.#names.size + 1}>`
      this.#names.set(found, name)
      return name
    })
  }
}
