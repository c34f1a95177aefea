import { assert, describe, it } from "@effect/vitest"
import * as Browser from "../../../src/internal/transport/Browser.ts"

const page = { window: {}, document: {}, location: { protocol: "https:" }, navigator: { userAgent: "Mozilla/5.0" } }
const worker = {
  importScripts: () => undefined,
  WorkerGlobalScope: () => undefined,
  location: { protocol: "https:" },
  navigator: { userAgent: "Mozilla/5.0" }
}

describe("a browser", () => {
  it.each<readonly [string, Browser.Globals]>([
    ["a page", page],
    ["a page with the `process` of a bundler", { ...page, process: { versions: {} } }],
    ["a page of Electron that has Node", { ...page, process: { type: "renderer", versions: { node: "22.0.0" } } }],
    ["a worker", worker],
    ["a worker made from a blob", { ...worker, location: { protocol: "blob:" } }],
    ["a service worker", { ...worker, ServiceWorkerGlobalScope: () => undefined } as Browser.Globals]
  ])("is what %s is in", (_, globals) => {
    assert.isTrue(Browser.detect(globals))
  })

  const node = { process: { versions: { node: "24.0.0" } } }
  it.each<readonly [string, Browser.Globals]>([
    ["Node", { ...node, navigator: { userAgent: "Node.js/24" } }],
    ["jsdom in Node", { ...page, ...node }],
    ["Bun", { process: { versions: { node: "24.0.0", bun: "1.3.0" } }, navigator: { userAgent: "Bun/1.3.0" } }],
    ["Deno", { Deno: {}, window: {}, navigator: { userAgent: "Deno/2" } } as Browser.Globals],
    ["a worker of Deno", { ...worker, Deno: {} } as Browser.Globals],
    ["workerd", { ...worker, navigator: { userAgent: "Cloudflare-Workers" } }],
    ["Vercel's edge runtime", { EdgeRuntime: "vercel", ...worker } as Browser.Globals],
    ["React Native", { window: {}, navigator: { product: "ReactNative" } } as Browser.Globals],
    ["an extension's page", { ...page, location: { protocol: "chrome-extension:" } }],
    ["an extension's worker", { ...worker, location: { protocol: "moz-extension:" } }],
    ["a runtime without globals", {}],
    ["a runtime with odd globals", { document: undefined, process: {}, navigator: {}, location: {} }]
  ])("is not what %s is", (_, globals) => {
    assert.isFalse(Browser.detect(globals))
  })

  it("is not detected in the runtime of these tests", () => {
    assert.isFalse(Browser.detect(globalThis))
  })
})
