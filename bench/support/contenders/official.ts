/** The official client. */
import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import { type Contender, digest, fromPromises } from "./contender.ts"

export const make = (baseUrl: string, secret: string): Contender => {
  const client = new ContactClient({ baseUrl, secret })
  return fromPromises({
    list: async () => {
      let sum = 0
      for await (const event of client.list().stream()) {
        if (event.type === "item") sum += digest(event.data)
      }
      return sum
    },
    fetch: async (id) => client.fetch(id),
    write: {
      create: async ({ fields }) => client.create({ ...fields }),
      ensure: async ({ fields }) => client.ensure({ ...fields }),
      update: async ({ fields, id }) => client.update(id, { ...fields }),
      delete: async ({ id }) => client.delete(id)
    }
  })
}
