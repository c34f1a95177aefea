import { defineConfig } from "vitest/config"

export default defineConfig({
  // On a loaded machine the tests over sockets take several times as long as on an idle one.
  test: { include: ["test/**/*.test.ts"], testTimeout: 30_000 }
})
