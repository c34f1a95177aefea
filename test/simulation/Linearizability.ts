/**
 * Whether what a service answered can be explained by doing one thing after another, each at some moment between its call
 * and its answer (Wing and Gong's search, which remembers where it has been).
 */

/** Something that takes effect at one moment. */
export interface Step<State> {
  readonly name: string
  readonly began: number
  /** Infinite where no answer came: the effect may come as late as it likes. */
  readonly ended: number
  /** Whether it may have no effect at all. */
  readonly optional: boolean
  /** What the state may be afterwards; none if it cannot have answered as it did in this state. */
  readonly apply: (state: State) => ReadonlyArray<State>
}

export type Verdict = "linearizable" | "not linearizable" | "undecided"

const maxVisits = 200_000

/** Searches for an order. `key` tells states apart. */
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
