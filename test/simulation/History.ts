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
      readonly email?: string
      readonly tier?: string
    }
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "fetch"; readonly id: string }
  | ListOperation
  | ItemsOperation
  | FindOperation
  | SecretsOperation
  | ActionOperation

interface Selection {
  readonly order: "asc" | "desc"
  readonly take: number | undefined
  readonly cursor: string | undefined
  readonly tier: string | undefined
}

/** A list or an export of contacts. */
export type ListOperation = Selection & ({ readonly kind: "list" } | { readonly kind: "export" })

/** A list of the items of one kind that a contact has. */
export interface ItemsOperation extends Selection {
  readonly kind: "items"
  readonly items: ItemKind
  readonly contactId: string
}

export type ItemKind = "conversation" | "memory" | "rating" | "space" | "task"

/** A lookup of contacts. */
export interface FindOperation {
  readonly kind: "find"
  readonly order: "asc" | "desc"
  readonly by: "ids" | "fingerprints" | "emails" | "nothing"
  /** The values that some contacts have, or had. */
  readonly values: ReadonlyArray<string>
  /** The number of values after the first one that no contact has. */
  readonly padding: number
  readonly tier: string | undefined
}

/** A list of the secrets of a contact. */
export interface SecretsOperation {
  readonly kind: "secrets"
  readonly contactId: string
  readonly order: "asc" | "desc"
  readonly take: number | undefined
}

export type Action = "authenticate" | "verify" | "revoke" | "mint" | "proxy"

/** An action on a secret of a contact. */
export interface ActionOperation {
  readonly kind: Action
  readonly contactId: string
  readonly secretId: string
}

/** True for operations that deliver rows one after another. */
export const isListing = (
  operation: Operation
): operation is ListOperation | ItemsOperation | FindOperation | SecretsOperation =>
  ["list", "export", "items", "find", "secrets"].includes(operation.kind)

export const isAction = (operation: Operation): operation is ActionOperation =>
  ["authenticate", "verify", "revoke", "mint", "proxy"].includes(operation.kind)

/** The content of a new contact. */
export interface Content {
  readonly name: string
  readonly nick: string
  readonly email?: string
  readonly meta: { readonly tier: string }
  readonly verifiedAt?: number
}

/** The end of a call. */
export type End =
  | { readonly kind: "ok"; readonly id: string; readonly nick?: string }
  | { readonly kind: "listed" }
  | { readonly kind: "acted"; readonly result: string }
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
  /** The contacts, items or secrets that a list delivered. */
  readonly delivered: Array<Delivered>
  readonly incidents: Set<Incident>
}

/** A contact, item or secret that a list delivered. */
export interface Delivered {
  readonly id: string
  readonly createdAt: number
  readonly at: number
  /** True if its fields are not those that the caller asked for. */
  readonly isUnwanted?: boolean
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
  /** True if its whole answer said that a secret has no value. */
  isValueMissing?: boolean
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
  readonly email: string | null
  readonly nick: string | null
  readonly isVerified: boolean
  readonly tier: string | undefined
  readonly createdAt: number
}

/** A change of an item, or of the value of a secret, of a contact. */
export interface RowChange {
  readonly at: number
  readonly call: number
  readonly kind: "insert" | "delete"
  readonly of: ItemKind | "secret"
  readonly contactId: string
  /** The id of the item, or that of the secret. */
  readonly id: string
  readonly tier: string | undefined
  readonly createdAt: number
}

export class History {
  /** The number of events so far. */
  #events = 0
  readonly calls: Array<Call> = []
  readonly commits: Array<Commit> = []
  readonly rows: Array<RowChange> = []
  /** The numbers of the calls whose proxied requests another service has served, in order. */
  readonly served: Array<number> = []
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

  /** The effects that a call had on the server, or on other services: changes of contacts and rows, and proxied requests. */
  effectsOf(call: Call): number {
    const ofCall = (other: { readonly call: number }) => other.call === call.number
    const served = this.served.filter((number) => number === call.number)
    return this.commits.filter(ofCall).length + this.rows.filter(ofCall).length + served.length
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
