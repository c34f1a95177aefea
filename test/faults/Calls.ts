import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import type { Fault } from "../../src/layers/InMemory.ts"

export const id = "cmwsk55x8000com7dj9qcuwx6"

type Call = Effect.Effect<unknown, Errors.ContactError, Client.Client>

/** One call of each operation. Fault rules know it as `operation`. */
export const calls: ReadonlyArray<{
  readonly name: string
  readonly operation: Fault.OperationName
  readonly call: Call
}> = [
  { name: "create", operation: "Contact.create", call: Contact.create({ name: "Ada" }) },
  { name: "fetch", operation: "Contact.fetch", call: Contact.fetch(id) },
  { name: "update", operation: "Contact.update", call: Contact.update(id, { nick: "ada" }) },
  { name: "delete", operation: "Contact.delete", call: Contact.delete(id) },
  {
    name: "ensure",
    operation: "Contact.ensure",
    call: Contact.ensure({ fingerprint: "crm-0001-ada-lovelace" })
  },
  { name: "listPage", operation: "Contact.list", call: Contact.listPage() },
  { name: "list", operation: "Contact.list", call: Stream.runDrain(Contact.list()) },
  { name: "find", operation: "Contact.find", call: Stream.runDrain(Contact.find({ ids: [id] })) }
]
