/** Code without a client: `fetch` or undici, and `JSON.parse`. It checks nothing. */
import type { Dispatcher } from "@effect/platform-node/Undici"
import { prefix } from "../data.ts"
import { type Contender, digest, fromPromises, type WriteInput } from "./contender.ts"

interface Event {
  readonly type: string
  readonly data: { readonly createdAt: number }
}

const sumLines = async (body: AsyncIterable<Uint8Array>): Promise<number> => {
  const decoder = new TextDecoder()
  let rest = ""
  let sum = 0
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      if (line === "") continue
      const event: Event = JSON.parse(line)
      if (event.type === "item") sum += digest(event.data)
    }
  }
  return sum
}

interface Contact {
  readonly createdAt: number
}

/** The writes, all of which are a POST. */
const writes = (post: (path: string, body: object) => Promise<unknown>) => ({
  create: ({ fields }: WriteInput) => post("create", fields),
  ensure: ({ fields }: WriteInput) => post("ensure", fields),
  update: ({ fields, id }: WriteInput) => post(`${id}/update`, fields),
  delete: ({ id }: WriteInput) => post(`${id}/delete`, {})
})

export const overFetch = (baseUrl: string, secret: string): Contender => {
  const authorization = `Bearer ${secret}`
  return fromPromises({
    list: async () => {
      const { body } = await fetch(`${baseUrl}${prefix}/list`, {
        headers: { authorization, accept: "application/jsonl" }
      })
      return body === null ? 0 : sumLines(body)
    },
    fetch: async (id) => {
      const response = await fetch(`${baseUrl}${prefix}/${id}/fetch`, { headers: { authorization } })
      const contact: Contact = await response.json()
      return contact
    },
    write: writes(async (path, body) => {
      const response = await fetch(`${baseUrl}${prefix}/${path}`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(body)
      })
      return response.json()
    })
  })
}

export const overUndici = (agent: Dispatcher, baseUrl: string, secret: string): Contender => {
  const authorization = `Bearer ${secret}`
  const get = (path: string, accept: string) =>
    agent.request({ origin: baseUrl, path: `${prefix}/${path}`, method: "GET", headers: { authorization, accept } })
  return fromPromises({
    list: async () => sumLines((await get("list", "application/jsonl")).body),
    fetch: async (id) => {
      const { body } = await get(`${id}/fetch`, "application/json")
      const contact: Contact = JSON.parse(await body.text())
      return contact
    },
    write: writes(async (path, body) => {
      const response = await agent.request({
        origin: baseUrl,
        path: `${prefix}/${path}`,
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(body)
      })
      return response.body.json()
    }),
    close: () => agent.close()
  })
}
