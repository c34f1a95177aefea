/** Bundles by rolldown, which drops unused members of `export * as`; esbuild keeps them. */
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("../..", import.meta.url))
const entry = `${root}app.ts`

/** The part of rolldown's API in use. Rolldown is no dependency of ours, so its types may be missing. */
interface Rolldown {
  readonly rolldown: (options: object) => Promise<{
    readonly generate: (options: object) => Promise<{ readonly output: ReadonlyArray<{ readonly code?: string }> }>
    readonly close: () => Promise<void>
  }>
}

const load = async (): Promise<Rolldown | undefined> => {
  const name: string = "rolldown"
  try {
    return await import(name)
  } catch {
    return undefined
  }
}

/** The size of an app's bundle in bytes, min + gzip, with our package as published. Undefined without rolldown. */
export const bundleSize = async (source: string): Promise<number | undefined> => {
  const module = await load()
  if (module === undefined) return undefined
  const build = await module.rolldown({
    input: entry,
    cwd: root,
    platform: "browser",
    // The tsconfig of the project leads to the source.
    tsconfig: false,
    logLevel: "silent",
    plugins: [
      {
        name: "app",
        resolveId: (id: string) => (id === entry ? id : undefined),
        load: (id: string) => (id === entry ? source : undefined)
      }
    ]
  })
  try {
    const { output } = await build.generate({ format: "esm", minify: true })
    return gzipSync(output.map(({ code = "" }) => code).join(""), { level: 9 }).length
  } finally {
    await build.close()
  }
}
