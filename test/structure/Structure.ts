/** Checks of the arrangement of the source files: import circles, crowded folders and doubled file names. */
import { readdirSync, readFileSync } from "node:fs"
import { basename, dirname, join, normalize } from "node:path"

const root = join(import.meta.dirname, "../..")

/** The largest number of files in a folder of `src`. */
const maxFolderSize = 16

type Imports = ReadonlyMap<string, ReadonlyArray<string>>

const files: ReadonlyArray<string> = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join("src", name))
  .toSorted()

/** The source files that a file imports, type imports included. */
const importsOf = (file: string): ReadonlyArray<string> =>
  Array.from(
    readFileSync(join(root, file), "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g),
    ([, specifier = ""]) => normalize(join(dirname(file), specifier))
  )

const imports: Imports = new Map(files.map((file) => [file, importsOf(file)]))

/** The first circle of imports that is reached from a file, as the files along it. */
const circleFrom = (
  file: string,
  path: ReadonlyArray<string>,
  done: Set<string>
): ReadonlyArray<string> | undefined => {
  const start = path.indexOf(file)
  if (start !== -1) return [...path.slice(start), file]
  if (done.has(file)) return undefined
  for (const imported of imports.get(file) ?? []) {
    const circle = circleFrom(imported, [...path, file], done)
    if (circle !== undefined) return circle
  }
  done.add(file)
  return undefined
}

/** Circles of imports, type imports included. */
const circles = (): ReadonlyArray<string> => {
  const done = new Set<string>()
  const found = new Set<string>()
  for (const file of files) {
    const circle = circleFrom(file, [], done)
    if (circle !== undefined) found.add(`circle: ${circle.join(" -> ")}`)
  }
  return [...found]
}

/** Folders with more files than the limit. */
const crowdedFolders = (): ReadonlyArray<string> => {
  const sizes = Map.groupBy(files, dirname)
  return [...sizes]
    .filter(([, inside]) => inside.length > maxFolderSize)
    .map(([folder, inside]) => `crowded folder: ${folder} holds ${inside.length} files, more than ${maxFolderSize}`)
}

/** File names that are in the tree more than once. */
const doubledNames = (): ReadonlyArray<string> =>
  [...Map.groupBy(files, (file) => basename(file))]
    .filter(([, same]) => same.length > 1)
    .map(([, same]) => `doubled name: ${same.join(", ")}`)

/** All problems, each on one line. */
export const problems = (): ReadonlyArray<string> => [...circles(), ...crowdedFolders(), ...doubledNames()]

/** The number of files that were checked. */
export const summary = `${files.length} files`
