import * as Effect from "effect/Effect"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
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
  situation: `a create takes place, and its answer is lost: ${name}`,
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* World.seedContacts(3)
      yield* api.inject({ operation: "Contact.create", attempt: 1, fault })
      const ref = yield* Contact.create({ name: "Ada" })
      const made = (yield* api.contacts()).filter((contact) => contact.name === "Ada")
      return check(`${made.length} contact, and its id (${yield* api.requestCount("Contact.create")} POSTs)`, {
        "faults injected": [(yield* api.injectedFaults).length, 1],
        ids: [World.ids(made), [ref.id]]
      })
    })
  ),
  theirs: World.withOfficialClient(
    (client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ operation: "Contact.create", attempt: 1, fault })
        const outcome = yield* World.settled(() => client.create({ name: "Ada" }))
        const made = (yield* api.contacts()).length
        return reportOnly(`${made} contact${made === 1 ? "" : "s"}, ${"value" in outcome ? "one id" : "no id"}`)
      }),
    { timeout: 100 }
  )
}))

/** The outcome of a create whose every answer is lost. */
const createWithoutAnswers = (fault: InMemory.Fault.Fault, exactlyOnce: boolean) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", fault })
      const result = yield* Contact.create({ name: "Ada" }).pipe(
        Effect.map(({ id }) => ({ id, fingerprint: undefined, outcome: "made" })),
        Effect.catch(({ fingerprint, outcome }) => Effect.succeed({ id: undefined, fingerprint, outcome }))
      )
      const [contact, ...others] = yield* api.contacts()
      const found = result.id === contact?.id || result.fingerprint === contact?.fingerprint
      return `${result.outcome}, ${found ? "can be found" : "cannot be found"}, ${others.length} extra contacts`
    }),
    { exactlyOnce }
  )

const alwaysLost: ReadonlyArray<Probe> = [
  {
    hazard: "W1",
    name: "always lost",
    situation: "every answer to the create is lost, in each of these four ways",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) => createWithoutAnswers(fault, true)),
      (all) =>
        check('one contact each; outcome "unknown" with its fingerprint, or its id after a 409', {
          all: [
            all,
            [
              "unknown, can be found, 0 extra contacts",
              "unknown, can be found, 0 extra contacts",
              "made, can be found, 0 extra contacts",
              "unknown, can be found, 0 extra contacts"
            ]
          ]
        })
    )
  },
  {
    hazard: "W1",
    name: "always lost, exactlyOnce: false",
    situation: "the same with exactlyOnce: false",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) => createWithoutAnswers(fault, false)),
      (all) =>
        check('one contact each, outcome "unknown"', {
          all: [all, all.map(() => "unknown, cannot be found, 0 extra contacts")]
        })
    )
  }
]

const unmade: Probe = {
  hazard: "W1",
  name: "not made at all",
  situation: "a create is answered with 503 twice without an effect, and then succeeds",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", attempt: [1, 2], fault: Fault.status(503) })
      const ref = yield* Contact.create({ name: "Ada" })
      return check("one contact, and its id", { ids: [World.ids(yield* api.contacts()), [ref.id]] })
    })
  )
}

const failingLookup: Probe = {
  hazard: "W1",
  name: "the lookup fails too",
  situation: "the answer is lost, the second POST is a 409, and the lookup fails twice",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* World.seedContacts(250, () => ({ createdAt: 0 }))
      yield* api.inject(
        { operation: "Contact.create", attempt: 1, fault: Fault.afterCommit(Fault.reset) },
        { operation: "Contact.list", attempt: [1, 2], fault: Fault.status(502) }
      )
      const ref = yield* Contact.create({ name: "Ada" })
      const made = (yield* api.contacts()).filter((contact) => contact.name === "Ada")
      return check("one contact, and its id", { ids: [World.ids(made), [ref.id]] })
    })
  )
}

