import type { Effect } from "effect/Effect"
import type { AccountOptions, ServerOptions, Service as InMemory } from "../layers/InMemory.ts"
import type { NewContact } from "../internal/server/store/Store.ts"
import type { ClauseId } from "./Clauses.ts"
import type { Reply } from "./WireReply.ts"

/**
 * A requirement that only a controlled server meets: a settable clock, several accounts, an interceptor, seeded rows, a
 * poll limit, an empty account, an upstream, or behaviour of the emulator alone. A case without needs also holds for a
 * live server.
 */
export type Need = "clock" | "accounts" | "interceptor" | "seed" | "limit" | "empty" | "upstream" | "emulator"

/**
 * A request. `<name>` in its texts stands for a remembered value. `<run>` is unique to each run and marks its contacts. A
 * path that starts with `/contact` or `/graphql` gets the prefix of the target.
 */
export interface Request {
  /** Default: POST with a body, GET without. */
  readonly method?: "GET" | "POST" | "HEAD" | "OPTIONS" | "PUT" | "PATCH" | "DELETE" | "TRACE"
  readonly path: string
  /** The Authorization header; null sends none. Default: the token of the target's main account. */
  readonly authorization?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** A body that is sent unchanged, with the content type of JSON unless `headers` has another one. */
  readonly body?: string | Uint8Array
}

/** A named condition on a reply. */
export type Check = readonly [name: string, holds: (reply: Reply) => boolean]

/** The expected reply. Only the given fields are checked. `<name>` stands for a remembered value. */
export interface Expected {
  readonly status: number
  /** Exact values, or null for a header that must be absent. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** The exact body. */
  readonly text?: string
  /** The exact body as JSON. */
  readonly json?: unknown
  /** Some fields of the JSON body, with their exact values. */
  readonly has?: Readonly<Record<string, unknown>>
  /** The ids of the items, in order, in any format. */
  readonly ids?: ReadonlyArray<string>
  readonly checks?: ReadonlyArray<Check>
  /** Milliseconds from the request to the head of the reply and to each piece of its body, by the server's clock. */
  readonly at?: { readonly head: number; readonly pieces?: ReadonlyArray<number> }
  /** True if the connection breaks inside the body. Default: false. */
  readonly cut?: boolean
  /** Fields of the JSON body to remember, by the names to remember them under. */
  readonly save?: Readonly<Record<string, string>>
}

/** One step of a case. */
export type Step =
  | { readonly kind: "send"; readonly request: Request; readonly expected: Expected }
  /** Sends requests at the same time. Each list of `outcomes` is one allowed outcome: the statuses, sorted. */
  | {
      readonly kind: "concurrent"
      readonly requests: ReadonlyArray<Request>
      readonly outcomes: ReadonlyArray<ReadonlyArray<number>>
    }
  /** Sets the server's clock, in milliseconds from the start of the case. */
  | { readonly kind: "clock"; readonly to: number }
  /** Expects the requests that the upstream has received since the last such step. */
  | { readonly kind: "received"; readonly requests: ReadonlyArray<ReceivedRequest> }
  /** Seeds rows. */
  | { readonly kind: "seed"; readonly rows: Rows }
  /** Expects rows in the store. They are read from the handle of the in-memory API. */
  | { readonly kind: "stored"; readonly rows: Rows; readonly expected: unknown }

/** A request to the upstream. Only the given fields are checked; null stands for a header or body that must be absent. */
export interface ReceivedRequest {
  readonly method?: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: string | null
  /** Some fields of the body, which is a form. */
  readonly form?: Readonly<Record<string, string | null>>
}

/** A reply of the upstream, or `fails` if no connection to it can be made. */
export type UpstreamReply =
  | "fails"
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string | ReadonlyArray<string>>>
      readonly body?: string | Uint8Array
      /** The time before the reply in milliseconds, by the server's clock. */
      readonly after?: number
    }

/** Seeds rows, or reads rows that no endpoint shows. `remembered` gives a remembered value by its name. */
export type Rows = (api: InMemory, remembered: (name: string) => string) => Effect<unknown>

/** The duration of reading a page, and the failure that follows: of the database, or an exception with this message. */
export interface DisturbedPage {
  readonly millis?: number
  readonly fails?: boolean
  readonly throws?: string
  /** The id of a contact that is deleted before the page is read. */
  readonly deletes?: string
}

/** Delays and failures inside the server of a case. Times are in milliseconds. */
export interface Disturbance {
  /** The delay before an endpoint starts to answer. */
  readonly replyAfter?: number
  /** Pages, by their index in a reply. */
  readonly pages?: Readonly<Record<number, DisturbedPage>>
  /** The number of pieces of a body after which the connection breaks. */
  readonly cutAfterPieces?: number
  /** The delay after which the server repeats a request that it has already applied, as after a transient error. */
  readonly againAfter?: number
  /** A part of the path of the affected requests. Default: all requests. */
  readonly on?: string
}

/** The setup of the server of a case. Each field is a need of the case. */
export interface Setup {
  readonly accounts?: ReadonlyArray<AccountOptions>
  readonly limit?: number
  readonly seeds?: ReadonlyArray<{ readonly token?: string; readonly contacts: ReadonlyArray<NewContact> }>
  /** Seeds more rows, after the contacts. */
  readonly rows?: Rows
  readonly disturbance?: Disturbance
  /** The templates of secrets, by name. */
  readonly templates?: ServerOptions["secretTemplates"]
  /** The replies of the upstream by URL, in order; the last one is repeated. Any other URL `fails`. */
  readonly upstream?: Readonly<Record<string, ReadonlyArray<UpstreamReply>>>
}

/** A sequence of requests, with the replies that the contract promises. */
export interface Case {
  readonly id: string
  readonly clauses: ReadonlyArray<ClauseId>
  readonly needs?: ReadonlyArray<Need>
  readonly setup?: Setup
  readonly steps: ReadonlyArray<Step>
}

/** The time at which cases start on a controlled server, in milliseconds since 1970. */
export const startTime = 1_700_000_000_000
