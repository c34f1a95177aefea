/** What apps weigh once bundled, minified and compressed. */
import { build } from "esbuild"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("../..", import.meta.url))

interface Options {
  readonly minify?: boolean
  readonly external?: Array<string>
}

const bundle = async (source: string, { external = [], minify = true }: Options = {}): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root },
    absWorkingDir: root,
    // What is published, not what the type checker reads.
    tsconfigRaw: "{}",
    bundle: true,
    minify,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
    external,
    logLevel: "silent"
  })
  return outputFiles[0]?.text ?? ""
}

const compressed = (text: string): number => gzipSync(text, { level: 9 }).length

/** The size of an app's bundle in bytes, min + gzip. */
export const bundleSize = async (source: string): Promise<number> => compressed(await bundle(source))

/** An app that reads one contact over fetch. */
export const fetchesOne = `
  import * as Effect from "effect/Effect"
  import * as Redacted from "effect/Redacted"
  import * as Contact from "effect-chatbotkit/Contact"
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

/**
 * The part of an app's bundle that is ours: the bundle less one with everything that app and we use of Effect, and nothing
 * else. That is found in the bundle with Effect left out, after what is not used has been dropped.
 */
export const ownSize = async (source: string): Promise<{ readonly own: number; readonly base: number }> => {
  const ours = await bundle(source, { minify: false, external: ["effect", "effect/*"] })
  const imports = [...ours.matchAll(/^import (?:\* as ([\w$]+)|\{([^}]+)\}) from "effect(?:\/[^"]+)?";$/gm)]
  const members = [...ours.matchAll(/(?<![\w$.])([\w$]+)\.[\w$]+/g)]
  const uses = imports.flatMap(([, namespace, named = ""]) =>
    namespace === undefined
      ? named.split(",").map((part) => part.trim().split(" as ").at(-1) ?? "")
      : members.flatMap(([use, object]) => (object === namespace ? [use] : []))
  )
  const statements = imports.map(([statement]) => statement).join("\n")
  const base = await bundleSize(`${statements}\nconsole.log([${[...new Set(uses)].join(", ")}])`)
  return { own: (await bundleSize(source)) - base, base }
}
