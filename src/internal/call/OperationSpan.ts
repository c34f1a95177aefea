import * as Effect from "effect/Effect"

/**
 * Makes an operation a span. `Effect.fn` would also take a stack trace of each call, which costs as much CPU as decoding the
 * reply. To see where a failed call came from, make your own functions with `Effect.fn`.
 */
export const make = (name: string) => Effect.withSpan(name, undefined, { captureStackTrace: false })
