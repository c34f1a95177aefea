/** Parts of the client without a socket: the decoding of a list, and the in-memory layer. */
import { Effect, Layer, Schema, SchemaParser } from "effect"
import { Contact } from "effect-chatbotkit"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import { Reader } from "../../../src/internal/list/JsonLines.ts"
import { contender, names } from "../contenders/byName.ts"
import { make } from "../contenders/ours.ts"
import { contactAt, idOf } from "../data.ts"
import { type Entrant, mapFigure, race, timed } from "../harness.ts"
import { type Group, perSecond, rows, withPeer } from "./group.ts"

const chunkSize = 64 * 1024

export const decode: Group = {
  name: "decode",
  description: "from the bytes of a list to contacts",
  run: async (rounds) => {
    const size = 10_000
    const contacts = Array.from({ length: size }, (_, index) => contactAt(index))
    const texts = contacts.map((data) => JSON.stringify({ type: "item", data }))
    const bytes = Buffer.from(`${texts.join("\n")}\n`)
    const chunks: Array<Uint8Array> = []
    for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize))
    const decodeAll = SchemaParser.decodeUnknownResult(Schema.Array(Contact.Contact))
    const times = 5
    const entrant = (name: string, work: () => unknown): Entrant => ({
      name,
      run: (collects) =>
        timed(async () => {
          for (let time = 0; time < times; time++) work()
        }, collects)
    })
    const reference = "JSON.parse of each line"
    const outcomes = await race(
      [
        entrant(reference, () => texts.map((text): unknown => JSON.parse(text))),
        entrant("our line reader, from bytes", () => {
          const reader = new Reader()
          return chunks.map((chunk) => reader.push(chunk))
        }),
        entrant("the schema of a contact, from values", () => decodeAll(contacts))
      ],
      { rounds, warmup: 3 }
    )
    const table = { title: "decode", unit: "items/s", rows: rows(outcomes, perSecond(size * times)), reference }
    return { tables: [table], targets: [] }
  }
}

export const inMemory: Group = {
  name: "in-memory",
  description: "fetch by id from the in-memory layer, its server included",
  run: (rounds) => {
    const size = 1000
    const count = 1500
    return withPeer(size, async (url) => {
      const seed = Effect.flatMap(InMemory.InMemory, (api) =>
        api.seed(Array.from({ length: size }, (_, index) => contactAt(index)))
      )
      const clients = {
        "ours, layers/InMemory": make(Layer.provideMerge(Layer.effectDiscard(seed), InMemory.layer())),
        [names.node]: await contender(names.node, url, size),
        [names.fetch]: await contender(names.fetch, url, size)
      }
      const ids = Array.from({ length: count }, (_, index) => idOf(index % size))
      const outcomes = await race(
        Object.entries(clients).map(([name, client]) => ({
          name,
          run: (collects: boolean) => timed(() => client.fetch(ids, 1), collects)
        })),
        { rounds, warmup: 3 }
      )
      await Promise.all(Object.values(clients).map((client) => client.close()))
      const table = {
        title: "fetch from memory, 1 at a time",
        unit: "µs for each request",
        rows: rows(outcomes, ({ wall }) => mapFigure(wall, (millis) => (millis / count) * 1000)),
        reference: names.node
      }
      return { tables: [table], targets: [] }
    })
  }
}
