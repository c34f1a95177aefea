import { Effect, Layer, Random, Stream } from "effect"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as Fake from "./FakeHttp.ts"
import * as Lookup from "./FakeLookup.ts"

export const id = "cmwsk55x8000com7dj9qcuwx6"
export const fingerprint = "crm-0001-ada-lovelace"

/** 200 and an id. */
export const ok = Fake.json(200, { id })
/** 200 and a contact. */
export const found = Fake.json(200, Fake.contact(id))
/** 200 and an empty page. */
export const page = Fake.json(200, { items: [] })
/** An error reply in the form of the API. */
export const errorReply = (status: number, code = "CODE", headers = {}) =>
  Fake.json(status, { code, message: "said" }, headers)

/** A failure of the transport that leaves the outcome unknown. */
export const connectionReset = { failWith: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }
/** A failure of the transport before anything is sent. */
export const connectionRefused = { failWith: new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }) }

/** One call of each operation. */
export const calls = {
  create: Contact.create({ name: "Ada" }),
  fetch: Contact.fetch(id),
  update: Contact.update(id, { nick: "ada" }),
  delete: Contact.delete(id),
  ensure: Contact.ensure({ fingerprint }),
  listPage: Contact.listPage(),
  // With `take` reached, a list needs no second request to confirm its end.
  list: Stream.runCollect(Contact.list({ take: 1 })),
  export: Stream.runCollect(Contact.export({ take: 1 })),
  find: Stream.runCollect(Contact.find({ ids: [id] }))
}
export type CallName = keyof typeof calls
export const callNames = Object.keys(calls) as ReadonlyArray<CallName>
export const callOf = (name: CallName): Effect.Effect<unknown, Errors.ContactError, Client.Client> => calls[name]

/** The reply that each call succeeds with. */
export const successReplies: Readonly<Record<CallName, () => Response>> = {
  create: ok,
  fetch: found,
  update: ok,
  delete: ok,
  ensure: ok,
  listPage: page,
  list: Fake.jsonLines(Fake.item("c1")),
  export: Fake.jsonLines(Fake.item("c1", { meta: {} })),
  find: Lookup.page([])
}

/** A create with a request of any type, as plain JavaScript can make it. */
export const createUntyped = (request: unknown) => Contact.create(request as Contact.CreateRequest)

/** Runs effects with a client over a fake. Its randomness is seeded. */
export const over = (fake: Fake.Fake, options: Partial<Client.Options> = {}) => {
  const layer = Layer.orDie(Fake.layer(fake, options))
  return <A, E, R>(effect: Effect.Effect<A, E, R>) => effect.pipe(Effect.provide(layer), Random.withSeed("seed"))
}
