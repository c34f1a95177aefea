import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as FaultsFile from "../../src/cli/tools/files/FaultsFile.ts"
import * as SeedFile from "../../src/cli/tools/files/SeedFile.ts"

const text = readFileSync(join(import.meta.dirname, "../../docs/emulator.md"), "utf8")

/** The code blocks of a language. */
const blocksOf = (language: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm")), ([, code = ""]) => code)

describe("docs/emulator.md", () => {
  it("has a seed file that is valid", () => {
    const seed = blocksOf("json").find((code) => code.includes('"accounts": ['))
    assert.isTrue(Result.isSuccess(SeedFile.parse(seed ?? "", "seed.json")))
  })

  it("has a faults file that is valid", () => {
    const [faults = ""] = blocksOf("yaml")
    assert.isTrue(Result.isSuccess(FaultsFile.parse(faults, "faults.yaml")))
  })

  it("names every kind of fault", () => {
    const named = Array.from(text.matchAll(/^\| `(\w+)` .*\|.*\|.*\|$/gm), ([, kind = ""]) => kind)
    for (const kind of FaultsFile.kinds) assert.include(named, kind)
  })
})
