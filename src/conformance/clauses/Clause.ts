import type * as Assumptions from "../../internal/server/Assumptions.ts"

/** A clause of the wire contract in our own words. Its id begins with the section. */
export interface Clause {
  readonly id: string
  readonly text: string
  /** Set if the contract infers the clause (I) or could not confirm it (U). */
  readonly basis?: "I" | "U"
  /** The constants of Assumptions.ts that name the chosen behaviour. */
  readonly assumptions?: ReadonlyArray<keyof typeof Assumptions>
  /** The reason why no constant names it. */
  readonly unnamed?: string
  /** The test that checks the clause, if no case can. */
  readonly checkedBy?: string
}

/** A part of the contract that has no clauses. */
export interface OutOfScope {
  readonly section: number
  readonly text: string
  readonly reason: string
}