const mutated: Probe = {
  hazard: "W7",
  name: "a mutated request",
  situation: "the caller mutates the request object between the attempts",
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
      return check(`${bodies.length} POSTs of the same bytes`, {
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
    situation: "a delete takes place, its answer is lost in each of the four ways of W1, and the retry is a 404",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            const [contact, other] = yield* World.seedContacts(2)
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
      (all) => check("each: it succeeds, and only that contact is gone", { all: [all, all.map(() => [true, true, 2])] })
    ),
    theirs: World.withOfficialClient(
      (client, api) =>
        Effect.gen(function* () {
          const [contact] = yield* World.seedContactsInto(api, 1)
          const fault = losses["503 instead"]
          yield* api.inject({ operation: "Contact.delete", attempt: 1, fault })
          return reportOnly(yield* World.outcomeText(() => client.delete(contact?.id ?? "")))
        }),
      { timeout: 100 }
    )
  },
  {
    hazard: "W8",
    name: "nothing to delete",
    situation: "the first answer to a delete is a 404, also after a 429",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const first = yield* Effect.flip(Contact.delete("c000000000000000000000000"))
        yield* api.clear
        yield* api.inject({ operation: "Contact.delete", attempt: 1, fault: Fault.rateLimit() })
        const second = yield* Effect.flip(Contact.delete("c000000000000000000000000"))
        return check(`${first._tag} and ${second._tag}, outcome "rejected"`, {
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
    situation: "an update takes place, and its answer is lost in each of the four ways of W1",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            const [contact] = yield* World.seedContacts(1)
            yield* api.inject({ operation: "Contact.update", attempt: 1, fault })
            const ref = yield* Contact.update(contact?.id ?? "", { nick: "ada" })
            return [ref.id === contact?.id, (yield* api.contacts())[0]?.nick]
          })
        )
      ),
      (all) => check("each: it succeeds", { all: [all, all.map(() => [true, "ada"])] })
    )
  },
  {
    hazard: "W8",
    name: "a delete by name",
    situation: "a delete of `(Ada)` takes place and its answer is lost, while there is a second Ada",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* World.seedContacts(2, () => ({ name: "Ada" }))
        yield* api.inject({ operation: "Contact.delete", attempt: 1, fault: losses["503 instead"] })
        const error = yield* Effect.flip(Contact.delete("(Ada)"))
        return check(`one Ada is left, ${World.summary(error)}`, {
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
    situation: "a create takes place, its answer is lost in each of the four ways of W1, and the retry is a 409",
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
      (all) => check("each: the id of the contact that it made", { all: [all, all.map(() => [1, true, fingerprint])] })
    ),
    theirs: World.withOfficialClient(
      (client, api) =>
        Effect.gen(function* () {
          yield* api.inject({ operation: "Contact.create", attempt: 1, fault: losses["503 instead"] })
          return reportOnly(yield* World.outcomeText(() => client.create({ name: "Ada", fingerprint })))
        }),
      { timeout: 100 }
    )
  },
  {
    hazard: "W9",
    name: "a fingerprint that was taken before",
    situation: "the contact is an hour old: the first answer is a 409, or a 409 follows a 503 or a reset",
    ours: Effect.map(
      Effect.forEach([undefined, Fault.status(503), Fault.reset], (fault) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            yield* World.seedContacts(1, () => ({ name: "Ada", fingerprint, createdAt: -3_600_000 }))
            if (fault !== undefined) yield* api.inject({ operation: "Contact.create", attempt: 1, fault })
            const error = yield* Effect.flip(Contact.create({ name: "Ada", fingerprint }))
            return [error._tag, error.outcome, (yield* api.contacts()).length]
          })
        )
      ),
      (all) => check('each: Conflict, outcome "rejected"', { all: [all, all.map(() => ["Conflict", "rejected", 1])] })
    )
  }
]

export const writes: ReadonlyArray<Probe> = [
  ...lost,
  ...alwaysLost,
  unmade,
  failingLookup,
  mutated,
  ...deletes,
  ...fingerprints
]
