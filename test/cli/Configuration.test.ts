import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

/** The configuration of a user: its folder, and the commands of that user. */
interface User {
  readonly folder: string
  readonly file: string
  readonly write: (text: string) => void
  readonly read: () => string
  readonly run: (
    args: ReadonlyArray<string>,
    env?: Record<string, string>,
    stdin?: string
  ) => Effect.Effect<CommandLine.Run, never, CommandLine.Needs>
}

const user = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  ),
  (home): User => {
    const folder = join(home, "effect-chatbotkit")
    const file = join(folder, "config.toml")
    return {
      folder,
      file,
      write: (text) => {
        mkdirSync(folder, { recursive: true })
        writeFileSync(file, text, { mode: 0o600 })
      },
      read: () => readFileSync(file, "utf8"),
      run: (args, env = {}, stdin) =>
        CommandLine.run(args, { stdin, env: { CHATBOTKIT_API_SECRET: "", HOME: home, XDG_CONFIG_HOME: home, ...env } })
    }
  }
)

const asUser = (name: string, body: (user: User) => Effect.Effect<void, unknown, CommandLine.Needs>) =>
  test(name, () => Effect.scoped(Effect.flatMap(user, body)))

/** The output of `auth status`. */
const status = ({ run }: User, args: ReadonlyArray<string> = [], env: Record<string, string> = {}) =>
  Effect.map(run(["auth", "status", ...args], env), ({ stdout }): Record<string, unknown> => JSON.parse(stdout))

describe("the configuration", () => {
  asUser("takes the secret of the environment", (user) =>
    Effect.gen(function* () {
      const run = yield* user.run(["auth", "status"], { CHATBOTKIT_API_SECRET: "sk-a" })
      assert.deepStrictEqual(run, {
        stdout:
          '{"authenticated":true,"server":"https://api.chatbotkit.com","profile":null,"secret":"environment CHATBOTKIT_API_SECRET",' +
          '"runAsUser":null}\n',
        stderr: "",
        exitCode: 0
      })
      const token = yield* status(user, [], { CHATBOTKIT_API_TOKEN: "sk-a" })
      assert.deepInclude(token, { secret: "environment CHATBOTKIT_API_TOKEN" })
    })
  )

  asUser("exits with 4 if there is no secret", (user) =>
    Effect.gen(function* () {
      const run = yield* user.run(["list"])
      assert.deepInclude(JSON.parse(run.stderr), { code: "SecretUnavailable", message: "There is no API secret" })
      assert.deepStrictEqual([run.stdout, run.exitCode], ["", 4])
    })
  )

  asUser("exits with 4 if the secret is refused, and shows where it comes from", (user) =>
    Effect.gen(function* () {
      const run = yield* user.run(["auth", "status"], { CHATBOTKIT_API_SECRET: "wrong-canary" })
      assert.deepInclude(JSON.parse(run.stdout), {
        authenticated: false,
        secret: "environment CHATBOTKIT_API_SECRET"
      })
      assert.deepInclude(JSON.parse(run.stderr), { code: "Unauthorized" })
      assert.notInclude(run.stdout + run.stderr, "canary")
      assert.strictEqual(run.exitCode, 4)
    })
  )

  asUser("reads the secret of a file, of a profile, and of the program of a profile", (user) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ name: "of the file" }], "sk-file")
      yield* api.seed([{ name: "of the program; $(echo no shell)" }], "sk-program")
      const secretFile = join(user.folder, "secret.txt")
      user.write(
        `profile = "program"\n[profiles.file]\nsecretFile = "secret.txt"\n` +
          `[profiles.program]\nsecretCommand = ["${process.execPath}", "-p", "process.argv[1] + '-' + process.argv[2]", "sk", "program"]\n` +
          `[profiles.failing]\nsecretCommand = ["${process.execPath}", "-e", "console.log('canary'); process.exit(3)"]\n` +
          `[profiles.twoLines]\nsecretCommand = ["${process.execPath}", "-p", "'sk-canary\\\\nsk-canary'"]\n` +
          `[profiles.missing]\nsecretCommand = ["/nonexistent/$(program)"]\n`
      )
      writeFileSync(secretFile, "sk-file\n")
      const names = (...args: ReadonlyArray<string>) =>
        Effect.map(user.run(["list", "--format", "csv", "--fields", "name", ...args]), ({ stdout }) => stdout)
      assert.strictEqual(yield* names(), "name\r\nof the program; $(echo no shell)\r\n")
      assert.strictEqual(yield* names("--profile", "file"), "name\r\nof the file\r\n")
      assert.strictEqual(yield* names("--secret-file", secretFile), "name\r\nof the file\r\n")
      for (const profile of ["failing", "missing", "twoLines"]) {
        const { exitCode, stderr, stdout } = yield* user.run(["list", "--profile", profile])
        assert.deepInclude(JSON.parse(stderr), { code: "SecretUnavailable" })
        assert.notInclude(stdout + stderr, "canary")
        assert.strictEqual(exitCode, 4)
      }
    })
  )

  asUser("goes from the flag over the environment to the profile", (user) =>
    Effect.gen(function* () {
      user.write(
        '[profiles.default]\nsecret = "sk-default"\nbaseUrl = "https://api.chatbotkit.com/"\n' +
          '[profiles.other]\nsecret = "sk-other"\n'
      )
      assert.deepInclude(yield* status(user), { profile: "default", secret: "configuration file" })
      const env = { CHATBOTKIT_API_SECRET: "sk-a" }
      assert.deepInclude(yield* status(user, [], env), { secret: "environment CHATBOTKIT_API_SECRET" })
      assert.deepInclude(yield* status(user, ["--profile", "other"], env), {
        profile: "other",
        secret: "configuration file"
      })
      assert.deepInclude(yield* status(user, [], { CHATBOTKIT_PROFILE: "other" }), { profile: "other" })
      const { exitCode, stderr } = yield* user.run(["list", "--profile", "none"], env)
      assert.deepInclude(JSON.parse(stderr), { code: "ConfigurationError" })
      assert.strictEqual(exitCode, 2)
    })
  )

  asUser("refuses a file with a secret that others can read", (user) =>
    Effect.gen(function* () {
      user.write('[profiles.default]\nsecret = "sk-canary"\n')
      chmodSync(user.file, 0o644)
      const { exitCode, stderr } = yield* user.run(["list"])
      assert.deepInclude(JSON.parse(stderr), { code: "ConfigurationError", next: "Run chmod 600 on the file." })
      assert.notInclude(stderr, "canary")
      assert.strictEqual(exitCode, 2)
    })
  )

  for (const text of ["sk-canary", '[profiles.default]\nsecrets = "sk-canary"\n', "[profiles.default]\nsecret = 1\n"]) {
    asUser(`refuses a file that it cannot read, and repeats nothing of it: ${JSON.stringify(text)}`, (user) =>
      Effect.gen(function* () {
        user.write(text)
        const { exitCode, stderr } = yield* user.run(["list"])
        assert.deepInclude(JSON.parse(stderr), { code: "ConfigurationError" })
        assert.notInclude(stderr, "canary")
        assert.strictEqual(exitCode, 2)
      })
    )
  }

  asUser("does not repeat a secret with --log-level debug", (user) =>
    Effect.gen(function* () {
      const args = ["list", "--log-level", "all"]
      const { stderr, stdout } = yield* user.run(args, { CHATBOTKIT_API_SECRET: "sk-canary" })
      assert.notInclude(stdout + stderr, "canary")
    })
  )
})

