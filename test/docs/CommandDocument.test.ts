import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as CommandDocument from "./CommandDocument.ts"

const { path, writer } = CommandDocument

describe("the document of the command line", () => {
  it.effect("is that of the commands", () =>
    Effect.gen(function* () {
      const written = readFileSync(join(import.meta.dirname, "../..", path), "utf8")
      const isCurrent = written === (yield* CommandDocument.text)
      assert.isTrue(isCurrent, `${path} is not that of the commands. Write it anew with: ${writer}`)
    })
  )
})
