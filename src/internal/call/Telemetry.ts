import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Transport from "../transport/Transport.ts"
import type { Failure } from "./failure/Failure.ts"
import type * as Operation from "./Operation.ts"
import type { Settings } from "./options/Settings.ts"

/** The attempt that a span is about. Its attributes follow OpenTelemetry's HTTP conventions, and hold no id, query, header or body. */
export interface ObservedAttempt {
  readonly operation: Operation.Any
  readonly server: Settings["server"]
  /** The number of times the request was sent before. */
  readonly resendCount: number
}

type Attributes = Readonly<Record<string, string | number>>

type Histogram = ReturnType<typeof requestDuration>

/** A histogram in seconds, with the boundaries that OpenTelemetry's HTTP conventions advise. */
const requestDuration = (attributes: Attributes) =>
  Metric.histogram("http.client.request.duration", {
    description: "Duration of HTTP client requests.",
    attributes: {
      unit: "s",
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]))
    },
    boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
  })

/** The span name, attributes and histograms that all attempts of an operation on one server share. */
class OperationTelemetry {
  readonly name: string
  readonly request: Attributes
  /** The histograms by the status and the error type of an attempt. */
  readonly #histograms = new Map<string, Histogram>()

  constructor({ operation, server }: ObservedAttempt) {
    this.name = `${operation.method} ${operation.path}`
    this.request = {
      "http.request.method": operation.method,
      "url.template": operation.path,
      "server.address": server.address,
      "server.port": server.port
    }
  }

  histogram(status: number | undefined, errorType: string | undefined): Histogram {
    const key = `${status} ${errorType}`
    let histogram = this.#histograms.get(key)
    if (histogram === undefined) {
      histogram = requestDuration({ ...this.request, ...endAttributes(status, errorType) })
      this.#histograms.set(key, histogram)
    }
    return histogram
  }
}

const telemetries = new WeakMap<Settings["server"], Map<Operation.Any, OperationTelemetry>>()

const telemetryOf = (attempt: ObservedAttempt): OperationTelemetry => {
  const { operation, server } = attempt
  let ofServer = telemetries.get(server)
  if (ofServer === undefined) telemetries.set(server, (ofServer = new Map()))
  let ofOperation = ofServer.get(operation)
  if (ofOperation === undefined) ofServer.set(operation, (ofOperation = new OperationTelemetry(attempt)))
  return ofOperation
}

/**
 * The `error.type` of an attempt: the status of a refusal, else the tag of the failure. An attempt that was interrupted is
 * `interrupted`, or `Timeout` if the total timeout of its call did that, and one that died is `defect`.
 */
const errorTypeOf = (
  exit: Exit.Exit<unknown, Failure>,
  { head, isOutOfTime }: Transport.AttemptProgress
): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const failure = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (failure !== undefined) return head !== undefined && head.status >= 400 ? String(head.status) : failure.tag
  if (!Cause.hasInterruptsOnly(exit.cause)) return "defect"
  return isOutOfTime === true ? "Timeout" : "interrupted"
}

const endAttributes = (status: number | undefined, errorType: string | undefined): Attributes => ({
  ...(status === undefined ? {} : { "http.response.status_code": status }),
  ...(errorType === undefined ? {} : { "error.type": errorType })
})

/**
 * Makes an attempt a client span, and its duration a measurement of `http.client.request.duration`, however it ends. The
 * transport reads the span from `progress`, and writes the status of the reply to it.
 */
export const observe =
  (attempt: ObservedAttempt, progress: Transport.AttemptProgress) =>
  <A>(self: Effect.Effect<A, Failure>): Effect.Effect<A, Failure> => {
    const telemetry = telemetryOf(attempt)
    const { resendCount } = attempt
    const attributes =
      resendCount === 0 ? telemetry.request : { ...telemetry.request, "http.request.resend_count": resendCount }
    return Effect.useSpan(telemetry.name, { kind: "client", attributes }, (span) =>
      Effect.withFiber((fiber) => {
        const clock = fiber.getRef(Clock.Clock)
        const began = clock.monotonicTimeNanosUnsafe()
        progress.span = span
        return Effect.onExitPrimitive(self, (exit) => {
          const status = progress.head?.status
          const errorType = errorTypeOf(exit, progress)
          if (status !== undefined) span.attribute("http.response.status_code", status)
          if (errorType !== undefined) span.attribute("error.type", errorType)
          const seconds = Number(clock.monotonicTimeNanosUnsafe() - began) / 1e9
          telemetry.histogram(status, errorType).updateUnsafe(seconds, fiber.context)
          return undefined
        })
      })
    )
  }
