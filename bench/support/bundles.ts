/** The sizes of apps once bundled, minified and compressed, and the parts of Effect that they need. */
import { build, type BuildOptions, type Metafile } from "esbuild"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The files of our package that an app imports: the published ones, which need a build, or the source. */
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

/** The files, ours and others, whose code is in the bundle of an app. */
export const files = async (source: string, ours: Ours): Promise<ReadonlyArray<string>> => {
  const { metafile } = await bundle(source, ours)
  return Object.values(metafile?.outputs ?? {}).flatMap(included)
}

/** The files whose code an app loads at its start: not those of dynamic imports. */
export const filesAtStart = async (source: string, ours: Ours): Promise<ReadonlyArray<string>> => {
  const { metafile } = await bundle(source, ours, { splitting: true, outdir: "out" })
  const outputs = metafile?.outputs ?? {}
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === "<stdin>")
  const loaded = new Set(entry === undefined ? [] : [entry])
  for (const path of loaded) {
    for (const { kind, path: imported } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement") loaded.add(imported)
    }
  }
  return [...loaded].flatMap((path) => included(outputs[path]))
}

const included = (output: Metafile["outputs"][string] | undefined): ReadonlyArray<string> =>
  Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))

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

/**
 * The same app in plain Effect: `HttpClient`, a schema, a span, a timeout, and retries with a schedule. It has a schema of its
 * own, like that of the contender: one that is imported from a module would be bundled in another way.
 */
const fetchesOneInPlainEffect = `
  const Contact = Schema.Struct({
    id: Schema.String,
    name: Schema.String,
    description: Schema.String,
    fingerprint: Schema.String,
    email: Schema.NullOr(Schema.String),
    phone: Schema.NullOr(Schema.String),
    nick: Schema.NullOr(Schema.String),
    preferences: Schema.NullOr(Schema.String),
    verifiedAt: Schema.NullOr(Schema.Number),
    meta: Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)),
    createdAt: Schema.Number,
    updatedAt: Schema.Number
  })
  const fetchContact = Effect.fn("Contact.fetch")(function* (id) {
    const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
    return yield* HttpClientRequest.get("https://api.chatbotkit.com/v1/contact/" + id + "/fetch").pipe(
      HttpClientRequest.bearerToken(Redacted.make("sk-")),
      HttpClientRequest.acceptJson,
      client.execute,
      Effect.flatMap(HttpClientResponse.schemaBodyJson(Contact)),
      Effect.timeout("30 seconds"),
      Effect.retry({ times: 3, schedule: Schedule.exponential("250 millis") })
    )
  })
  Effect.runPromise(Effect.provide(fetchContact("c"), FetchHttpClient.layer)).then(console.log)
`

/** The floor of {@link fetchesOne}. */
export const plainFetchesOne = `
  import * as Effect from "effect/Effect"
  import * as Redacted from "effect/Redacted"
  import * as Schedule from "effect/Schedule"
  import * as Schema from "effect/Schema"
  import * as FetchHttpClient from "effect/http/FetchHttpClient"
  import * as HttpClient from "effect/http/HttpClient"
  import * as HttpClientRequest from "effect/http/HttpClientRequest"
  import * as HttpClientResponse from "effect/http/HttpClientResponse"
  ${fetchesOneInPlainEffect}
`

/**
 * The floor of {@link fetchesOneFromIndex}: the app itself imports `Effect` and `Redacted` from "effect", as ours does, and
 * the rest is imported by module, as a library does it.
 */
export const plainFetchesOneFromIndex = `
  import { Effect, Redacted } from "effect"
  import * as Schedule from "effect/Schedule"
  import * as Schema from "effect/Schema"
  import * as FetchHttpClient from "effect/http/FetchHttpClient"
  import * as HttpClient from "effect/http/HttpClient"
  import * as HttpClientRequest from "effect/http/HttpClientRequest"
  import * as HttpClientResponse from "effect/http/HttpClientResponse"
  ${fetchesOneInPlainEffect}
`

/** The app in plain Effect with the imports of Effect's documentation. */
export const plainFetchesOneAsDocumented = `
  import { Effect, Redacted, Schedule, Schema } from "effect"
  import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
  ${fetchesOneInPlainEffect}
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

/**
 * The quick start with imports by module. An import of a namespace from the index brings all operations of the namespace, since
 * esbuild does not see which of them are used.
 */
export const quickStartByModule = quickStart.replace(
  'import { Contact } from "effect-chatbotkit"',
  'import * as Contact from "effect-chatbotkit/Contact"'
)

/** The quick start with the least client: the floor of our own code. */
export const leastQuickStart = `
  import { Effect, Stream } from "effect"
  import { make } from "./bench/support/leastClient.ts"
  const contacts = make("https://api.chatbotkit.com", "sk-")
  const program = Effect.gen(function* () {
    const { id } = yield* contacts.create({ name: "Ada" })
    yield* contacts.ensure({ fingerprint: "crm-0001-ada-lovelace" })
    yield* contacts.update(id, { nick: "ada" })
    yield* contacts.fetch(id)
    yield* contacts.listPage({ take: 2 })
    yield* Stream.runForEach(contacts.list({ "meta.tier": "gold" }), (contact) => Effect.log(contact.id))
    yield* contacts.delete(id)
  })
  Effect.runPromise(program)
`

/** The official client, used for one contact. */
export const official = `
  import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
  new ContactClient({ secret: "sk-" }).fetch("c").then(console.log)
`

/**
 * The modules that Node loads for an import of some modules of ours: the number of our own files, and the modules of Effect
 * that these files name.
 */
export const loadedModules = async (
  modules: ReadonlyArray<string>
): Promise<{ readonly effect: ReadonlyArray<string>; readonly ownFiles: number }> => {
  const source = modules.map((name) => `export * from ${JSON.stringify(name)}`).join("\n")
  const { metafile } = await bundle(source, "dist", { treeShaking: false, external: ["effect", "effect/*"] })
  const imports = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.imports)
  return {
    effect: [...new Set(imports.flatMap(({ external, path }) => (external === true ? [path] : [])))],
    ownFiles: Object.keys(metafile?.inputs ?? {}).filter((file) => file.startsWith("dist/")).length
  }
}

/**
 * The size of our own code in an app's bundle: the bundle less one that holds only what the app and our code use of Effect
 * (`base`). Those uses are read from the bundle without Effect, after esbuild has dropped unused code.
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

/** The bytes of our own code in an app's bundle by folder, minified and not compressed, the largest first. */
export const ownBytesByFolder = async (
  source: string
): Promise<ReadonlyArray<readonly [folder: string, bytes: number]>> => {
  const { metafile } = await bundle(source, "dist")
  const folders = new Map<string, number>()
  for (const { inputs } of Object.values(metafile?.outputs ?? {})) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      if (!file.startsWith("dist/")) continue
      const folder = dirname(file).replace(/^dist/, "src")
      folders.set(folder, (folders.get(folder) ?? 0) + bytesInOutput)
    }
  }
  return [...folders].filter(([, bytes]) => bytes > 0).toSorted(([, left], [, right]) => right - left)
}
