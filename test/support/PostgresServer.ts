import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Effect, FileSystem } from "effect"
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import * as Sockets from "./Sockets.ts"

/** The folder in which Debian keeps the programs of each version, which are not in the PATH. */
const debianFolder = "/usr/lib/postgresql"

/** The folder with `/` of the programs of PostgreSQL, empty if they are in the PATH. Undefined if there are none. */
const folder: string | undefined = ["", ...(existsSync(debianFolder) ? readdirSync(debianFolder) : [])]
  .map((version) => (version === "" ? "" : `${debianFolder}/${version}/bin/`))
  .find((folder) => spawnSync(`${folder}postgres`, ["--version"]).status === 0)

/** The reason why PostgreSQL cannot be tested with, or undefined. On Debian, the package `postgresql` has it. */
export const missing: string | undefined = folder === undefined ? "PostgreSQL is not installed" : undefined

/** The numbers of the user that runs the server: it refuses to run as root. */
const user = () => {
  if (process.getuid?.() !== 0) return {}
  const number = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: number("-u"), gid: number("-g") }
}

/** Starts an empty PostgreSQL on a free loopback port, which runs while the scope lives. Gives its port and its URL. */
export const start = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const port = yield* Sockets.freePort
  const data = yield* fs.makeTempDirectoryScoped({ prefix: "postgres-" })
  const { gid, uid } = user()
  if (uid !== undefined && gid !== undefined) yield* fs.chown(data, uid, gid)
  const as = { cwd: data, ...(uid === undefined || gid === undefined ? {} : { uid, gid }) }
  const initialize = ["--pgdata", data, "--auth", "trust", "--username", "postgres", "--encoding", "UTF8", "--no-sync"]
  yield* Effect.try({
    try: () => execFileSync(`${folder}initdb`, initialize, { ...as, stdio: "pipe" }),
    catch: (cause) => new Error("initdb failed", { cause })
  })
  yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof spawn>, Error>((resume) => {
      // The server is never killed, so it need not wait for the disk.
      const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
      const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])]
      const server = spawn(`${folder}postgres`, args, { ...as, stdio: ["ignore", "ignore", "pipe"] })
      server.once("error", (error) => resume(Effect.fail(error)))
      server.once("exit", (code) => resume(Effect.fail(new Error(`PostgreSQL ended with ${code}`))))
      server.stderr.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("ready to accept connections")) resume(Effect.succeed(server))
      })
    }),
    (server) =>
      Effect.callback<void>((resume) => {
        server.once("exit", () => resume(Effect.void))
        // A fast shutdown: it ends open connections.
        server.kill("SIGINT")
      })
  )
  return { port, url: `postgres://postgres@127.0.0.1:${port}/postgres` }
}).pipe(Effect.provide(NodeFileSystem.layer))
