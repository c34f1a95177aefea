/** The random settings of a world of bulk work: a job on some rows, and all that goes wrong while it runs. */
import type * as Client from "../../../src/Client.ts"
import { UnreadableRow } from "../../../src/internal/format/UnreadableRow.ts"
import type * as InMemory from "../../../src/layers/InMemory.ts"
import * as Faults from "../Faults.ts"
import * as Network from "../Network.ts"
import type { SeededRandom } from "../SeededRandom.ts"
import type { Incidents, Moment, Step } from "./Moments.ts"

export type OperationName = "ensure" | "create" | "update" | "delete" | "upsert by fingerprint" | "upsert by email"

export type RowKind =
  | "new content"
  | "the content that is there"
  | "the fingerprint of another contact"
  | "unreadable"
  | "refused by the client"
  | "refused by the server"

/** A row of the input. Rows with the same key are about the same contact. A row without a key gets its fingerprint from the job. */
export interface ScenarioRow {
  readonly row: number
  readonly kind: RowKind
  readonly key: number | undefined
}

/** The keys below this are those of contacts that are there. */
export const ownContacts = 8
/** The keys from `ownContacts` to below this are those of contacts of another account. Others have no contact. */
export const allContacts = 10
const keys = 18
/** The contact that has the e-mail address of the one before. */
export const sharingContact = 7

/** A run of the job, in a process of its own. */
export interface RunSetup extends Incidents {
  /** The milliseconds for which it stands still. Meanwhile the next one begins. */
  readonly stopFor: number
  readonly concurrency: number
  readonly unordered: boolean
  readonly chunk: number
  readonly pause: number | undefined
  /** The longest time that the consumer of the outcomes takes for one, in milliseconds. */
  readonly consumer: number
  readonly client: Omit<Client.Options, "secret">
}

export interface BulkScenario {
  readonly operation: OperationName
  readonly beforeImages: boolean
  readonly journal: "stored" | "file"
  readonly rows: ReadonlyArray<ScenarioRow>
  /** True for each contact of the account that is verified. */
  readonly verified: ReadonlyArray<boolean>
  readonly rates: Network.FaultRates
  readonly rules: ReadonlyArray<InMemory.Fault.Rule>
  /** True if a fault can be a refusal that is final, so that a row is not settled by its content alone. */
  readonly hasFinalRefusals: boolean
  /** The milliseconds until the first token expires. Processes that begin later have another one. */
  readonly tokenLife: number
  readonly runs: ReadonlyArray<RunSetup>
  readonly lastRun: RunSetup
}

/** Refusals that say nothing about a row. */
const temporary = new Set([302, 401, 402, 408, 429, 502, 503, 504])
const making = new Set<unknown>(["Contact.create", "Contact.ensure", "Contact.find"])

/** True if a fault settles no row. A 403 is about a row only if that is about a contact. */
const isTemporary = ({ fault, operation }: InMemory.Fault.Rule): boolean =>
  fault._tag !== "Status" || temporary.has(fault.status) || (fault.status === 403 && making.has(operation))

const drawRow = (random: SeededRandom, row: number): ScenarioRow => ({
  row,
  kind: random.pick<RowKind>([
    "new content",
    "new content",
    "new content",
    "the content that is there",
    "the fingerprint of another contact",
    "unreadable",
    "refused by the client",
    "refused by the server"
  ]),
  key: random.chance(0.15) ? undefined : random.below(keys)
})

const drawMoment = (random: SeededRandom, steps: readonly [Step, ...ReadonlyArray<Step>]): Moment => ({
  step: random.pick(steps),
  nth: 1 + random.below(random.pick([3, 12, 50]))
})

/** Only the journal in a file has a lock, so that a process can stand still while another one runs. */
const drawRun = (random: SeededRandom, journal: BulkScenario["journal"]): RunSetup => ({
  stopAt:
    journal === "file" && random.chance(0.3) ? drawMoment(random, ["request", "reply", "lock", "lock"]) : undefined,
  stopFor: random.pick([random.millis(5000), 5000 + random.below(60_000)]),
  killAt: random.chance(0.7) ? drawMoment(random, ["request", "reply", "journal"]) : undefined,
  failAt: random.chance(0.15) ? 1 + random.below(random.pick([3, 20])) : undefined,
  concurrency: 1 + random.below(10),
  unordered: random.chance(0.5),
  chunk: 1 + random.below(random.pick([1, 8, 150])),
  pause: random.chance(0.25) ? 1 + random.below(3) : undefined,
  consumer: random.pick([0, 0, 0, 5000]),
  client: {
    retry: { retries: random.below(3), delay: random.pick([50, 2000]) },
    timeout: { attempt: random.pick([2000, 10_000]) }
  }
})

