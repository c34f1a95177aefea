/**
 * Faults of a reply, as plain data, and the rules that say when they are injected. Faults are the same in process
 * and over the sockets of the emulator.
 */
import type * as Duration from "effect/Duration"
import type { OperationName } from "../OperationName.ts"

export type { OperationName } from "../OperationName.ts"

/** The parts of an answer of {@link status} that differ from the API's own for that status. */
export interface StatusOptions {
  /** The error code. Default: that of the contract for the status, such as `GENERIC_ERROR` for 500. */
  readonly code?: string
  /** The error message. Default: that of the contract for the status, such as `System error occurred` for 500. */
  readonly message?: string
  /** The whole body, in place of one of code and message. Default: the contract's error; nothing below 400. */
  readonly body?: string | Uint8Array
  /** More headers. Default: none but the content type and those of every answer. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A place in a body: after a number of bytes, or of lines. In JSON Lines each item is a line. */
export type Place = number | { readonly lines: number }

/** An answer with a status: {@link status}, {@link rateLimit}. */
export interface Status extends StatusOptions {
  readonly _tag: "Status"
  readonly status: number
  /** The `Retry-After` header of {@link rateLimit}. A number is in milliseconds. */
  readonly retryAfter?: Duration.Input
}

/** A wait before the answer: {@link delay}. */
export interface Delay {
  readonly _tag: "Delay"
  /** A number is in milliseconds. */
  readonly duration: Duration.Input
}

/** No answer: {@link reset}, {@link stall}. */
export interface NoAnswer {
  readonly _tag: "Reset" | "Stall"
}

/** A body that breaks off: {@link resetAfter}, {@link stallAfter}, {@link cutAfter}. */
export interface Cut {
  readonly _tag: "ResetAfter" | "StallAfter" | "CutAfter"
  readonly at: Place
}

/** An unreadable body: {@link garbage}. */
export interface Garbage {
  readonly _tag: "Garbage"
  readonly bytes: number
}

/** A body in small pieces: {@link trickle}. */
export interface Trickle {
  readonly _tag: "Trickle"
  /** The size of a piece. */
  readonly bytes: number
  /** The wait before each piece. A number is in milliseconds. */
  readonly every: Duration.Input
}

/** A body without end: {@link endless}. */
export interface Endless {
  readonly _tag: "Endless"
  readonly text: string
  /** The wait before each time. A number is in milliseconds. */
  readonly every: Duration.Input
}

/** A list that fails: {@link errorAfter}. */
export interface ErrorAfter {
  readonly _tag: "ErrorAfter"
  /** The number of items before the error. */
  readonly items: number
  /** Default: `GENERIC_ERROR`. */
  readonly code?: string
  /** Default: that of the contract for the code. */
  readonly message?: string
}

/** A page without items: {@link dropPage}. */
export interface DropPage {
  readonly _tag: "DropPage"
  /** The number of the page in the reply, from 0. */
  readonly index: number
}

/** A slow page: {@link delayPage}. */
export interface DelayPage {
  readonly _tag: "DelayPage"
  /** The number of the page in the reply, from 0. */
  readonly index: number
  /** A number is in milliseconds. */
  readonly duration: Duration.Input
}

/** Pages that all repeat the first: {@link ignoreCursor}. */
export interface IgnoreCursor {
  readonly _tag: "IgnoreCursor"
}

/** A fault after the operation has acted: {@link afterCommit}. */
export interface AfterCommit {
  readonly _tag: "AfterCommit"
  readonly fault: AnswerFault
}

/**
 * A fault before the answer, or in its place. The operation does not act, unless it is only delayed or the fault is in
 * {@link afterCommit}.
 */
export type AnswerFault = Status | Delay | NoAnswer | Garbage

/** A fault in the body of the answer. The operation has acted by then, except with {@link endless}. */
export type BodyFault = Cut | Trickle | Endless

/** A fault in the pages that a list or an export reads. Other operations are left alone. */
export type PageFault = ErrorAfter | DropPage | DelayPage | IgnoreCursor

/** A fault. Made by the functions of this module. */
export type Fault = AnswerFault | AfterCommit | BodyFault | PageFault

/**
 * Answers with a status, and does nothing. The default body is the error that the API has for the status. `headers`
 * must not contain `content-length`, `transfer-encoding` or `connection`, which the transport writes. Over a socket a
 * status below 200 ends the connection without an answer.
 */
export const status = (status: number, options: StatusOptions = {}): AnswerFault => ({
  ...options,
  _tag: "Status",
  status
})

/** The options of {@link rateLimit}. */
export interface RateLimitOptions {
  /** The `Retry-After` header, rounded up to whole seconds. A number is in milliseconds. Default: no such header. */
  readonly retryAfter?: Duration.Input
}

/**
 * Answers 429 `LIMITS_REACHED`, and does nothing. The API itself sends no `Retry-After`. For one that is a date, or
 * that nobody can read, use {@link status} with `headers`.
 */
export const rateLimit = (options: RateLimitOptions = {}): AnswerFault => ({ ...options, _tag: "Status", status: 429 })

/** Waits, then answers as usual. A number is in milliseconds. */
export const delay = (duration: Duration.Input): AnswerFault => ({ _tag: "Delay", duration })

/** Resets the connection before any header, and does nothing. */
export const reset: AnswerFault = { _tag: "Reset" }

/** Never answers, and does nothing. */
export const stall: AnswerFault = { _tag: "Stall" }

/**
 * Answers 200 with the right content type and bytes that are neither JSON nor UTF-8, and does nothing. `bytes` is their
 * number. Default: 64.
 */
export const garbage = (bytes = 64): AnswerFault => ({ _tag: "Garbage", bytes })

/** The operation acts, and its answer is lost or late: the fault comes in its place. */
export const afterCommit = (fault: AnswerFault): Fault => ({ _tag: "AfterCommit", fault })

/**
 * Resets the connection at a place in the body, its end included. 0 is after the headers. A shorter body is sent whole.
 */
export const resetAfter = (at: Place): Fault => ({ _tag: "ResetAfter", at })

/** Stalls for ever at a place in the body, its end included. 0 is after the headers. A shorter body is sent whole. */
export const stallAfter = (at: Place): Fault => ({ _tag: "StallAfter", at })

/** Ends the body at a place in it, as if it were complete. 0 is after the headers. A shorter body is sent whole. */
export const cutAfter = (at: Place): Fault => ({ _tag: "CutAfter", at })

/**
 * Sends the body in pieces of that many bytes, with a wait of `every` before each. A number is in milliseconds.
 * Default: no wait.
 */
export const trickle = (bytes: number, { every = 0 }: { readonly every?: Duration.Input } = {}): Fault => ({
  _tag: "Trickle",
  bytes,
  every
})

/**
 * Answers 200 with a text again and again, and does nothing. `every` is the wait before each time. A number is in
 * milliseconds. Default: no wait.
 */
export const endless = (text: string, { every = 0 }: { readonly every?: Duration.Input } = {}): Fault => ({
  _tag: "Endless",
  text,
  every
})

/**
 * Fails a list after that many items: with an error event in a stream, or with an HTTP status if nothing was sent yet
 * or the reply is one page with more items. Default: the `GENERIC_ERROR` of a failing database.
 */
export const errorAfter = (
  items: number,
  wording: { readonly code?: string; readonly message?: string } = {}
): Fault => ({ ...wording, _tag: "ErrorAfter", items })

/** Makes a page of the reply, counted from 0, empty. A stream ends there as if it were complete. */
export const dropPage = (index: number): Fault => ({ _tag: "DropPage", index })

/** Delays the reading of a page of the reply, counted from 0, as a slow database does. A number is in milliseconds. */
export const delayPage = (index: number, duration: Duration.Input): Fault => ({ _tag: "DelayPage", index, duration })

/** Answers every page with the first one, whatever the cursor. A stream repeats it for ever. */
export const ignoreCursor: Fault = { _tag: "IgnoreCursor" }

/**
 * A fault, and the requests that it is injected into. A request gets the fault of the first rule that applies to it.
 */
export interface Rule {
  /** The operations it is for. Default: every operation that the fault can be injected into. */
  readonly operation?: OperationName | ReadonlyArray<OperationName>
  /** The requests, by their number among those of the same operation, from 1. Default: every request. */
  readonly attempt?: number | ReadonlyArray<number> | ((attempt: number) => boolean)
  /**
   * The probability, from 0 to 1, that it is injected into a request that the other members allow. Default 1. It is
   * drawn from a seed that Effect's `Random` gives when the rule is added. With the same seed the same attempts get the
   * fault, in whatever order they arrive.
   */
  readonly probability?: number
  /** The number of times it may be injected, 1 or more. Default: no limit. */
  readonly times?: number
  readonly fault: Fault
}

/** A fault injected into a request. It is listed even if the reply was too short for the fault to show. */
export interface InjectedFault {
  readonly operation: OperationName
  /** The number of the request among those of its operation, from 1. */
  readonly attempt: number
  readonly fault: Fault
}
