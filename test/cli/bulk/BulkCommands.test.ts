import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

const src = join(import.meta.dirname, "../../../src")

/** The files of ours that are loaded with a file: those of static imports, without types. */
const loadedWith = (file: string): ReadonlyArray<string> => {
  const loaded = new Set([join(src, file)])
  for (const path of loaded) {
    const imports = readFileSync(path, "utf8").matchAll(/^(?:import|export) (?!type\b)[^"]*?from "(\.[^"]+)"/gm)
    for (const [, specifier = ""] of imports) loaded.add(join(dirname(path), specifier))
  }
  return [...loaded].map((path) => relative(src, path))
}

describe("the bulk commands", () => {
  it("are defined without the code that runs them", () => {
    const loaded = loadedWith("cli/RootCommand.ts")
    assert.include(loaded, join("cli", "bulk", "ImportCommand.ts"))
    const others = loaded.filter((path) => !path.startsWith("cli") || /handlers|bulk.(?:run|input)/.test(path))
    assert.deepStrictEqual(others, [])
  })

  it("load the jobs with their handlers", () => {
    assert.include(loadedWith("cli/bulk/handlers/ImportHandler.ts"), join("jobs", "SqliteJobs.ts"))
    assert.notInclude(loadedWith("cli/contacts/handlers/ListHandler.ts"), join("jobs", "SqliteJobs.ts"))
  })
})
