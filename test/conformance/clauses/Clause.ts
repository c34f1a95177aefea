import type * as Assumptions from "../../../src/internal/server/Assumptions.ts"

/** A clause of the wire contract, in our own words. The first part of its id is its section. */
export interface Clause {
  readonly id: string
  readonly text: string
  /** Set if the contract infers it (I) or could not confirm it (U). */
  readonly basis?: "I" | "U"
  /** The constants that name the behaviour chosen. */
  readonly assumptions?: ReadonlyArray<keyof typeof Assumptions>
  /** Why no constant names it. */
  readonly unnamed?: string
  /** The test that checks it, for what no HTTP client shows of a reply. */
  readonly checkedBy?: string
}

/** A clause that is not counted. */
export interface OutOfScope {
  readonly section: number
  readonly text: string
  readonly reason: string
}
