/** What a simulated world is like: all of it is drawn from the seed before anything happens. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Client from "../../src/Client.ts"
import type * as InMemory from "../../src/layers/InMemory.ts"
import type { Dice } from "./Dice.ts"
import * as Faults from "./Faults.ts"
import type { Content } from "./History.ts"
import * as Network from "./Network.ts"
import type { VirtualTime } from "./VirtualTime.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** What most calls of a world are. */
export type Theme = "writes" | "lists" | "all"

export interface ClientSetup {
  readonly name: string
  readonly account: string
  readonly options: Client.Options
  readonly isGuarded: boolean
  readonly calls: number
  /** How far its clock is off at a time, in milliseconds. */
  readonly offset: () => number
}

export interface Scenario {
  readonly theme: Theme
  readonly accounts: ReadonlyArray<InMemory.AccountOptions>
  readonly rateLimit: number | undefined
  readonly rules: ReadonlyArray<InMemory.Fault.Rule>
  readonly rates: Network.FaultRates
  readonly serverOffset: number
  readonly clients: ReadonlyArray<ClientSetup>
  readonly seeded: ReadonlyArray<InMemory.Seed>
  /** Requests of other programs. */
  readonly otherWrites: number
}

/** Whether neither the network nor the server has any faults. */
export const hasNoFaults = ({ rules, rates }: Scenario): boolean => rules.length === 0 && rates === Network.noFaults

/** Texts in all that callers send, which no error may contain. */
export const canaries: ReadonlyArray<string> = ["anary", "CANARY"]

export const fingerprints = ["canary-fingerprint-0001", "canary-fingerprint-0002", "canary-fingerprint-0003"] as const

const verifiedAt = 1_700_000_000_000

const shared: readonly [Content, Content] = [
  { name: "Canary Ada", nick: "canary-ada", meta: { tier: "gold" }, verifiedAt },
  { name: "Canary Grace", nick: "canary-grace", meta: { tier: "iron" } }
]

/** What a contact is made with: often the same as another's. */
export const content = (dice: Dice, unique: string): Content =>
  dice.chance(0.4)
    ? dice.pick(shared)
    : {
        name: "Canary Ada",
        nick: `canary-${unique}`,
        meta: { tier: dice.pick(["gold", "iron"]) },
        ...(dice.chance(0.5) ? { verifiedAt } : {})
      }

const skew = (dice: Dice): number => {
  const size = dice.pick([0, 0, 0, 30 * minute, 12 * hour, 20 * day])
  return dice.below(2 * size + 1) - size
}

/** Half of the worlds have a network without faults. */
const drawRates = (dice: Dice): Network.FaultRates => {
  const rough = dice.pick([0, 0, 0.1, 0.3])
  if (rough === 0) return Network.noFaults
  const some = () => (dice.chance(0.5) ? dice.next() * rough : 0)
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

/** A secret that is rotated: the client's token may have expired, or may not be allowed to use fingerprints. */
const rotating = (dice: Dice, time: VirtualTime, until: number): Client.Options["secret"] => {
  const switched = until + dice.below(40_000) - 20_000
  const next = dice.pick(["sk-canary-next", "oaac-canary-widget"])
  const isSlow = dice.chance(0.2)
  const fails = dice.chance(0.2) ? 0.3 : 0
  return Effect.gen(function* () {
    if (isSlow) yield* Effect.sleep(dice.below(5000))
    if (dice.chance(fails)) return yield* Effect.fail({ code: "ETIMEDOUT", canary: "canary" })
    return Redacted.make(time.now < switched ? "sk-canary-old" : next)
  })
}

/** A secret that gives any of three tokens, one of which may not use fingerprints. */
const mixed = (dice: Dice): Client.Options["secret"] =>
  Effect.sync(() => Redacted.make(dice.pick(["sk-canary-a", "sk-canary-next", "oaac-canary-widget"])))

const drawSecret = (dice: Dice, time: VirtualTime, account: string, until: number): Client.Options["secret"] => {
  if (account === "b") return Redacted.make("sk-canary-b")
  if (dice.chance(0.2)) return rotating(dice, time, until)
  if (dice.chance(0.2)) return mixed(dice)
  return Redacted.make(dice.pick(["sk-canary-a", "sk-canary-a", "sk-canary-a", "oaac-canary-widget"]))
}

const drawClient = (dice: Dice, time: VirtualTime, index: number, until: number): ClientSetup => {
  const account = dice.chance(0.85) ? "a" : "b"
  const isGuarded = dice.chance(0.9)
  const first = skew(dice)
  const jumpsAt = dice.chance(0.35) ? dice.below(minute) : Number.POSITIVE_INFINITY
  const second = first + skew(dice)
  const total = dice.pick([undefined, undefined, undefined, 5000, minute])
  return {
    name: `client ${index + 1}`,
    account,
    isGuarded,
    calls: 1 + dice.below(4),
    offset: () => (time.elapsed < jumpsAt ? first : second),
    options: {
      secret: drawSecret(dice, time, account, until),
      exactlyOnce: isGuarded,
      retry: { retries: dice.below(5), delay: dice.pick([50, 250, 2000]), maxDelay: dice.pick([1000, 10_000]) },
      timeout: {
        attempt: dice.pick([2000, 10_000, 30_000]),
        idle: dice.pick([5000, minute]),
        ...(total === undefined ? {} : { total })
      },
      ...(dice.chance(0.15) ? { rateLimit: { limit: 1 + dice.below(5), window: dice.pick([1000, minute]) } } : {})
    }
  }
}

export const draw = (dice: Dice, time: VirtualTime): Scenario => {
  const theme = dice.pick<Theme>(["writes", "writes", "writes", "lists", "lists", "all"])
  const serverOffset = skew(dice)
  const until = time.now + 20_000 + dice.millis(5 * minute)
  const isLarge = theme === "lists" ? dice.chance(0.3) : dice.chance(0.03)
  const size = isLarge ? 95 + dice.below(130) : dice.below(theme === "lists" ? 20 : 5)
  const clients = 2 + dice.below(theme === "lists" ? 2 : 4)
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
    rateLimit: dice.chance(0.1) ? 3 + dice.below(5) : undefined,
    rules: Faults.draw(dice, dice.pick([0, 0.2, 0.5, 0.8])),
    rates: drawRates(dice),
    serverOffset,
    clients: Array.from({ length: clients }, (_, index) => drawClient(dice, time, index, until)),
    seeded: Array.from({ length: size }, (_, index) => ({
      name: "Canary Old",
      nick: `canary-old-${index}`,
      meta: { tier: dice.pick(["gold", "iron"]) },
      createdAt: time.now + serverOffset - 30 * day + Math.floor(index / 3) * 1000
    })),
    otherWrites: dice.pick([0, 2, 4, theme === "lists" ? 12 : 6])
  }
}
