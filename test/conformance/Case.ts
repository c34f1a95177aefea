import type { AccountOptions } from "../../src/layers/InMemory.ts"
import type { Seed } from "../../src/internal/server/ServerState.ts"
import type { ClauseId } from "./Clauses.ts"
import type { Reply } from "./Reply.ts"

/**
 * What only a server under control can give: its clock, several accounts, a look into how it answers, chosen records, a
 * poll limit, an account with nothing else in it, or what the emulator alone does. A case without needs is right against a live server too.
 */
export type Need = "clock" | "accounts" | "interceptor" | "seed" | "limit" | "empty" | "emulator"

/**
 * A request. Texts in it may name remembered values as `<name>`; `<run>` is different in every run, and what has it is
 * the run's own. A path that starts with `/contact` gets the prefix of the target.
 */
export interface Request {
  /** Default: POST with a body, GET without. */
  readonly method?: "GET" | "POST" | "HEAD" | "OPTIONS" | "PUT" | "PATCH" | "DELETE" | "TRACE"
  readonly path: string
  /** The Authorization header; null sends none. Default: the token of the target's main account. */
  readonly authorization?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** Sent as it stands, as JSON unless `headers` says more. */
  readonly body?: string | Uint8Array
}

/** A named condition on a reply. */
export type Check = readonly [name: string, holds: (reply: Reply) => boolean]

/** What a reply must be. Only what is named is looked at; texts may name remembered values. */
export interface Expected {
  readonly status: number
  /** Exact values; null for a header that must not be there. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** The exact body. */
  readonly text?: string
  /** The exact body as JSON. */
  readonly json?: unknown
  /** Fields the JSON body has, with exactly these values. */
  readonly has?: Readonly<Record<string, unknown>>
  /** The ids of the items, in order, whatever the format. */
  readonly ids?: ReadonlyArray<string>
  readonly checks?: ReadonlyArray<Check>
  /** Milliseconds from the request to the head of the reply and to each piece of its body, by the server's clock. */
  readonly at?: { readonly head: number; readonly pieces?: ReadonlyArray<number> }
  /** Whether the connection breaks inside the body. Default false. */
  readonly cut?: boolean
  /** Remembers fields of the JSON body, by the name to remember them under. */
  readonly save?: Readonly<Record<string, string>>
}

/** One step of a case. */
export type Step =
  | { readonly kind: "send"; readonly request: Request; readonly expected: Expected }
  /** Sends requests at once. Each list is one allowed outcome: the statuses, sorted. */
  | {
      readonly kind: "together"
      readonly requests: ReadonlyArray<Request>
      readonly outcomes: ReadonlyArray<ReadonlyArray<number>>
    }
  /** Sets the server's clock, in milliseconds from the start of the case. */
  | { readonly kind: "clock"; readonly to: number }

/** How long reading a page takes, and whether the database then fails or something else is thrown. */
export interface DisturbedPage {
  readonly millis?: number
  readonly fails?: boolean
  readonly throws?: string
}

/** What happens inside the server of a case, counted in milliseconds and bytes. */
export interface Disturbance {
  /** Before an endpoint starts to answer. */
  readonly replyAfter?: number
  /** By the index of a page in its reply. */
  readonly pages?: Readonly<Record<number, DisturbedPage>>
  /** The connection breaks once the body has had that many pieces. */
  readonly cutAfterPieces?: number
  /** The work is done, its outcome lost, and done once more after that time. */
  readonly againAfter?: number
  /** The requests concerned, by a part of their path. Default all. */
  readonly on?: string
}

/** How the server of a case is set up. Each thing in it is a need. */
export interface Setup {
  readonly accounts?: ReadonlyArray<AccountOptions>
  readonly limit?: number
  readonly seeds?: ReadonlyArray<{ readonly token?: string; readonly contacts: ReadonlyArray<Seed> }>
  readonly disturbance?: Disturbance
}

/** A small program of requests and the replies the contract promises. */
export interface Case {
  readonly id: string
  readonly clauses: ReadonlyArray<ClauseId>
  readonly needs?: ReadonlyArray<Need>
  readonly setup?: Setup
  readonly steps: ReadonlyArray<Step>
}

/** When cases start, in milliseconds since the epoch, where the clock is under control. */
export const epoch = 1_700_000_000_000
