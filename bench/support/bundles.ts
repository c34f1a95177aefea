/** The sizes of apps once bundled, minified and compressed, and the parts of Effect that they need. */
import { build, type BuildOptions } from "esbuild"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The form of our package in an app: as published, or, without a build before, the source. */
type Ours = "dist" | "src"

const bundle = async (source: string, ours: Ours, options: BuildOptions = {}) => {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    logLevel: "silent",
    // The tsconfig of the project leads to the source.
    ...(ours === "dist" ? { tsconfigRaw: "{}" } : {}),
    ...options
  })
  return { metafile, text: outputFiles?.[0]?.text ?? "" }
}

/** All files, ours and others, that end up in the bundle of an app. */
export const files = async (source: string, ours: Ours): Promise<ReadonlyArray<string>> => {
  const { metafile } = await bundle(source, ours)
  return Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))
  )
}

/** The size of an app's bundle in bytes, min + gzip. */
export const bundleSize = async (source: string, ours: Ours): Promise<number> =>
  gzipSync((await bundle(source, ours)).text, { level: 9 }).length

/** An app that reads one contact over fetch, and imports each module by its own name. */
export const fetchesOne = `
  import * as Effect from "effect/Effect"
  import * as Redacted from "effect/Redacted"
  import * as Contact from "effect-chatbotkit/Contact"
  import * as Fetch from "effect-chatbotkit/layers/Fetch"
  const layer = Fetch.layer({ secret: Redacted.make("sk-") })
  Effect.runPromise(Effect.provide(Contact.fetch("c"), layer)).then(console.log)
`

/** The same app with the imports of the README. */
export const fetchesOneFromIndex = `
  import { Effect, Redacted } from "effect"
  import { Contact } from "effect-chatbotkit"
  import * as Fetch from "effect-chatbotkit/layers/Fetch"
  const layer = Fetch.layer({ secret: Redacted.make("sk-") })
  Effect.runPromise(Effect.provide(Contact.fetch("c"), layer)).then(console.log)
`

/** The quick start: all operations, over fetch. */
export const quickStart = `
  import { Effect, Redacted, Stream } from "effect"
  import { Contact } from "effect-chatbotkit"
  import * as Fetch from "effect-chatbotkit/layers/Fetch"
  const program = Effect.gen(function* () {
    const { id } = yield* Contact.create({ name: "Ada" })
    yield* Contact.ensure({ fingerprint: "crm-0001-ada-lovelace" })
    yield* Contact.update(id, { nick: "ada" })
    yield* Contact.fetch(id)
    yield* Contact.listPage({ take: 2 })
    yield* Stream.runForEach(Contact.list({ meta: { tier: "gold" } }), (contact) => Effect.log(contact.id))
    yield* Contact.delete(id)
  })
  Effect.runPromise(Effect.provide(program, Fetch.layer({ secret: Redacted.make("sk-") })))
`

/** The official client, used for one contact. */
export const official = `
  import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
  new ContactClient({ secret: "sk-" }).fetch("c").then(console.log)
`

/** The modules of Effect that some modules of ours import, directly or through one another. */
export const effectModules = async (modules: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const source = modules.map((name) => `export * from ${JSON.stringify(name)}`).join("\n")
  const { metafile } = await bundle(source, "dist", { treeShaking: false, external: ["effect", "effect/*"] })
  const imports = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.imports)
  return [...new Set(imports.flatMap(({ external, path }) => (external === true ? [path] : [])))]
}

/**
 * The part of an app's bundle that is ours: the difference to a bundle of all that the app and we use of Effect. Those
 * uses are found in the bundle without Effect, after unused code has been dropped.
 */
export const ownSize = async (source: string, ours: Ours): Promise<{ readonly own: number; readonly base: number }> => {
  const { text } = await bundle(source, ours, { minify: false, external: ["effect", "effect/*"] })
  const imports = [...text.matchAll(/^import (?:\* as ([\w$]+)|\{([^}]+)\}) from "effect(?:\/[^"]+)?";$/gm)]
  const members = [...text.matchAll(/(?<![\w$.])([\w$]+)\.[\w$]+/g)]
  const uses = imports.flatMap(([, namespace, named = ""]) =>
    namespace === undefined
      ? named.split(",").map((part) => part.trim().split(" as ").at(-1) ?? "")
      : members.flatMap(([use, object]) => (object === namespace ? [use] : []))
  )
  const statements = imports.map(([statement]) => statement).join("\n")
  const base = await bundleSize(`${statements}\nconsole.log([${[...new Set(uses)].join(", ")}])`, ours)
  return { own: (await bundleSize(source, ours)) - base, base }
}
