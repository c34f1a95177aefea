import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { version } from "../../../src/internal/transport/Version.ts"

it("the version is that of package.json", () => {
  const { version: published } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"))
  assert.strictEqual(version, published)
})
