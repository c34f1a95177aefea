/** Bundles of apps over the source, as `bench/support/bundles.ts` makes them over what is published. */
import { type BuildOptions, build } from "esbuild"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("../..", import.meta.url))

const bundle = async (source: string, options: BuildOptions = {}) => {
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
    ...options
  })
  return { metafile, text: outputFiles?.[0]?.text ?? "" }
}

/** The files that end up in the bundle of an app. */
export const files = async (source: string): Promise<ReadonlyArray<string>> => {
  const { metafile } = await bundle(source)
  return Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))
  )
}

/** The size of an app's bundle in bytes, minified and compressed. */
export const size = async (source: string): Promise<number> =>
  gzipSync((await bundle(source)).text, { level: 9 }).length

/** What an app uses of Effect, by itself or through us: read from its bundle with Effect left out. */
const usesOfEffect = async (source: string): Promise<string> => {
  const { text } = await bundle(source, { minify: false, external: ["effect", "effect/*"] })
  const imports = [...text.matchAll(/^import (?:\* as ([\w$]+)|\{([^}]+)\}) from "effect(?:\/[^"]+)?";$/gm)]
  const members = [...text.matchAll(/(?<![\w$.])([\w$]+)\.[\w$]+/g)]
  const uses = imports.flatMap(([, namespace, named = ""]) =>
    namespace === undefined
      ? named.split(",").map((part) => part.trim().split(" as ").at(-1) ?? "")
      : members.flatMap(([use, object]) => (object === namespace ? [use] : []))
  )
  return `${imports.map(([statement]) => statement).join("\n")}\nconsole.log([${[...new Set(uses)].join(", ")}])`
}

/** The part of an app's bundle that is ours: what is left of its size without all that is used of Effect. */
export const ownSize = async (source: string): Promise<number> =>
  (await size(source)) - (await size(await usesOfEffect(source)))
