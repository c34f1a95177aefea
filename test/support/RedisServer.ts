import { Effect } from "effect"
import { spawn, spawnSync } from "node:child_process"
import * as Sockets from "./Sockets.ts"

/** The reason why Redis cannot be tested with, or undefined. On Debian, the package `redis-server` has it. */
export const missing: string | undefined =
  spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "redis-server is not installed"

/** Starts an empty Redis on a free loopback port, which runs while the scope lives. Gives its URL. */
export const start = Effect.gen(function* () {
  const port = yield* Sockets.freePort
  yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof spawn>, Error>((resume) => {
      const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
      const server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "ignore"] })
      server.once("error", (error) => resume(Effect.fail(error)))
      server.stdout.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("Ready to accept connections")) resume(Effect.succeed(server))
      })
    }),
    (server) =>
      Effect.callback<void>((resume) => {
        server.once("exit", () => resume(Effect.void))
        server.kill("SIGTERM")
      })
  )
  return `redis://127.0.0.1:${port}`
})
