/** The setup of a simulated world, drawn from its seed before the world starts. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Client from "../../src/Client.ts"
import type * as InMemory from "../../src/layers/InMemory.ts"
import type { SeededRandom } from "./SeededRandom.ts"
import * as ContactRows from "./ContactRows.ts"
import * as Faults from "./Faults.ts"
import type { Content, ItemKind } from "./History.ts"
import * as Network from "./Network.ts"
import type { VirtualTime } from "./VirtualTime.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** The kind of most calls of a world. */
export type Theme = "writes" | "lists" | "all" | "items" | "lookups" | "secrets"

export interface ClientSetup {
  readonly name: string
  readonly account: string
  readonly options: Client.Options
  readonly exactlyOnce: boolean
  readonly calls: number
  /** The current error of its clock, in milliseconds. */
  readonly offset: () => number
}

export interface Scenario {
  readonly theme: Theme
  readonly accounts: ReadonlyArray<InMemory.AccountOptions>
  readonly rateLimit: number | undefined
  readonly rules: ReadonlyArray<InMemory.Fault.Rule>
  readonly rates: Network.FaultRates
  /** The error of the server's clock, in milliseconds. */
  readonly serverOffset: number
  readonly clients: ReadonlyArray<ClientSetup>
  readonly seeded: ReadonlyArray<InMemory.Seed>
  /** The number of items, or of values of secrets, that a contact has. */
  readonly rows: number
  /** The kind of items of most lists of items. */
  readonly items: ItemKind
  /** Requests of other programs. */
  readonly otherWrites: number
}

/** True if neither the network nor the server has faults. */
export const hasNoFaults = ({ rules, rates }: Scenario): boolean => rules.length === 0 && rates === Network.noFaults

/** Texts in all that callers send, which no error may contain. */
export const canaries: ReadonlyArray<string> = ["anary", "CANARY"]

/** Several contacts can have the same of these addresses. */
export const emails = ["canary-1@example.com", "canary-2@example.com", "canary-3@example.com"] as const

export const seededFingerprint = (index: number): string => `canary-seeded-${index}`

export const fingerprints = ["canary-fingerprint-0001", "canary-fingerprint-0002", "canary-fingerprint-0003"] as const

const verifiedAt = 1_700_000_000_000

const shared: readonly [Content, Content] = [
  { name: "Canary Ada", nick: "canary-ada", meta: { tier: "gold" }, verifiedAt },
  { name: "Canary Grace", nick: "canary-grace", meta: { tier: "iron" } }
]

/** The content of a new contact, often equal to that of another. */
export const content = (random: SeededRandom, unique: string): Content =>
  random.chance(0.4)
    ? random.pick(shared)
    : {
        name: "Canary Ada",
        nick: `canary-${unique}`,
        meta: { tier: random.pick(["gold", "iron"]) },
        ...(random.chance(0.5) ? { verifiedAt } : {})
      }

const skew = (random: SeededRandom): number => {
  const size = random.pick([0, 0, 0, 30 * minute, 12 * hour, 20 * day])
  return random.below(2 * size + 1) - size
}

/** Half of the worlds have a network without faults. */
const drawRates = (random: SeededRandom): Network.FaultRates => {
  const highest = random.pick([0, 0, 0.1, 0.3])
  if (highest === 0) return Network.noFaults
  const some = () => (random.chance(0.5) ? random.next() * highest : 0)
  return {
    refused: some(),
    requestLost: some(),
    answerLost: some(),
    slow: some(),
    doubled: some() * 2,
    cut: some(),
    undated: some() * 2,
    quotes: some() * 2,
    races: some()
  }
}

/** A secret that rotates, sometimes too late, and sometimes to a token that may not use fingerprints. */
const rotating = (random: SeededRandom, time: VirtualTime, until: number): Client.Options["secret"] => {
  const switched = until + random.below(40_000) - 20_000
  const next = random.pick(["sk-canary-next", "oaac-canary-widget"])
  const isSlow = random.chance(0.2)
  const fails = random.chance(0.2) ? 0.3 : 0
  return Effect.gen(function* () {
    if (isSlow) yield* Effect.sleep(random.below(5000))
    if (random.chance(fails)) return yield* Effect.fail({ code: "ETIMEDOUT", canary: "canary" })
    return Redacted.make(time.now < switched ? "sk-canary-old" : next)
  })
}

/** A secret that is one of three tokens at each read. One of them may not use fingerprints. */
const mixed = (random: SeededRandom): Client.Options["secret"] =>
  Effect.sync(() => Redacted.make(random.pick(["sk-canary-a", "sk-canary-next", "oaac-canary-widget"])))

