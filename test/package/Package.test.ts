import { assert, describe, it } from "@effect/vitest"
import { execFileSync, spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")
const tsc = join(root, "node_modules/typescript/bin/tsc")

/** Runs a program with the Node of the tests, and gives its output if it fails. */
const failureOf = (cwd: string, ...args: ReadonlyArray<string>): string | undefined => {
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" })
  return status === 0 ? undefined : `${stdout}${stderr}`
}

/** Packs the package and installs it in an application with its dependencies. Gives the folder of the application. */
const install = (folder: string): string => {
  const source = join(folder, "source")
  const application = join(folder, "application")
  mkdirSync(source)
  mkdirSync(join(application, "node_modules"), { recursive: true })
  const built = failureOf(root, tsc, "-p", "tsconfig.build.json", "--outDir", join(source, "dist"))
  assert.isUndefined(built)
  for (const name of ["package.json", "README.md", "CHANGELOG.md", "LICENSE", "src"]) {
    cpSync(join(root, name), join(source, name), { recursive: true })
  }
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: source, stdio: "ignore" })
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))
  const installed = join(application, "node_modules/effect-chatbotkit")
  mkdirSync(installed)
  execFileSync("tar", ["-xzf", join(folder, tarball ?? ""), "-C", installed, "--strip-components", "1"])
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(application, "node_modules", name))
  }
  return application
}

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
      const application = install(folder)
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
