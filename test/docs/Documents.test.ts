import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"

const root = join(import.meta.dirname, "../..")

/** The documents for users, less the wire contract, which quotes other code. */
const documents: ReadonlyArray<readonly [path: string, text: string]> = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)
]
  .filter((path) => path.endsWith(".md") && path !== "docs/wire-contract.md")
  .map((path) => [path, readFileSync(join(root, path), "utf8")])

/** The anchor that GitHub makes of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-")

const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = ""]) => anchorOf(heading)))

/** The relative links of a document that lead nowhere. */
const brokenLinks = (path: string, text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = "", anchor] = link.split("#")
      const target = file === "" ? join(root, path) : resolve(root, dirname(path), file)
      if (!existsSync(target)) return true
      return anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).has(anchor)
    })

/** The code blocks that stand alone: those that begin with an import. Others are fragments. */
const programs = documents.flatMap(([path, text]) =>
  Array.from(text.matchAll(/^```ts\n(import [\s\S]*?)^```/gm), ([, code = ""], index) => ({
    name: `${path.replaceAll(/\W/g, "-")}-${index}.ts`,
    code
  }))
)

describe("the documents", () => {
  it.each(documents)("%s: its relative links lead somewhere", (path, text) => {
    assert.deepStrictEqual(brokenLinks(path, text), [])
  })

  it("have code blocks that type-check as they are", () => {
    assert.isAtLeast(programs.length, 3)
    const folder = mkdtempSync(join(tmpdir(), "effect-chatbotkit-docs-"))
    try {
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
      mkdirSync(join(folder, "docs"))
      for (const { code, name } of programs) writeFileSync(join(folder, "docs", name), code)
      const paths = {
        "effect-chatbotkit": [join(root, "src/index.ts")],
        "effect-chatbotkit/*": [join(root, "src/*.ts")]
      }
      const config = {
        extends: join(root, "tsconfig.json"),
        compilerOptions: { paths, noUnusedLocals: false, typeRoots: [join(root, "node_modules/@types")] },
        include: ["docs"]
      }
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
      const tsc = join(root, "node_modules/typescript/bin/tsc")
      const { stderr, stdout } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: folder, encoding: "utf8" })
      assert.strictEqual(`${stdout}${stderr}`, "")
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 120_000)
})
