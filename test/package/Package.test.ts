import { assert, describe, it } from "@effect/vitest"
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { failureOf, installBesideAll, tsc } from "./Install.ts"

/** A program that uses internal names. It compiles only if each of these lines is an error. */
const intruder = `
  import { Client } from "effect-chatbotkit"
  import * as InMemory from "effect-chatbotkit/layers/InMemory"
  declare const service: Client.Service
  // @ts-expect-error
  service.run
  // @ts-expect-error
  service.open
  // @ts-expect-error
  InMemory.layerHandle
  // @ts-expect-error
  import "effect-chatbotkit/internal/call/RetryLoop"
`

const compilerOptions = {
  target: "ES2023",
  lib: ["ES2024", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
  types: ["node"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  declaration: true,
  outDir: "out"
}

describe("the packed package", () => {
  it("compiles and runs in a strict consumer, whose declarations can name every type", () => {
    const folder = mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))
    try {
      const application = installBesideAll(folder)
      cpSync(join(import.meta.dirname, "consumer.ts"), join(application, "consumer.ts"))
      writeFileSync(join(application, "package.json"), JSON.stringify({ type: "module" }))
      writeFileSync(join(application, "intruder.ts"), intruder)
      writeFileSync(join(application, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }))
      assert.isUndefined(failureOf(application, tsc, "-p", "."))
      assert.isTrue(existsSync(join(application, "out/consumer.d.ts")))
      const run =
        'import("./out/consumer.js").then(({ operations }) => process.exit(Object.keys(operations).length - 7))'
      assert.isUndefined(failureOf(application, "--input-type=module", "--eval", run))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 120_000)
})
