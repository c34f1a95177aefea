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
import { anchorsOf } from "./Markdown.ts"

const root = join(import.meta.dirname, "../..")

/** The documents for users. The wire contract is left out: it quotes code of others. */
const documents: ReadonlyArray<readonly [path: string, text: string]> = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)
]
  .filter((path) => path.endsWith(".md") && path !== "docs/wire-contract.md")
  .map((path) => [path, readFileSync(join(root, path), "utf8")])

/** The relative links of a document whose file or heading does not exist. */
const brokenLinks = (path: string, text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = "", anchor] = link.split("#")
      const target = file === "" ? join(root, path) : resolve(root, dirname(path), file)
      if (!existsSync(target)) return true
      return anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).has(anchor)
    })

/** The code blocks that begin with an import, which are complete programs. Others are fragments. */
const programs = documents.flatMap(([path, text]) =>
  Array.from(text.matchAll(/^```ts\n(import [\s\S]*?)^```/gm), ([, code = ""], index) => ({
    name: `${path.replaceAll(/\W/g, "-")}-${index}.ts`,
    code
  }))
)

describe("the documents", () => {
  it.each(documents)("%s: its relative links lead to files and headings that exist", (path, text) => {
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
        "effect-chatbotkit/jobs": [join(root, "src/jobs/Jobs.ts")],
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
