import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Random from "effect/Random"
import type { Fault, InjectedFault, Rule } from "./Fault.ts"
import * as FaultPages from "./FaultPages.ts"
import * as FaultReply from "./FaultReply.ts"
import * as FaultRules from "./FaultRules.ts"
import type * as Interceptor from "./Interceptor.ts"

/** A rule in force, and the number of times it was used. */
interface ActiveRule {
  readonly rule: Rule
  readonly seed: string
  timesUsed: number
}

/** The fault chosen for one request. */
interface ChosenFault {
  readonly fault: Fault
  readonly seed: string
  readonly progress: FaultPages.PageProgress
}

/** The rules in force, and the faults injected so far. */
export interface FaultPlan {
  /** Injects faults into requests as the rules say. */
  readonly interceptor: Interceptor.Interceptor
  /** Adds rules after the present ones. An invalid rule is a defect that names the invalid field. */
  readonly inject: (rules: ReadonlyArray<Rule>) => Effect.Effect<void>
  /** Removes all rules. Requests under way keep their faults. */
  readonly removeAll: Effect.Effect<void>
  /** The faults injected so far, oldest first. */
  readonly injected: Effect.Effect<ReadonlyArray<InjectedFault>>
  /** Forgets the injected faults, and the number of times that each rule was used. */
  readonly forget: Effect.Effect<void>
}

/** A plan without rules. */
export const make = (): FaultPlan => {
  let activeRules: ReadonlyArray<ActiveRule> = []
  let injected: Array<InjectedFault> = []
  const faultsByRequest = new WeakMap<HttpServerRequest, ChosenFault>()

  const choose = Effect.fnUntraced(function* ({ attempt, operation, request }: Interceptor.Intercepted) {
    for (const activeRule of activeRules) {
      const { rule } = activeRule
      if (!FaultRules.appliesTo(rule, operation, attempt)) continue
      const seed = `${activeRule.seed} ${operation} ${attempt}`
      if (!(yield* isHit(rule.probability ?? 1, seed))) continue
      // Checked last, right before it is counted: a request that runs in between could use the rule too.
      if (activeRule.timesUsed >= (rule.times ?? Number.POSITIVE_INFINITY)) continue
      activeRule.timesUsed++
      injected.push({ operation, attempt, fault: rule.fault })
      const chosen: ChosenFault = { fault: rule.fault, seed, progress: { items: 0 } }
      faultsByRequest.set(request, chosen)
      return chosen
    }
    return undefined
  })

  return {
    interceptor: {
      reply: (intercepted, reply) =>
        Effect.suspend(() =>
          activeRules.length === 0
            ? reply
            : Effect.flatMap(choose(intercepted), (chosen) =>
                chosen === undefined ? reply : FaultReply.apply(chosen.fault, chosen.seed, intercepted, reply)
              )
        ),
      page: (intercepted, page) => {
        const chosen = faultsByRequest.get(intercepted.request)
        return chosen === undefined ? page.read(page.cursor) : FaultPages.apply(chosen.fault, chosen.progress, page)
      }
    },
    inject: Effect.fnUntraced(function* (rules) {
      for (const [index, rule] of rules.entries()) {
        const problem = FaultRules.problem(rule)
        if (problem !== undefined) return yield* Effect.die(new Error(`Fault rule ${index}: ${problem}`))
      }
      if (rules.length === 0) return
      const seed = yield* Random.nextInt
      activeRules = [...activeRules, ...rules.map((rule, index) => ({ rule, seed: `${seed} ${index}`, timesUsed: 0 }))]
    }),
    removeAll: Effect.sync(() => {
      activeRules = []
    }),
    injected: Effect.sync(() => [...injected]),
    forget: Effect.sync(() => {
      injected = []
      for (const activeRule of activeRules) activeRule.timesUsed = 0
    })
  }
}

/** Draws from the seed alone, so that neither other users of `Random` nor the order of requests change the result. */
const isHit = (probability: number, seed: string): Effect.Effect<boolean> =>
  probability >= 1
    ? Effect.succeed(true)
    : Effect.map(Random.withSeed(Random.next, seed), (chance) => chance < probability)
