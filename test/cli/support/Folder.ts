/** Commands that run in a folder of their own, which holds their files and jobs. */
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeAll } from "vitest"
import type * as InMemory from "../../../src/layers/InMemory.ts"
import * as Fake from "../../support/FakeHttp.ts"
import * as CommandLine from "./CommandLine.ts"

// A command loads its handler when it runs. Meanwhile the test clock would run past the timeouts.
beforeAll(() =>
  Promise.all([
    import("../../../src/cli/bulk/handlers/ImportHandler.ts"),
    import("../../../src/cli/bulk/handlers/JobsHandler.ts"),
    import("../../../src/cli/bulk/handlers/ChangeAllHandler.ts")
  ])
)

/**
 * Removes the lines of progress. Their number depends on the machine: the test clock goes on while files are read and written.
 */
const withoutProgress = ({ stderr, ...run }: CommandLine.Run): CommandLine.Run => ({
  ...run,
  stderr: stderr.replaceAll(/^(?:Reading: [\d,]+|[\d,]+ of [\d,]+) rows.*\n/gm, "")
})

const start = (path: string, args: ReadonlyArray<string>, { env, ...options }: CommandLine.Options = {}) =>
  CommandLine.run(
    args.map((arg) => arg.replace("FOLDER", path)),
    { ...options, env: { XDG_DATA_HOME: path, ...env } }
  )

const step = 200
const rounds = 30_000

const run = (path: string, args: ReadonlyArray<string>, options?: CommandLine.Options) =>
  Fake.successOf(start(path, args, options), step, rounds)

/** A folder of a test. */
export const make = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  ),
  (path) => ({
    path,
    write: (name: string, text: string): void => writeFileSync(join(path, name), text),
    read: (name: string): string => readFileSync(join(path, name), "utf8"),
    files: (name: string): ReadonlyArray<string> => readdirSync(join(path, name)),
    exists: (name: string): boolean => existsSync(join(path, name)),
    /** Runs a command, and lets the time of the test pass. `FOLDER` in its arguments is the folder. */
    run: (args: ReadonlyArray<string>, options?: CommandLine.Options) =>
      Effect.map(run(path, args, options), withoutProgress),
    /** Runs a command until another one, which is tried every ten seconds, exits with 0. */
    runUntil: (args: ReadonlyArray<string>, other: ReadonlyArray<string>) => {
      const tries = Effect.suspend(() => start(path, other)).pipe(
        Effect.delay("10 seconds"),
        Effect.repeat({ until: ({ exitCode }) => exitCode === 0 })
      )
      const both = Effect.all([start(path, args), tries], { concurrency: 2 })
      return Effect.map(Fake.successOf(both, step, rounds), ([run]) => withoutProgress(run))
    },
    /** The lines of progress of a command. */
    progress: (args: ReadonlyArray<string>) =>
      Effect.map(run(path, args), (run) =>
        run.stderr
          .split(/(?<=\n)/)
          .filter((line) => line !== "" && withoutProgress({ ...run, stderr: line }).stderr === "")
      )
  })
)
export type Folder = Effect.Success<typeof make>

/** A test with a folder and an in-memory API of its own. */
export const test = (
  name: string,
  body: (folder: Folder) => Effect.Effect<void, unknown, InMemory.InMemory | HttpClient.HttpClient | Scope.Scope>
): void => CommandLine.test(name, () => Effect.scoped(Effect.flatMap(make, body)))
