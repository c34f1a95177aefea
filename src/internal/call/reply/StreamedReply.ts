import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Failure from "../failure/Failure.ts"
import type { Settings } from "../options/Settings.ts"
import type * as Reply from "./Reply.ts"

/** The reply to a list, whose items are still to be read. */
export interface StreamedReply extends Reply.OpenReply {
  /** The number of times the request was sent, including the attempts that had failed before. */
  readonly attempts: number
  /** The longest time that the stream may go without an item. */
  readonly idle: Duration.Duration
  /** The policy for requesting the rest after a failure. */
  readonly retry: Settings["retry"]
  /** Reports a failure while reading the body; a rate-limit failure then delays all requests. */
  readonly onFailure: (failure: Failure.Failure) => Effect.Effect<void>
}
