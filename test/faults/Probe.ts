import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** The result of a probe: true if it is as expected, and a short description of it. */
export interface Observation {
  readonly ok: boolean
  readonly text: string
}

/** A situation in which a hazard occurs, and how each client behaves in it. */
export interface Probe {
  /** The number of the hazard, such as `W1`. */
  readonly hazard: string
  readonly name: string
  /** The situation, in one line. */
  readonly situation: string
  /** This client in the situation. The effect includes its own server and clock. */
  readonly ours: Effect.Effect<Observation, unknown>
  /** The official client in the same situation. It is reported, not judged. */
  readonly theirs?: Effect.Effect<Observation, unknown>
}

/** Pairs of an actual and an expected value, by name. */
export type Expectations = Readonly<Record<string, readonly [actual: unknown, expected: unknown]>>

/** Compares all pairs as JSON. The differences are appended to the text. */
export const check = (text: string, expectations: Expectations): Observation => {
  const wrong = Object.entries(expectations).flatMap(([name, [actual, expected]]) => {
    const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
    return is === should ? [] : [`${name} is ${shortened(is)}, not ${shortened(should)}`]
  })
  return { ok: wrong.length === 0, text: [text, ...wrong].join("; ") }
}

/** An observation without expectations. */
export const reportOnly = (text: string): Observation => ({ ok: true, text })

const shortened = (text = "absent"): string => (text.length > 160 ? `${text.slice(0, 160)}…` : text)

/** The observation of one client. A failure or a defect is not ok. */
export const run = (client: Effect.Effect<Observation, unknown>): Effect.Effect<Observation> =>
  Effect.map(Effect.exit(client), (exit) =>
    Exit.isSuccess(exit) ? exit.value : { ok: false, text: `broke off: ${Cause.pretty(exit.cause).slice(0, 400)}` }
  )
