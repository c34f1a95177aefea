import { Effect, Layer, Random, Stream } from "effect"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as Fake from "./FakeHttp.ts"

export const id = "cmwsk55x8000com7dj9qcuwx6"
export const fingerprint = "crm-0001-ada-lovelace"
export const ok = Fake.json(200, { id })
export const found = Fake.json(200, Fake.contact(id))
export const page = Fake.json(200, { items: [] })

export const calls = {
  create: Contact.create({ name: "Ada" }),
  fetch: Contact.fetch(id),
  update: Contact.update(id, { nick: "ada" }),
  delete: Contact.delete(id),
  ensure: Contact.ensure({ fingerprint }),
  listPage: Contact.listPage(),
  // With what it takes, it needs no second request to be sure of the end.
  list: Stream.runCollect(Contact.list({ take: 1 }))
}
export type Name = keyof typeof calls
export const names = Object.keys(calls) as ReadonlyArray<Name>
export const callOf = (name: Name): Effect.Effect<unknown, Errors.ContactError, Client.Client> => calls[name]

export const success: Readonly<Record<Name, () => Response>> = {
  create: ok,
  fetch: found,
  update: ok,
  delete: ok,
  ensure: ok,
  listPage: page,
  list: Fake.jsonLines(Fake.item("c1"))
}

/** Provides a fake to a call, under a seed. */
export const over = (fake: Fake.Fake, options: Partial<Client.Options> = {}) => {
  const layer = Layer.orDie(Fake.layer(fake, options))
  return <A, E, R>(effect: Effect.Effect<A, E, R>) => effect.pipe(Effect.provide(layer), Random.withSeed("seed"))
}

export const reset = { failWith: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }
export const refusedConnection = { failWith: new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }) }
export const error = (status: number, code = "CODE", headers = {}) =>
  Fake.json(status, { code, message: "said" }, headers)

export const wrong = (request: unknown) => Contact.create(request as Contact.CreateRequest)
