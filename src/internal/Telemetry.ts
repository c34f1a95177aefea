import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Failure } from "./Failure.ts"
import type * as Operation from "./Operation.ts"
import type { Settings } from "./Options.ts"

/** One attempt, as OpenTelemetry's HTTP conventions see it. No id, query, header or body is ever among the attributes. */
export interface Attempt {
  readonly operation: Operation.Any
  readonly server: Settings["server"]
  /** How many times the request was sent before. */
  readonly resendCount: number
}

/** What is known of an attempt once it is over. */
interface Ending {
  readonly status: number | undefined
  readonly failure: Failure | undefined
}

/** In seconds, with the boundaries that the conventions advise. */
const requestDuration = Metric.histogram("http.client.request.duration", {
  description: "Duration of HTTP client requests.",
  attributes: { unit: "s" },
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
})

const request = ({ operation, server }: Attempt) => ({
  "http.request.method": operation.method,
  "url.template": operation.path,
  "server.address": server.address,
  "server.port": server.port
})

const ending = ({ failure, status }: Ending) => ({
  ...(status === undefined ? {} : { "http.response.status_code": status }),
  ...(failure === undefined
    ? {}
    : { "error.type": status !== undefined && status >= 400 ? String(status) : failure.tag })
})

const texts = (attributes: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]))

/**
 * Makes an attempt a client span, and its duration a measurement of `http.client.request.duration`. `status` tells the
 * status of the response, if one has come.
 */
export const observe =
  (attempt: Attempt, status: () => number | undefined) =>
  <A>(self: Effect.Effect<A, Failure>): Effect.Effect<A, Failure> =>
    Effect.flatMap(Clock.currentTimeNanos, (began) => {
      const attributes = request(attempt)
      const over = (failure: Failure | undefined) => {
        const known = ending({ failure, status: status() })
        return Effect.andThen(
          Effect.annotateCurrentSpan(known),
          Effect.flatMap(Clock.currentTimeNanos, (now) =>
            Metric.update(
              Metric.withAttributes(requestDuration, texts({ ...attributes, ...known })),
              Number(now - began) / 1e9
            )
          )
        )
      }
      return self.pipe(
        Effect.tap(() => over(undefined)),
        Effect.tapError(over),
        Effect.withSpan(
          `${attempt.operation.method} ${attempt.operation.path}`,
          {
            kind: "client",
            attributes: {
              ...attributes,
              ...(attempt.resendCount === 0 ? {} : { "http.request.resend_count": attempt.resendCount })
            }
          },
          { captureStackTrace: false }
        )
      )
    })
