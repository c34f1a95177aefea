/** Modules without code, for the price of loading files. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** Runs with the URL of a module that imports `count - 1` others. All are empty otherwise, and are removed afterwards. */
export const withEmptyModules = async <A>(count: number, run: (url: string) => Promise<A>): Promise<A> => {
  const folder = await mkdtemp(join(tmpdir(), "empty-modules-"))
  try {
    const names = Array.from({ length: count - 1 }, (_, index) => `empty${index}.js`)
    const entry = join(folder, "index.js")
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    await Promise.all(names.map((name) => writeFile(join(folder, name), "export {}\n")))
    await writeFile(entry, names.map((name) => `import "./${name}"\n`).join(""))
    return await run(pathToFileURL(entry).href)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
