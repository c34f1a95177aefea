/** Our client. */
import { type Layer, ManagedRuntime } from "effect"
import { Client, Contact } from "effect-chatbotkit"
import type { InvalidOptions } from "effect-chatbotkit/Errors"
import { type Contender, fromEffects } from "./contender.ts"

/** The options of a call under `Client.withOptions`. */
export type CallOptions = "constant" | "new object"

const overrides = (): Client.Overrides => ({ runAsUserId: "user_1", retry: { retries: 1 } })

const constant = overrides()

const fetchWith = {
  constant: (id: string) => Client.withOptions(Contact.fetch(id), constant),
  "new object": (id: string) => Client.withOptions(Contact.fetch(id), overrides())
}

/** Our client over a layer. With `callOptions`, each fetch runs under `Client.withOptions`. */
export const make = (layer: Layer.Layer<Client.Client, InvalidOptions>, callOptions?: CallOptions): Contender =>
  fromEffects(ManagedRuntime.make(layer), {
    list: Contact.list,
    fetch: callOptions === undefined ? Contact.fetch : fetchWith[callOptions],
    write: {
      create: ({ fields }) => Contact.create(fields),
      ensure: ({ fields }) => Contact.ensure(fields),
      update: ({ fields, id }) => Contact.update(id, fields),
      delete: ({ id }) => Contact.delete(id)
    }
  })
