import { Effect } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { createServer, type AddressInfo } from "node:net"

/** Why there is no Redis to test with, if so: it comes from the system's packages (Debian: `redis-server`). */
export const missing: string | undefined =
  spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "redis-server is not installed"

const freePort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

/** A Redis of one's own, empty, on a free loopback port, for as long as the scope lives. Gives its URL. */
export const start = Effect.gen(function* () {
  const port = yield* freePort
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
