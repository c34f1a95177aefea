import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** What a probe saw: whether it is as it should be, and what it was, in a few words. */
export interface Seen {
  readonly ok: boolean
  readonly seen: string
}

/** One way to bring a hazard about, and what a client makes of it. */
export interface Probe {
  /** The number of the hazard, such as `W1`. */
  readonly hazard: string
  readonly name: string
  /** What is done to the client, in one line. */
  readonly tried: string
  /** This client. It brings its own server and clock. */
  readonly ours: Effect.Effect<Seen, unknown>
  /** The official client in the same situation. Whether that is good is not for a test to say. */
  readonly theirs?: Effect.Effect<Seen, unknown>
}

/** What was looked at, by name: what it was, and what it had to be. */
export type Checks = Readonly<Record<string, readonly [actual: unknown, expected: unknown]>>

/** Compares all, and says in `seen` what differs. */
export const seen = (text: string, checks: Checks): Seen => {
  const wrong = Object.entries(checks).flatMap(([name, [actual, expected]]) => {
    const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
    return is === should ? [] : [`${name} is ${shortened(is)}, not ${shortened(should)}`]
  })
  return { ok: wrong.length === 0, seen: [text, ...wrong].join("; ") }
}

/** What is only reported. */
export const only = (text: string): Seen => ({ ok: true, seen: text })

const shortened = (text = "absent"): string => (text.length > 160 ? `${text.slice(0, 160)}…` : text)

/** What a probe comes to: one that fails or dies is not as it should be. */
export const run = (side: Effect.Effect<Seen, unknown>): Effect.Effect<Seen> =>
  Effect.map(Effect.exit(side), (exit) =>
    Exit.isSuccess(exit) ? exit.value : { ok: false, seen: `broke off: ${Cause.pretty(exit.cause).slice(0, 400)}` }
  )