const drawSecret = (
  random: SeededRandom,
  time: VirtualTime,
  account: string,
  until: number
): Client.Options["secret"] => {
  if (account === "b") return Redacted.make("sk-canary-b")
  if (random.chance(0.2)) return rotating(random, time, until)
  if (random.chance(0.2)) return mixed(random)
  return Redacted.make(random.pick(["sk-canary-a", "sk-canary-a", "sk-canary-a", "oaac-canary-widget"]))
}

const drawClient = (random: SeededRandom, time: VirtualTime, index: number, until: number): ClientSetup => {
  const account = random.chance(0.85) ? "a" : "b"
  const exactlyOnce = random.chance(0.9)
  const first = skew(random)
  const jumpsAt = random.chance(0.35) ? random.below(minute) : Number.POSITIVE_INFINITY
  const second = first + skew(random)
  const total = random.pick([undefined, undefined, undefined, 5000, minute])
  return {
    name: `client ${index + 1}`,
    account,
    exactlyOnce,
    calls: 1 + random.below(4),
    offset: () => (time.elapsed < jumpsAt ? first : second),
    options: {
      secret: drawSecret(random, time, account, until),
      exactlyOnce: exactlyOnce,
      retry: { retries: random.below(5), delay: random.pick([50, 250, 2000]), maxDelay: random.pick([1000, 10_000]) },
      timeout: {
        attempt: random.pick([2000, 10_000, 30_000]),
        idle: random.pick([5000, minute]),
        ...(total === undefined ? {} : { total })
      },
      ...(random.chance(0.15) ? { rateLimit: { limit: 1 + random.below(5), window: random.pick([1000, minute]) } } : {})
    }
  }
}

/** Two pages of secrets show at most 200 of them. */
const drawRows = (random: SeededRandom, theme: Theme): number => {
  if (theme === "secrets") return random.pick([0, 1, 3, 5, 8, 99, 100, 101, 150, 199, 200, 201])
  return random.chance(0.3) ? 95 + random.below(130) : random.below(20)
}

/** A random scenario. */
export const draw = (random: SeededRandom, time: VirtualTime): Scenario => {
  const data = random.fork("data")
  const contacts = random.pick<Theme>(["writes", "writes", "writes", "lists", "lists", "all"])
  const theme = data.chance(0.2)
    ? data.pick<Theme>(["items", "items", "lookups", "lookups", "secrets", "secrets", "secrets"])
    : contacts
  const hasRows = theme === "items" || theme === "secrets"
  const isMany = theme === "lists" || theme === "lookups"
  const serverOffset = skew(random)
  const until = time.now + 20_000 + random.millis(5 * minute)
  const isLarge = random.chance(theme === "lists" ? 0.3 : theme === "lookups" ? 0.4 : 0.03)
  const size = isLarge
    ? 95 + random.below(theme === "lookups" ? 70 : 130)
    : random.below(isMany ? 20 : 5) + (hasRows ? 1 : 0)
  const clients = 2 + random.below(isMany || hasRows ? 2 : 4)
  return {
    theme,
    accounts: [
      {
        id: "a",
        tokens: [
          "sk-canary-a",
          "sk-canary-next",
          { token: "sk-canary-old", expiresAt: until + serverOffset },
          { token: "oaac-canary-widget", audience: "widget", allowedRoutes: ["**"] }
        ]
      },
      { id: "b", tokens: ["sk-canary-b"] }
    ],
    rateLimit: random.chance(0.1) ? 3 + random.below(5) : undefined,
    rules: Faults.draw(random, theme, random.pick([0, 0.2, 0.5, 0.8])),
    rates: drawRates(random),
    serverOffset,
    clients: Array.from({ length: clients }, (_, index) => drawClient(random, time, index, until)),
    seeded: Array.from({ length: size }, (_, index) => ({
      name: "Canary Old",
      nick: `canary-old-${index}`,
      meta: { tier: random.pick(["gold", "iron"]) },
      createdAt: time.now + serverOffset - 30 * day + Math.floor(index / 3) * 1000,
      ...(theme === "lookups" ? { email: data.pick(emails), fingerprint: seededFingerprint(index) } : {}),
      ...(theme === "secrets" && data.chance(0.9) ? { verifiedAt } : {})
    })),
    rows: drawRows(data, theme),
    items: data.pick(ContactRows.itemKinds),
    otherWrites: random.pick([0, 2, 4, isMany || hasRows ? 12 : 6])
  }
}
