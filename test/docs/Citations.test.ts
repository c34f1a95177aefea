import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** The numbers of the sections that have a heading, such as `3.8.1`. */
const sections: ReadonlySet<string> = new Set(
  Array.from(
    readFileSync(join(root, "docs/wire-contract.md"), "utf8").matchAll(/^#+ (\d+(?:\.\d+)*)/gm),
    ([, number = ""]) => number
  )
)

/** A citation names one section or more: `wire contract 3.4`, `wire contract 5.1 and 5.5`, `wire contract 3.4, 8`. */
const citation = /wire contract (\d+(?:\.\d+)*(?:(?:,| and| to) \d+(?:\.\d+)*)*)/gi

const files = ["src", "test", "examples", "bench"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name))
)

/** Every section that is cited, with the file that cites it. */
const cited = files.flatMap((file) =>
  // A line break in a comment may come inside a citation.
  Array.from(
    readFileSync(join(root, file), "utf8")
      .replace(/\n\s*(?:\*|\/\/) /g, " ")
      .matchAll(citation)
  ).flatMap(([, numbers = ""]) => Array.from(numbers.matchAll(/\d+(?:\.\d+)*/g), ([number]) => ({ file, number })))
)

describe("citations of the wire contract", () => {
  it("name sections that docs/wire-contract.md has", () => {
    assert.isAbove(cited.length, 50)
    assert.deepStrictEqual(
      cited.filter(({ number }) => !sections.has(number)),
      []
    )
  })
})
