import type * as Effect from "effect/Effect"
import type * as Errors from "../../Errors.ts"
import type * as Operation from "./Operation.ts"
import type * as Reply from "./reply/Reply.ts"
import type { StreamedReply } from "./reply/StreamedReply.ts"
import type * as RetryLoop from "./RetryLoop.ts"

/** The part of a client that operations run on. */
export interface OperationRunner {
  /** Runs an operation, and gives its decoded reply and the number of times that the request was sent. */
  readonly run: <A, T extends Errors.Tag>(
    operation: Operation.Operation<A, T>,
    input: Operation.Input,
    earlier?: RetryLoop.Earlier
  ) => Effect.Effect<RetryLoop.Completed<A>, Operation.Error<Operation.Operation<A, T>>>
  /** Runs an operation up to the headers of its response, with an exchange that leaves the body to be read. */
  readonly open: <O extends Operation.Any>(
    operation: O,
    input: Operation.Input,
    exchange: Reply.Exchange<Reply.OpenReply>,
    earlier?: RetryLoop.Earlier
  ) => Effect.Effect<StreamedReply, Operation.Error<O>>
}
