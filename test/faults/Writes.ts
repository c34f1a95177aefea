import * as Effect from "effect/Effect"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { type Probe, only, seen } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

/** The ways to lose the answer of a write that took place. */
export const losses = {
  "503 instead": Fault.afterCommit(Fault.status(503)),
  "reset before headers": Fault.afterCommit(Fault.reset),
  "reset in the body": Fault.resetAfter(1),
  "stalled for ever": Fault.afterCommit(Fault.stall)
}

const fingerprint = "crm-0001-ada-lovelace"

const lost: ReadonlyArray<Probe> = Object.entries(losses).map(([name, fault]) => ({
  hazard: "W1",
  name,
  tried: `a create takes place, and its answer is lost: ${name}`,
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* World.seeded(3)
      yield* api.inject({ operation: "Contact.create", attempt: 1, fault })
      const ref = yield* Contact.create({ name: "Ada" })
      const made = (yield* api.contacts()).filter((contact) => contact.name === "Ada")
      return seen(`${made.length} contact, and its id (${yield* api.requestCount("Contact.create")} POSTs)`, {
        "faults injected": [(yield* api.injectedFaults).length, 1],
        ids: [World.ids(made), [ref.id]]
      })
    })
  ),
  theirs: World.official(
    (client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ operation: "Contact.create", attempt: 1, fault })
        const told = yield* World.settled(() => client.create({ name: "Ada" }))
        const made = (yield* api.contacts()).length
        return only(`${made} contact${made === 1 ? "" : "s"}, ${"value" in told ? "one id" : "no id"}`)
      }),
    { timeout: 100 }
  )
}))

/** What a create comes to whose every answer is lost. */
const hopeless = (fault: InMemory.Fault.Fault, exactlyOnce: boolean) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", fault })
      const told = yield* Contact.create({ name: "Ada" }).pipe(
        Effect.map(({ id }) => ({ id, fingerprint: undefined, outcome: "made" })),
        Effect.catch(({ fingerprint, outcome }) => Effect.succeed({ id: undefined, fingerprint, outcome }))
      )
      const [contact, ...others] = yield* api.contacts()
      const found = told.id === contact?.id || told.fingerprint === contact?.fingerprint
      return `${told.outcome}, ${found ? "to be found" : "no trace"}, ${others.length} too many`
    }),
    { exactlyOnce }
  )

const alwaysLost: ReadonlyArray<Probe> = [
  {
    hazard: "W1",
    name: "always lost",
    tried: "every answer to the create is lost, in each of the four ways",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) => hopeless(fault, true)),
      (all) =>
        seen('one contact each; "unknown" with its fingerprint, or its id where a 409 got through', {
          all: [
            all,
            [
              "unknown, to be found, 0 too many",
              "unknown, to be found, 0 too many",
              "made, to be found, 0 too many",
              "unknown, to be found, 0 too many"
            ]
          ]
        })
    )
  },
  {
    hazard: "W1",
    name: "always lost, exactlyOnce: false",
    tried: "the same with exactlyOnce: false",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) => hopeless(fault, false)),
      (all) =>
        seen('one contact each, "unknown"', {
          all: [all, all.map(() => "unknown, no trace, 0 too many")]
        })
    )
  }
]

const unmade: Probe = {
  hazard: "W1",
  name: "not made at all",
  tried: "the create is refused with 503 and nothing is made, then goes through",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", attempt: [1, 2], fault: Fault.status(503) })
      const ref = yield* Contact.create({ name: "Ada" })
      return seen("one contact, and its id", { ids: [World.ids(yield* api.contacts()), [ref.id]] })
    })
  )
}

const hiddenLoss: Probe = {
  hazard: "W1",
  name: "the search is hit too",
  tried: "the answer is lost, the second POST is a 409, and the list that is searched fails twice",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* World.seeded(250, () => ({ createdAt: 0 }))
      yield* api.inject(
        { operation: "Contact.create", attempt: 1, fault: Fault.afterCommit(Fault.reset) },
        { operation: "Contact.list", attempt: [1, 2], fault: Fault.status(502) }
      )
      const ref = yield* Contact.create({ name: "Ada" })
      const made = (yield* api.contacts()).filter((contact) => contact.name === "Ada")
      return seen("one contact, and its id", { ids: [World.ids(made), [ref.id]] })
    })
  )
}

const mutated: Probe = {
  hazard: "W7",
  name: "input changed meanwhile",
  tried: "the caller changes the request while its attempts fail",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const request = { name: "before", meta: { deep: { list: [1] } } }
      yield* api.inject({
        operation: "Contact.create",
        attempt: (attempt) => {
          request.name += "!"
          request.meta.deep.list.push(attempt)
          return attempt < 4
        },
        fault: Fault.status(503)
      })
      yield* Contact.create(request)
      const bodies = (yield* api.requests).map(({ body }) => body)
      return seen(`${bodies.length} POSTs of the same bytes`, {
        bodies: [new Set(bodies).size, 1],
        sent: [bodies.length, 4],
        stored: [(yield* api.contacts())[0]?.meta, { deep: { list: [1] } }]
      })
    })
  )
}