const drawRates = (random: SeededRandom): Network.FaultRates => {
  if (random.chance(0.4)) return Network.noFaults
  const some = () => (random.chance(0.5) ? random.next() * 0.2 : 0)
  return {
    ...Network.noFaults,
    refused: some(),
    requestLost: some(),
    answerLost: some(),
    slow: some(),
    doubled: some(),
    cut: some()
  }
}

const drawBeforeImages = (random: SeededRandom, operation: OperationName): boolean =>
  operation !== "ensure" && operation !== "create" && random.chance(0.6)

/** A random scenario. */
export const draw = (random: SeededRandom): BulkScenario => {
  const operation = random.pick<OperationName>([
    "ensure",
    "create",
    "update",
    "delete",
    "upsert by fingerprint",
    "upsert by email"
  ])
  const rules = Faults.draw(random, "lookups", random.pick([0, 0.2, 0.5]))
  const hasFinalRefusals = random.chance(0.2)
  const journal = random.pick<BulkScenario["journal"]>(["stored", "file"])
  const count = random.chance(0.1) ? 90 + random.below(30) : random.below(25)
  return {
    operation,
    beforeImages: drawBeforeImages(random, operation),
    journal,
    rows: Array.from({ length: count }, (_, index) => drawRow(random, index + 1)),
    verified: Array.from({ length: ownContacts }, () => random.chance(0.6)),
    rates: drawRates(random),
    rules: hasFinalRefusals ? rules : rules.filter(isTemporary),
    hasFinalRefusals,
    tokenLife: random.chance(0.3) ? random.millis(120_000) : Number.POSITIVE_INFINITY,
    runs: Array.from({ length: random.below(5) }, () => drawRun(random, journal)),
    lastRun: { ...drawRun(random, "stored"), killAt: undefined, failAt: undefined, pause: undefined, client: {} }
  }
}

export const fingerprintOf = (key: number): string => `fingerprint-of-contact-${key}`

export const emailOf = (key: number): string => `contact-${key === sharingContact ? key - 1 : key}@example.com`

const unreadable = (row: number) => new UnreadableRow({ line: row, description: "A quote is not closed" })

/** The name that a row gives to its contact. */
export const nameOf = ({ key = 0, kind, row }: ScenarioRow): string =>
  kind === "the content that is there" ? `Contact ${key}` : `Row ${row}`

/** The fields of a row that make it refused, or not. */
const refusedFields = (kind: RowKind) => ({
  ...(kind === "refused by the client" ? { meta: { _internal: true } } : {}),
  ...(kind === "refused by the server" ? { phone: "+1234567890" } : {})
})

/** A row for an operation that makes contacts. */
export const toMake = (row: ScenarioRow, by: "fingerprint" | "email") => {
  const { key, kind } = row
  if (kind === "unreadable") return unreadable(row.row)
  const fields = { name: nameOf(row), ...refusedFields(kind) }
  if (key === undefined) return fields
  if (by === "fingerprint") return { ...fields, fingerprint: fingerprintOf(key) }
  const isTaken = kind === "the fingerprint of another contact"
  // The address of the other contact cannot be the one of the row.
  const email = key === sharingContact ? "alone@example.com" : emailOf(key)
  return { ...fields, email, ...(isTaken ? { fingerprint: fingerprintOf(key === 0 ? 1 : 0) } : {}) }
}

/** A row for an operation that changes contacts by their ids. */
export const toUpdate = (row: ScenarioRow, idOf: (key: number) => string) =>
  row.kind === "unreadable"
    ? unreadable(row.row)
    : { id: idOf(row.key ?? 0), name: nameOf(row), ...refusedFields(row.kind) }

/** A row for an operation that deletes contacts. */
export const toDelete = ({ key = 0, kind, row }: ScenarioRow, idOf: (key: number) => string) => {
  if (kind === "unreadable") return unreadable(row)
  if (kind === "refused by the client") return " "
  return row % 2 === 0 ? idOf(key) : { id: idOf(key) }
}
