import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = join(import.meta.dirname, "../..")
const main = join(root, "src/cli/main.ts")

/** Writes the URL of each module that is loaded to standard error. */
const hooks = `data:text/javascript,${encodeURIComponent(
  'import { registerHooks } from "node:module"; import { writeSync } from "node:fs"; ' +
    'registerHooks({ load: (url, context, next) => { writeSync(2, url + "\\n"); return next(url, context) } })'
)}`

/** The modules that a command loads, relative to the package. */
const modulesOf = (...args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const env = { ...process.env, HOME: "/nonexistent", CHATBOTKIT_API_SECRET: "" }
  const { stderr } = spawnSync(process.execPath, ["--import", hooks, main, ...args], { encoding: "utf8", env })
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("file:"))
    .map((url) => relative(root, fileURLToPath(url)))
}

const isCheap = (name: string): boolean =>
  name.includes("node_modules/effect/") ||
  name.includes("node_modules/@effect/platform-node") ||
  (name.startsWith("src/cli/") && !name.includes("/handlers/")) ||
  name.startsWith("src/internal/format/") ||
  name === "package.json"

describe("the start of the program", () => {
  for (const args of [["--help"], ["list", "--help"], ["--version"]]) {
    it(`loads definitions only for ${args.join(" ")}`, () => {
      const modules = modulesOf(...args)
      assert.include(modules, "src/cli/main.ts")
      assert.deepStrictEqual(
        modules.filter((name) => !isCheap(name)),
        []
      )
    }, 60_000)
  }

  it("loads no other handler than that of the command", () => {
    const handlers = modulesOf("list").filter((name) => name.includes("/handlers/"))
    assert.deepStrictEqual(handlers, ["src/cli/contacts/handlers/ListHandler.ts"])
  }, 60_000)
})
