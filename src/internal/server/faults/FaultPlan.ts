import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Random from "effect/Random"
import type { Fault, Rule, Struck } from "./Fault.ts"
import * as FaultPages from "./FaultPages.ts"
import * as FaultReply from "./FaultReply.ts"
import * as FaultRules from "./FaultRules.ts"
import type * as Interceptor from "../Interceptor.ts"

/** A rule in force. */
interface Entry {
  readonly rule: Rule
  readonly seed: string
  struck: number
}

/** The fault of one request. */
interface Strike {
  readonly fault: Fault
  readonly seed: string
  readonly progress: FaultPages.Progress
}

/** The rules in force, and what came of them. */
export interface FaultPlan {
  /** Injects faults into requests as the rules say. */
  readonly interceptor: Interceptor.Interceptor
  /** Adds rules after those there are. A rule that makes no sense is a defect that names the field at fault. */
  readonly inject: (rules: ReadonlyArray<Rule>) => Effect.Effect<void>
  /** Removes all rules. Requests under way keep their faults. */
  readonly heal: Effect.Effect<void>
  /** The faults injected so far, oldest first. */
  readonly struck: Effect.Effect<ReadonlyArray<Struck>>
  /** Forgets the injected faults, so that each rule may be used as often as at first. */
  readonly forget: Effect.Effect<void>
}

/** A plan without rules. */
export const make = (): FaultPlan => {
  let entries: ReadonlyArray<Entry> = []
  let struck: Array<Struck> = []
  const strikes = new WeakMap<HttpServerRequest, Strike>()

  const choose = Effect.fnUntraced(function* ({ attempt, operation, request }: Interceptor.Intercepted) {
    for (const entry of entries) {
      const { rule } = entry
      if (!FaultRules.fits(rule, operation, attempt)) continue
      const seed = `${entry.seed} ${operation} ${attempt}`
      if (!(yield* isHit(rule.probability ?? 1, seed))) continue
      // Looked at last, with nothing in between that could let another request go first.
      if (entry.struck >= (rule.times ?? Number.POSITIVE_INFINITY)) continue
      entry.struck++
      struck.push({ operation, attempt, fault: rule.fault })
      const strike: Strike = { fault: rule.fault, seed, progress: { items: 0 } }
      strikes.set(request, strike)
      return strike
    }
    return undefined
  })

  return {
    interceptor: {
      reply: (intercepted, reply) =>
        Effect.suspend(() =>
          entries.length === 0
            ? reply
            : Effect.flatMap(choose(intercepted), (strike) =>
                strike === undefined ? reply : FaultReply.apply(strike.fault, strike.seed, intercepted, reply)
              )
        ),
      page: (intercepted, page) => {
        const strike = strikes.get(intercepted.request)
        return strike === undefined ? page.read(page.cursor) : FaultPages.apply(strike.fault, strike.progress, page)
      }
    },
    inject: Effect.fnUntraced(function* (rules) {
      for (const [index, rule] of rules.entries()) {
        const problem = FaultRules.problem(rule)
        if (problem !== undefined) return yield* Effect.die(new Error(`Fault rule ${index}: ${problem}`))
      }
      if (rules.length === 0) return
      const seed = yield* Random.nextInt
      entries = [...entries, ...rules.map((rule, index) => ({ rule, seed: `${seed} ${index}`, struck: 0 }))]
    }),
    heal: Effect.sync(() => {
      entries = []
    }),
    struck: Effect.sync(() => [...struck]),
    forget: Effect.sync(() => {
      struck = []
      for (const entry of entries) entry.struck = 0
    })
  }
}

/** The same for the same seed, whatever else draws from `Random` and in whatever order requests arrive. */
const isHit = (probability: number, seed: string): Effect.Effect<boolean> =>
  probability >= 1
    ? Effect.succeed(true)
    : Effect.map(Random.withSeed(Random.next, seed), (chance) => chance < probability)
