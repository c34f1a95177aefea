/** The contenders by name. */
import { Redacted } from "effect"
import { tokenOf } from "../data.ts"
import type { Contender } from "./contender.ts"

export const names = {
  node: "ours, layers/Node",
  fetch: "ours, layers/Fetch",
  official: "official client",
  plainUndici: "plain Effect over undici",
  plainFetch: "plain Effect over fetch",
  rawUndici: "raw undici",
  rawFetch: "raw fetch",
  floorUndici: "floor over undici",
  floorFetch: "floor over fetch"
} as const

/** Our client, each call of which runs under `Client.withOptions`. */
export const withOptions = {
  node: "ours, layers/Node, withOptions",
  nodeNewObject: "ours, layers/Node, withOptions of a new object",
  fetch: "ours, layers/Fetch, withOptions",
  fetchNewObject: "ours, layers/Fetch, withOptions of a new object"
} as const

/**
 * A contender for the account that has `size` contacts. The modules that it needs are imported only here: undici replaces
 * the `fetch` of every process that imports it.
 */
export const contender = async (name: string, baseUrl: string, size: number): Promise<Contender> => {
  const secret = tokenOf(size)
  const options = { secret: Redacted.make(secret), baseUrl }
  const ours = async (transport: "Node" | "Fetch", callOptions?: "constant" | "new object") => {
    const { layer } =
      transport === "Node"
        ? await import("effect-chatbotkit/layers/Node")
        : await import("effect-chatbotkit/layers/Fetch")
    const { make } = await import("./ours.ts")
    return make(layer(options), callOptions)
  }
  switch (name) {
    case names.node:
      return ours("Node")
    case withOptions.node:
      return ours("Node", "constant")
    case withOptions.nodeNewObject:
      return ours("Node", "new object")
    case names.fetch:
      return ours("Fetch")
    case withOptions.fetch:
      return ours("Fetch", "constant")
    case withOptions.fetchNewObject:
      return ours("Fetch", "new object")
    case names.official: {
      const { make } = await import("./official.ts")
      return make(baseUrl, secret)
    }
    case names.plainUndici: {
      const { layerUndici } = await import("@effect/platform-node/NodeHttpClient")
      const { make } = await import("./plainEffect.ts")
      return make(layerUndici, baseUrl, secret)
    }
    case names.plainFetch: {
      const { layer } = await import("effect/http/FetchHttpClient")
      const { make } = await import("./plainEffect.ts")
      return make(layer, baseUrl, secret)
    }
    case names.rawUndici: {
      const { Agent } = await import("@effect/platform-node/Undici")
      const { overUndici } = await import("./raw.ts")
      return overUndici(new Agent(), baseUrl, secret)
    }
    case names.rawFetch: {
      const { overFetch } = await import("./raw.ts")
      return overFetch(baseUrl, secret)
    }
    case names.floorUndici: {
      const { Agent } = await import("@effect/platform-node/Undici")
      const { overUndici } = await import("./floorTransport.ts")
      const { make } = await import("./floor.ts")
      return make(overUndici(new Agent(), baseUrl), baseUrl, secret)
    }
    case names.floorFetch: {
      const { overFetch } = await import("./floorTransport.ts")
      const { make } = await import("./floor.ts")
      return make(overFetch(baseUrl), baseUrl, secret)
    }
    default:
      throw new Error(`There is no contender ${name}`)
  }
}
