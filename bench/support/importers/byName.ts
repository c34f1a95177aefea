/** The programs that import rows, by name. */
import { Redacted } from "effect"
import type { Importer } from "./importer.ts"

export const names = {
  node: "Bulk.ensure, layers/Node",
  nodeJournal: "Bulk.ensure, layers/Node, FileJournal",
  createJournal: "Bulk.create, layers/Node, FileJournal",
  jobs: "Jobs over SQLite, layers/Node",
  fetch: "Bulk.ensure, layers/Fetch",
  fetchJournal: "Bulk.ensure, layers/Fetch, FileJournal",
  official: "official client with p-limit",
  floorUndici: "floor: the same requests by undici",
  floorFetch: "floor: the same requests by fetch"
} as const

/** An import into the account of a token. The modules that it needs are imported only here. */
export const importer = async (name: string, baseUrl: string, secret: string): Promise<Importer> => {
  const options = { secret: Redacted.make(secret), baseUrl }
  const overNode = async (operation: "ensure" | "create", hasJournal: boolean) => {
    const { layer } = await import("effect-chatbotkit/layers/Node")
    const { make } = await import("./ours.ts")
    return make(layer(options), operation, hasJournal)
  }
  const overFetch = async (hasJournal: boolean) => {
    const { layer } = await import("effect-chatbotkit/layers/Fetch")
    const { make } = await import("./ours.ts")
    return make(layer(options), "ensure", hasJournal)
  }
  switch (name) {
    case names.node:
      return overNode("ensure", false)
    case names.nodeJournal:
      return overNode("ensure", true)
    case names.createJournal:
      return overNode("create", true)
    case names.jobs: {
      const { layer } = await import("effect-chatbotkit/layers/Node")
      const { make } = await import("./jobs.ts")
      return make(layer(options))
    }
    case names.fetch:
      return overFetch(false)
    case names.fetchJournal:
      return overFetch(true)
    case names.official: {
      const { make } = await import("./official.ts")
      return make(baseUrl, secret)
    }
    case names.floorUndici: {
      const { Agent } = await import("@effect/platform-node/Undici")
      const { overUndici } = await import("./floor.ts")
      return overUndici(new Agent(), baseUrl, secret)
    }
    case names.floorFetch: {
      const { overFetch } = await import("./floor.ts")
      return overFetch(baseUrl, secret)
    }
    default:
      throw new Error(`There is no import ${name}`)
  }
}
