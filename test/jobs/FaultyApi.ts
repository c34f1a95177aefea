/** The faults of the emulator that the workers of a job send their requests to. */
import { Effect, Random } from "effect"
import * as InMemory from "../../src/layers/InMemory.ts"

const { Fault } = InMemory

/** The token of the account that the job works on. */
export const token = "sk-jobs"

/** Answers that are lost before or after the server has acted, refusals, and lookups that cannot be read. */
const rules: ReadonlyArray<InMemory.Fault.Rule> = [
  { operation: "Contact.create", probability: 0.01, fault: Fault.afterCommit(Fault.reset) },
  { operation: "Contact.create", probability: 0.01, fault: Fault.afterCommit(Fault.status(503)) },
  { operation: "Contact.create", probability: 0.01, fault: Fault.resetAfter(10) },
  { operation: "Contact.create", probability: 0.01, fault: Fault.reset },
  { operation: "Contact.create", probability: 0.01, fault: Fault.status(500) },
  { operation: "Contact.create", probability: 0.0005, fault: Fault.rateLimit() },
  { operation: "Contact.create", probability: 0.0002, fault: Fault.afterCommit(Fault.stall) },
  { operation: "Contact.find", probability: 0.02, fault: Fault.status(503) },
  { operation: "Contact.find", probability: 0.02, fault: Fault.garbage() },
  { operation: "Contact.find", probability: 0.02, fault: Fault.cutAfter(20) }
]

/** Adds the faults to the emulator. Other creates take `delay` milliseconds longer. */
export const inject = (seed: string, delay = 0): Effect.Effect<void, never, InMemory.InMemory> =>
  Effect.flatMap(InMemory.InMemory, (api) =>
    api.inject(...rules, ...(delay === 0 ? [] : [{ operation: "Contact.create", fault: Fault.delay(delay) } as const]))
  ).pipe(Random.withSeed(seed))

/** The number of creates that the emulator has received. */
export const creates = Effect.flatMap(InMemory.InMemory, (api) => api.requestCount("Contact.create"))

/** Waits until the emulator has received so many creates. */
export const untilCreates = (count: number): Effect.Effect<void, never, InMemory.InMemory> =>
  Effect.asVoid(Effect.repeat(Effect.andThen(Effect.sleep(2), creates), { until: (received) => received >= count }))
