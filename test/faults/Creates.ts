import * as Effect from "effect/Effect"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"
import { losses } from "./Writes.ts"

const count = 1000
const concurrency = 16

const numbers = Array.from({ length: count }, (_, index) => index)

const fingerprintOf = (index: number) => `crm-${String(index).padStart(12, "0")}`

/** A fault for a tenth of the creates, chosen by the seed. */
const tenth = (fault: InMemory.Fault.Fault): InMemory.Fault.Rule => ({
  operation: "Contact.create",
  probability: 0.1,
  fault
})

const createAll = (rules: ReadonlyArray<InMemory.Fault.Rule>, request: (index: number) => Contact.CreateRequest) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.inject(...rules)
    const refs = yield* Effect.forEach(numbers, (index) => Contact.create(request(index)), { concurrency })
    const made = yield* api.contacts()
    const numbered = new Map(made.map((contact) => [contact.id, contact.name]))
    const lost = (yield* api.injectedFaults).length
    return check(`${made.length} contacts, ${new Set(World.ids(refs)).size} ids (${lost} answers lost)`, {
      contacts: [made.length, count],
      ids: [new Set(World.ids(refs)).size, count],
      // Each caller got the id of its own contact.
      own: [refs.every(({ id }, index) => numbered.get(id) === `n${index}`), true],
      "enough were lost": [lost > 60, true]
    })
  })

const retry = { retries: 8 }

const named = (index: number) => ({ name: `n${index}` })
const fingerprinted = (index: number) => ({ name: `n${index}`, fingerprint: fingerprintOf(index) })

const theirs = (rules: ReadonlyArray<InMemory.Fault.Rule>, request: (index: number) => Contact.CreateRequest) =>
  World.withOfficialClient(
    (client, api) =>
      Effect.gen(function* () {
        yield* api.inject(...rules)
        const got = yield* Effect.forEach(
          numbers,
          (index) => {
            const { fingerprint, name } = request(index)
            return World.settled(() =>
              client.create({ ...(name === undefined ? {} : { name }), ...(fingerprint ? { fingerprint } : {}) })
            )
          },
          { concurrency }
        )
        const made = (yield* api.contacts()).length
        const failed = got.filter((settled) => "error" in settled).length
        return reportOnly(`${made} contacts, ${count - failed} ids, ${failed} calls failed`)
      }),
    { timeout: 100, retries: 8 }
  )

const each: ReadonlyArray<Probe> = Object.entries(losses).map(([name, fault]) => ({
  hazard: "W1",
  name: `1,000 creates: ${name}`,
  situation: `1,000 creates, ${concurrency} at a time; a tenth of the answers lost: ${name}`,
  ours: World.inProcess(createAll([tenth(fault)], named), { retry }),
  theirs: theirs([tenth(fault)], named)
}))

/** Each fault is injected into a tenth of all creates. A rule sees only those that the rules before it left. */
const mixed = Object.values(losses).map((fault, index) => ({
  ...tenth(fault),
  probability: 0.1 / (1 - 0.1 * index)
}))

const together: ReadonlyArray<Probe> = [
  {
    hazard: "W1",
    name: "1,000 creates, all four ways",
    situation: "1,000 creates in process; a tenth of the answers lost in each of these four ways, 4 in 10 in all",
    ours: World.inProcess(createAll(mixed, named), { retry: { retries: 20 } })
  },
  {
    hazard: "W1",
    name: "1,000 creates, all four ways, over sockets",
    situation: "the same over the emulator's sockets, with an attempt timeout of 300 ms",
    ours: World.overSockets(createAll(mixed, named), {
      retry: { retries: 20, delay: 1, maxDelay: 1 },
      timeout: { attempt: 300 }
    }),
    theirs: theirs(mixed, named)
  },
  {
    hazard: "W9",
    name: "1,000 creates with fingerprints",
    situation: "1,000 creates with fingerprints in process; a tenth of the answers lost in each of the four ways of W1",
    ours: World.inProcess(createAll(mixed, fingerprinted), { retry: { retries: 20 } }),
    theirs: theirs(mixed, fingerprinted)
  },
  {
    hazard: "W9",
    name: "1,000 fingerprints that are taken",
    situation: "1,000 creates with fingerprints that are taken: every first answer is a 409",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seedContacts(count, (index) => ({ fingerprint: fingerprintOf(index) }))
        const errors = yield* Effect.forEach(numbers, (index) => Effect.flip(Contact.create(fingerprinted(index))), {
          concurrency
        })
        const kinds = [...new Set(errors.map((error) => World.summary(error)))]
        return check(`1,000 times ${kinds.join(" / ")}`, {
          kinds: [kinds, ["Conflict 409 rejected, 1 attempt"]],
          contacts: [(yield* api.contacts()).length, count],
          creates: [yield* api.requestCount("Contact.create"), count],
          // Each 409 is followed by one lookup.
          lists: [yield* api.requestCount("Contact.list"), count]
        })
      })
    )
  }
]

export const creates: ReadonlyArray<Probe> = [...each, ...together]
