import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { build } from "esbuild"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The files that end up in the bundle of an app. */
const bundle = (source: string, platform: "browser" | "node" = "browser") =>
  Effect.promise(async () => {
    const { metafile } = await build({
      stdin: { contents: source, resolveDir: root, loader: "ts" },
      absWorkingDir: root,
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: "esm",
      target: "es2022",
      platform,
      logLevel: "silent"
    })
    return Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))
    )
  })

const use = (names: string) => `export default [${names}]`

const app = `
  import { Contact } from "effect-chatbotkit"
  import * as Fetch from "effect-chatbotkit/layers/Fetch"
  ${use("Contact.create, Contact.fetch, Contact.update, Contact.delete, Contact.ensure, Contact.list, Fetch.layer")}
`

describe("bundles", () => {
  it.effect("an app over fetch has the client in it, and nothing of the fake or of Node", () =>
    Effect.gen(function* () {
      const files = yield* bundle(app)
      assert.isTrue(files.includes("src/internal/Call.ts"))
      const foreign = ["libphonenumber-js", "/uuid/", "src/internal/server/", "layers/InMemory", "layers/Emulator"]
      assert.deepStrictEqual(
        files.filter((file) => [...foreign, "platform-node", "undici"].some((name) => file.includes(name))),
        []
      )
    })
  )

  it.effect("an app that only fetches has nothing of lists in it", () =>
    Effect.gen(function* () {
      const files = yield* bundle(`
        import * as Contact from "effect-chatbotkit/Contact"
        import * as Fetch from "effect-chatbotkit/layers/Fetch"
        ${use("Contact.fetch, Fetch.layer")}
      `)
      assert.isFalse(files.includes("src/internal/ItemStream.ts"))
      assert.isFalse(files.includes("src/internal/JsonLines.ts"))
    })
  )

  it.effect("the in-memory layer works in a browser, phone numbers and all", () =>
    Effect.gen(function* () {
      const files = yield* bundle(`
        import * as InMemory from "effect-chatbotkit/layers/InMemory"
        ${use("InMemory.layer")}
      `)
      assert.isTrue(files.some((file) => file.includes("libphonenumber-js")))
      assert.deepStrictEqual(
        files.filter((file) => file.includes("platform-node")),
        []
      )
    })
  )
})
