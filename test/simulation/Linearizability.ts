/**
 * A check of linearizability: the answers of a service can be explained by steps one after another, each at some moment
 * between its call and its answer. This is Wing and Gong's search, with a memory of the visited states.
 */

/** An operation that takes effect at one moment. */
export interface Step<State> {
  readonly name: string
  readonly began: number
  /** Infinite if there was no answer, since the effect may then come at any later time. */
  readonly ended: number
  /** True if it may have no effect. */
  readonly optional: boolean
  /** The possible states afterwards; none if its answer is impossible in this state. */
  readonly apply: (state: State) => ReadonlyArray<State>
}

export type Verdict = "linearizable" | "not linearizable" | "undecided"

const maxVisits = 200_000

/** Searches for a valid order. Two states are equal if their `key` is. */
export const check = <State>(
  steps: ReadonlyArray<Step<State>>,
  initial: State,
  key: (state: State) => string
): Verdict => {
  const visited = new Set<string>()
  const isDone = steps.map(() => false)
  let visits = 0

  const search = (state: State): boolean => {
    const here = `${isDone.map(Number).join("")} ${key(state)}`
    if (visited.has(here)) return false
    visited.add(here)
    if (++visits > maxVisits) return false
    let deadline = Number.POSITIVE_INFINITY
    let isComplete = true
    for (const [index, step] of steps.entries()) {
      if (isDone[index] === true || step.optional) continue
      isComplete = false
      deadline = Math.min(deadline, step.ended)
    }
    if (isComplete) return true
    for (const [index, step] of steps.entries()) {
      if (isDone[index] === true || step.began > deadline) continue
      isDone[index] = true
      for (const next of step.apply(state)) if (search(next)) return true
      isDone[index] = false
    }
    return false
  }

  if (search(initial)) return "linearizable"
  return visits > maxVisits ? "undecided" : "not linearizable"
}
