/** Modules without code, for the price of loading files. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { withTemporaryFolder } from "./temporaryFolder.ts"

/** Runs with the URL of a module that imports `count - 1` others. All are empty otherwise, and are removed afterwards. */
export const withEmptyModules = <A>(count: number, run: (url: string) => Promise<A>): Promise<A> =>
  withTemporaryFolder(async (folder) => {
    const names = Array.from({ length: count - 1 }, (_, index) => `empty${index}.js`)
    const entry = join(folder, "index.js")
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    await Promise.all(names.map((name) => writeFile(join(folder, name), "export {}\n")))
    await writeFile(entry, names.map((name) => `import "./${name}"\n`).join(""))
    return await run(pathToFileURL(entry).href)
  })