const deletes: ReadonlyArray<Probe> = [
  {
    hazard: "W8",
    name: "a delete whose answer is lost",
    tried: "a delete takes place, its answer is lost in each of the four ways, and the retry is a 404",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            const [contact, other] = yield* World.seeded(2)
            const id = contact?.id ?? ""
            yield* api.inject({ operation: "Contact.delete", attempt: 1, fault })
            const ref = yield* Contact.delete(id)
            const left = World.ids(yield* api.contacts())
            return [
              ref.id === id,
              left.length === 1 && left[0] === other?.id,
              yield* api.requestCount("Contact.delete")
            ]
          })
        )
      ),
      (all) => seen("each: it succeeds, and only it is gone", { all: [all, all.map(() => [true, true, 2])] })
    ),
    theirs: World.official(
      (client, api) =>
        Effect.gen(function* () {
          const [contact] = yield* World.seedInto(api, 1)
          const fault = losses["503 instead"]
          yield* api.inject({ operation: "Contact.delete", attempt: 1, fault })
          return only(yield* World.told(() => client.delete(contact?.id ?? "")))
        }),
      { timeout: 100 }
    )
  },
  {
    hazard: "W8",
    name: "nothing to delete",
    tried: "the first answer to a delete is a 404, also after a 429",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const first = yield* Effect.flip(Contact.delete("c000000000000000000000000"))
        yield* api.clear
        yield* api.inject({ operation: "Contact.delete", attempt: 1, fault: Fault.rateLimit() })
        const second = yield* Effect.flip(Contact.delete("c000000000000000000000000"))
        return seen(`${first._tag} and ${second._tag}, "rejected"`, {
          tags: [
            [first._tag, second._tag],
            ["NotFound", "NotFound"]
          ],
          outcomes: [
            [first.outcome, second.outcome],
            ["rejected", "rejected"]
          ]
        })
      })
    )
  },
  {
    hazard: "W8",
    name: "an update whose answer is lost",
    tried: "an update takes place, and its answer is lost in each of the four ways",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            const [contact] = yield* World.seeded(1)
            yield* api.inject({ operation: "Contact.update", attempt: 1, fault })
            const ref = yield* Contact.update(contact?.id ?? "", { nick: "ada" })
            return [ref.id === contact?.id, (yield* api.contacts())[0]?.nick]
          })
        )
      ),
      (all) => seen("each: it succeeds, and says so", { all: [all, all.map(() => [true, "ada"])] })
    )
  },
  {
    hazard: "W8",
    name: "a delete by name",
    tried: "a delete of `(Ada)` takes place and its answer is lost, while there is a second Ada",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seeded(2, () => ({ name: "Ada" }))
        yield* api.inject({ operation: "Contact.delete", attempt: 1, fault: losses["503 instead"] })
        const error = yield* Effect.flip(Contact.delete("(Ada)"))
        return seen(`one Ada is left, ${World.summary(error)}`, {
          left: [(yield* api.contacts()).length, 1],
          outcome: [error.outcome, "unknown"]
        })
      })
    )
  }
]

const fingerprints: ReadonlyArray<Probe> = [
  {
    hazard: "W9",
    name: "a create with a fingerprint whose answer is lost",
    tried: "it takes place, its answer is lost in each of the four ways, and the retry is a 409",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            yield* api.inject({ operation: "Contact.create", attempt: 1, fault })
            const ref = yield* Contact.create({ name: "Ada", fingerprint: `  ${fingerprint} ` })
            const made = yield* api.contacts()
            return [made.length, made[0]?.id === ref.id, made[0]?.fingerprint]
          })
        )
      ),
      (all) => seen("each: the id of the contact it made", { all: [all, all.map(() => [1, true, fingerprint])] })
    ),
    theirs: World.official(
      (client, api) =>
        Effect.gen(function* () {
          yield* api.inject({ operation: "Contact.create", attempt: 1, fault: losses["503 instead"] })
          return only(yield* World.told(() => client.create({ name: "Ada", fingerprint })))
        }),
      { timeout: 100 }
    )
  },
  {
    hazard: "W9",
    name: "a fingerprint that was taken before",
    tried: "the first answer is a 409; and a 409 after a 503 and a lost connection, of a contact made an hour before",
    ours: Effect.map(
      Effect.forEach([undefined, Fault.status(503), Fault.reset], (fault) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            yield* World.seeded(1, () => ({ name: "Ada", fingerprint, createdAt: -3_600_000 }))
            if (fault !== undefined) yield* api.inject({ operation: "Contact.create", attempt: 1, fault })
            const error = yield* Effect.flip(Contact.create({ name: "Ada", fingerprint }))
            return [error._tag, error.outcome, (yield* api.contacts()).length]
          })
        )
      ),
      (all) => seen('each: Conflict, "rejected"', { all: [all, all.map(() => ["Conflict", "rejected", 1])] })
    )
  }
]

export const writes: ReadonlyArray<Probe> = [
  ...lost,
  ...alwaysLost,
  unmade,
  hiddenLoss,
  mutated,
  ...deletes,
  ...fingerprints
]