describe("config", () => {
  asUser("makes the file for its owner only, and changes one setting of it", (user) =>
    Effect.gen(function* () {
      const set = (...args: ReadonlyArray<string>) => user.run(["config", "set", ...args])
      const nothing = { stdout: "", stderr: "", exitCode: 0 }
      assert.deepStrictEqual(yield* set("baseUrl", "https://one.test"), nothing)
      assert.strictEqual(user.read(), '[profiles.default]\nbaseUrl = "https://one.test"\n')
      assert.strictEqual(statSync(user.file).mode & 0o777, 0o600)

      user.write(`# mine\n${user.read()}# a comment\n\n[profiles."a b"]\nrunAsUser = "u1" # who\n`)
      assert.deepStrictEqual(yield* set("baseUrl", "https://two.test"), nothing)
      assert.deepStrictEqual(yield* set("--profile", "a b", "secretCommand", "--", "pass", "-x", 'a "b"'), nothing)
      assert.deepStrictEqual(yield* set("profile", "a b"), nothing)
      assert.strictEqual(
        user.read(),
        'profile = "a b"\n# mine\n[profiles.default]\nbaseUrl = "https://two.test"\n# a comment\n\n[profiles."a b"]\n' +
          'secretCommand = ["pass", "-x", "a \\"b\\""]\nrunAsUser = "u1" # who\n'
      )
      const { stdout } = yield* user.run(["config", "list"])
      assert.strictEqual(
        stdout,
        '{"profile":"default","isDefault":false,"baseUrl":"https://two.test"}\n' +
          '{"profile":"a b","isDefault":true,"runAsUser":"u1","secretCommand":["pass","-x","a \\"b\\""]}\n'
      )
    })
  )

  asUser("reads a secret from standard input, and never shows it", (user) =>
    Effect.gen(function* () {
      const set = yield* user.run(["config", "set", "secret"], {}, "sk-canary\n")
      assert.deepStrictEqual(set, { stdout: "", stderr: "", exitCode: 0 })
      assert.strictEqual(user.read(), '[profiles.default]\nsecret = "sk-canary"\n')
      for (const args of [["list"], ["get", "secret"]]) {
        const { stdout } = yield* user.run(["config", ...args])
        assert.include(stdout, "(hidden)")
        assert.notInclude(stdout, "canary")
      }
      const argument = yield* user.run(["config", "set", "secret", "sk-canary"])
      assert.notInclude(argument.stdout + argument.stderr, "canary")
      assert.strictEqual(argument.exitCode, 2)
      assert.strictEqual((yield* user.run(["config", "set", "secret"])).exitCode, 2)
    })
  )

  asUser("shows the path, and a setting", (user) =>
    Effect.gen(function* () {
      user.write('[profiles.default]\nbaseUrl = "https://one.test"\n')
      const path = yield* user.run(["config", "path"])
      assert.deepStrictEqual(JSON.parse(path.stdout), { path: user.file })
      const get = yield* user.run(["config", "get", "baseUrl"])
      assert.strictEqual(get.stdout, '{"setting":"baseUrl","value":"https://one.test"}\n')
    })
  )

  asUser("changes nothing of a file that it does not understand", (user) =>
    Effect.gen(function* () {
      const text = '[profiles]\ndefault = { baseUrl = "https://one.test" }\n'
      user.write(text)
      const { exitCode, stderr } = yield* user.run(["config", "set", "baseUrl", "https://two.test"])
      assert.deepInclude(JSON.parse(stderr), { code: "ConfigurationError" })
      assert.strictEqual(exitCode, 2)
      assert.strictEqual(user.read(), text)
    })
  )

  for (const args of [
    ["get", "color"],
    ["set", "baseUrl"],
    ["set", "baseUrl", "a", "b"],
    ["set", "baseUrl", "a\nb"]
  ]) {
    asUser(`refuses ${JSON.stringify(args)}`, (user) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* user.run(["config", ...args])).exitCode, 2)
      })
    )
  }
})
