/* oxlint-disable no-await-in-loop -- a worker does one thing after another */
/** The clients that are measured against one another, each used as its own documentation says. */
import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import type { Dispatcher } from "@effect/platform-node/Undici"
import { Effect, type Layer, ManagedRuntime, Redacted, Stream } from "effect"
import { Contact } from "effect-chatbotkit"
import type { Client } from "effect-chatbotkit/Client"
import type { ContactError, InvalidOptions } from "effect-chatbotkit/Errors"
import { prefix, tokenOf } from "./data.ts"

/** A write of the benchmark. */
export interface Write {
  readonly fingerprint: string
  readonly name: string
  readonly email: string
}

/** An operation that is measured in bulk. */
export type Bulk = "create" | "ensure" | "update" | "delete"

/** What one call in bulk is about: a contact that is there, and what to write. */
export interface Thing {
  readonly id: string
  readonly write: Write
}

/** One client, bound to one account. */
export interface Contender {
  readonly name: string
  /** Reads the whole list as it streams, and gives a checksum of `createdAt`. */
  readonly list: () => Promise<number>
  /** Reads contacts by id, so many at a time. */
  readonly fetch: (ids: ReadonlyArray<string>, concurrency: number) => Promise<void>
  /** Makes contacts, so many at a time. */
  readonly create: (writes: ReadonlyArray<Write>, concurrency: number) => Promise<void>
  /** Does something to many, so many at a time; ours tell what came of it in order, unless `unordered`. */
  readonly bulk: (
    operation: Bulk,
    things: ReadonlyArray<Thing>,
    concurrency: number,
    unordered?: boolean
  ) => Promise<void>
  readonly close: () => Promise<void>
}

export const names = {
  node: "ours, layers/Node",
  fetch: "ours, layers/Fetch",
  official: "official client",
  rawFetch: "raw fetch",
  rawUndici: "raw undici"
} as const

const digest = (createdAt: number): number => createdAt % 1000

/** Does something for each of many, so many at a time. */
const pool = async <A>(
  things: ReadonlyArray<A>,
  concurrency: number,
  work: (thing: A) => Promise<unknown>
): Promise<void> => {
  const rest = things.values()
  const worker = async () => {
    for (const thing of rest) await work(thing)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

const ours: Readonly<Record<Bulk, (thing: Thing) => Effect.Effect<Contact.ContactRef, ContactError, Client>>> = {
  create: ({ write }) => Contact.create(write),
  ensure: ({ write }) => Contact.ensure(write),
  update: ({ id, write }) => Contact.update(id, write),
  delete: ({ id }) => Contact.delete(id)
}

/** Our client over a layer. */
export const ofLayer = (name: string, layer: Layer.Layer<Client, InvalidOptions>): Contender => {
  const runtime = ManagedRuntime.make(layer)
  return {
    name,
    list: () =>
      runtime.runPromise(
        Stream.runFold(
          Contact.list(),
          () => 0,
          (sum, contact) => sum + digest(contact.createdAt)
        )
      ),
    fetch: (ids, concurrency) => runtime.runPromise(Effect.forEach(ids, Contact.fetch, { concurrency, discard: true })),
    create: (writes, concurrency) =>
      runtime.runPromise(Effect.forEach(writes, Contact.create, { concurrency, discard: true })),
    bulk: (operation, things, concurrency, unordered) =>
      runtime.runPromise(
        Stream.fromIterable(things).pipe(Stream.mapEffect(ours[operation], { concurrency, unordered }), Stream.runDrain)
      ),
    close: () => runtime.dispose()
  }
}

const official = (baseUrl: string, secret: string): Contender => {
  const client = new ContactClient({ baseUrl, secret })
  const calls: Readonly<Record<Bulk, (thing: Thing) => Promise<unknown>>> = {
    create: async ({ write }) => client.create({ ...write }),
    ensure: async ({ write }) => client.ensure({ ...write }),
    update: async ({ id, write }) => client.update(id, { ...write }),
    delete: async ({ id }) => client.delete(id)
  }
  return {
    name: names.official,
    list: async () => {
      let sum = 0
      for await (const event of client.list().stream()) {
        if (event.type === "item") sum += digest(event.data.createdAt)
      }
      return sum
    },
    fetch: (ids, concurrency) => pool(ids, concurrency, async (id) => client.fetch(id)),
    create: (writes, concurrency) => pool(writes, concurrency, (write) => client.create({ ...write })),
    bulk: (operation, things, concurrency) => pool(things, concurrency, calls[operation]),
    close: async () => undefined
  }
}

interface Event {
  readonly type: string
  readonly data: { readonly createdAt: number }
}

/** What one would write by hand for a list: no checks, one `JSON.parse` a line. */
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
      if (event.type === "item") sum += digest(event.data.createdAt)
    }
  }
  return sum
}

