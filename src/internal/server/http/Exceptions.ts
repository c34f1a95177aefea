import * as Effect from "effect/Effect"
import * as ApiFailure from "./ApiFailure.ts"

/**
 * Turns a defect into a 500 with its message, as the real server does with exceptions of its handlers (wire contract
 * 6).
 */
export const toFailure = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | ApiFailure.ApiFailure, R> =>
  Effect.catchDefect(self, (defect) => Effect.fail(fromThrown(defect)))

/** Runs a function, and turns what it throws into a 500 with its message. */
export const attempt = <A>(run: () => A): Effect.Effect<A, ApiFailure.ApiFailure> =>
  Effect.try({ try: run, catch: fromThrown })

/** Runs a function that gives a promise, and turns its failure into a 500 with its message. */
export const attemptPromise = <A>(run: () => Promise<A>): Effect.Effect<A, ApiFailure.ApiFailure> =>
  Effect.tryPromise({ try: run, catch: fromThrown })

const fromThrown = (thrown: unknown): ApiFailure.ApiFailure =>
  ApiFailure.genericError(thrown instanceof Error ? thrown.message : "Something went wrong")
