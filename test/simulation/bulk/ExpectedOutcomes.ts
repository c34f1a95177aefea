/** The outcomes that the rows of a scenario have in the end, by the wire contract alone. */
import type * as Bulk from "../../../src/Bulk.ts"
import * as Scenario from "./BulkScenario.ts"

type Settled = Exclude<Bulk.Outcome["outcome"], "unknown" | "not-sent">

export interface ExpectedOutcome {
  readonly row: Scenario.ScenarioRow
  readonly outcome: Settled
  /** The earlier row that has the key of a duplicate. */
  readonly of?: number
}

const isOwn = (key: number | undefined): key is number => key !== undefined && key < Scenario.ownContacts

/** The outcome of a row that is readable, and that the client accepts. */
const outcomeOf = (scenario: Scenario.BulkScenario, { key, kind }: Scenario.ScenarioRow): Settled => {
  const isRefused = kind === "refused by the server"
  const made = isRefused ? "invalid" : "created"
  const changed = isRefused ? "invalid" : kind === "the content that is there" ? "unchanged" : "updated"
  switch (scenario.operation) {
    case "ensure":
      if (!isOwn(key)) return made
      // Wire contract 3.4. A contact that is verified is found, and the row is not sent.
      return scenario.verified[key] === true ? "existing" : isRefused ? "invalid" : "failed"
    case "create":
      return isOwn(key) ? "existing" : made
    case "upsert by fingerprint":
      return isOwn(key) ? changed : made
    case "upsert by email": {
      if (key === undefined || key === Scenario.sharingContact - 1) return "invalid"
      const isConflict = kind === "the fingerprint of another contact"
      if (isConflict) return "failed"
      return isOwn(key) && key !== Scenario.sharingContact ? changed : made
    }
    case "update": {
      const isThere = isOwn(key ?? 0)
      // A contact that cannot be read is not updated, so the server does not see the row.
      if (!isThere && scenario.beforeImages) return "failed"
      return isRefused ? "invalid" : isThere ? "updated" : "failed"
    }
    case "delete": {
      const number = key ?? 0
      return isOwn(number) ? "deleted" : number < Scenario.allContacts ? "failed" : "unchanged"
    }
  }
}

/** The key that a row holds. Undefined if it is about a contact that no other row can be about. */
const keyOf = ({ operation }: Scenario.BulkScenario, { key }: Scenario.ScenarioRow): number | undefined =>
  operation === "update" || operation === "delete" ? (key ?? 0) : key

/** The outcomes of the rows. Of rows with the same key, the first one that is not invalid is settled. */
export const of = (scenario: Scenario.BulkScenario): ReadonlyArray<ExpectedOutcome> => {
  const holders = new Map<number, number>()
  return scenario.rows.map((row): ExpectedOutcome => {
    if (row.kind === "unreadable" || row.kind === "refused by the client") return { row, outcome: "invalid" }
    const key = keyOf(scenario, row)
    const holder = key === undefined ? undefined : holders.get(key)
    if (holder !== undefined) return { row, outcome: "duplicate", of: holder }
    const outcome = outcomeOf(scenario, row)
    if (key !== undefined && outcome !== "invalid") holders.set(key, row.row)
    return { row, outcome }
  })
}
