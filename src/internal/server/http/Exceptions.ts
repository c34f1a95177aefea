import * as Effect from "effect/Effect"
import * as ApiFailure from "./ApiFailure.ts"

/** Anything thrown becomes a 500 with its text, as the handlers of the real server have it (wire contract 6). */
export const toFailure = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | ApiFailure.ApiFailure, R> =>
  Effect.catchDefect(self, (defect) => Effect.fail(fromThrown(defect)))

/** Runs a function that may throw. */
export const attempt = <A>(run: () => A): Effect.Effect<A, ApiFailure.ApiFailure> =>
  Effect.try({ try: run, catch: fromThrown })

const fromThrown = (thrown: unknown): ApiFailure.ApiFailure =>
  ApiFailure.genericError(thrown instanceof Error ? thrown.message : "Something went wrong")