const pathOf = (operation: Bulk, id: string): string =>
  operation === "create" || operation === "ensure" ? operation : `${id}/${operation}`

const rawFetch = (baseUrl: string, secret: string): Contender => {
  const authorization = `Bearer ${secret}`
  const post = (path: string) => async (write: Write) => {
    const response = await fetch(`${baseUrl}${prefix}/${path}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(write)
    })
    return response.json()
  }
  return {
    name: names.rawFetch,
    list: async () => {
      const { body } = await fetch(`${baseUrl}${prefix}/list`, {
        headers: { authorization, accept: "application/jsonl" }
      })
      return body === null ? 0 : sumLines(body)
    },
    fetch: (ids, concurrency) =>
      pool(ids, concurrency, async (id) => {
        const response = await fetch(`${baseUrl}${prefix}/${id}/fetch`, { headers: { authorization } })
        return response.json()
      }),
    create: (writes, concurrency) => pool(writes, concurrency, post("create")),
    bulk: (operation, things, concurrency) =>
      pool(things, concurrency, ({ id, write }) => post(pathOf(operation, id))(write)),
    close: async () => undefined
  }
}

const rawUndici = (agent: Dispatcher, baseUrl: string, secret: string): Contender => {
  const authorization = `Bearer ${secret}`
  const post = (path: string) => async (write: Write) => {
    const { body } = await agent.request({
      origin: baseUrl,
      path: `${prefix}/${path}`,
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(write)
    })
    return body.json()
  }
  const get = (path: string, accept: string) =>
    agent.request({ origin: baseUrl, path: `${prefix}/${path}`, method: "GET", headers: { authorization, accept } })
  return {
    name: names.rawUndici,
    list: async () => sumLines((await get("list", "application/jsonl")).body),
    fetch: (ids, concurrency) =>
      pool(ids, concurrency, async (id) => (await get(`${id}/fetch`, "application/json")).body.json()),
    create: (writes, concurrency) => pool(writes, concurrency, post("create")),
    bulk: (operation, things, concurrency) =>
      pool(things, concurrency, ({ id, write }) => post(pathOf(operation, id))(write)),
    close: () => agent.close()
  }
}

/**
 * A contender, for the account that has so many contacts. What it needs is imported only here: undici puts itself behind
 * the `fetch` of every process that imports it.
 */
export const contender = async (name: string, baseUrl: string, size: number): Promise<Contender> => {
  const token = tokenOf(size)
  const options = { secret: Redacted.make(token), baseUrl }
  switch (name) {
    case names.node: {
      const Node = await import("effect-chatbotkit/layers/Node")
      return ofLayer(name, Node.layer(options))
    }
    case names.fetch: {
      const Fetch = await import("effect-chatbotkit/layers/Fetch")
      return ofLayer(name, Fetch.layer(options))
    }
    case names.official:
      return official(baseUrl, token)
    case names.rawFetch:
      return rawFetch(baseUrl, token)
    case names.rawUndici: {
      const { Agent } = await import("@effect/platform-node/Undici")
      return rawUndici(new Agent(), baseUrl, token)
    }
    default:
      throw new Error(`There is no contender ${name}`)
  }
}
