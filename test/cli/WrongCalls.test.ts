import { assert, describe } from "@effect/vitest"
import type * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { rootCommand } from "../../src/cli/RootCommand.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

const json = (message: string, next: string) =>
  `${JSON.stringify({ code: "UsageError", outcome: "not-sent", message, next })}\n`

describe("a wrong call", () => {
  for (const [args, message, next] of [
    [[], "Expected a command", "Run effect-chatbotkit --help."],
    [["lst"], "Unknown command. Did you mean list?", "Run effect-chatbotkit --help."],
    [["list", "--taek", "1"], "Unknown flag --taek. Did you mean --take?", "Run effect-chatbotkit list --help."],
    [["list", "--take", "Ada"], "Invalid value of --take", "Run effect-chatbotkit list --help."],
    [["list", "Ada"], "Unexpected arguments: 1", "Run effect-chatbotkit list --help."],
    [
      ["list", "--cursor"],
      "Missing value of --cursor (a value that begins with a dash is written --flag=-value)",
      "Run effect-chatbotkit list --help."
    ]
  ] as const) {
    test(`is a JSON object on standard error, and exits with 2: ${args.join(" ")}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* CommandLine.run(args), { stdout: "", stderr: json(message, next), exitCode: 2 })
      }))
  }

  test("shows the help and the error on standard error where the output is not JSON", () =>
    Effect.gen(function* () {
      const { exitCode, stderr, stdout } = yield* CommandLine.run(["list", "--taek", "1", "--format", "table"])
      assert.strictEqual(stdout, "")
      assert.match(stderr, /^DESCRIPTION\n {2}List contacts\n/)
      assert.isTrue(
        stderr.endsWith("\nerror: Unknown flag --taek. Did you mean --take? Run effect-chatbotkit list --help.\n")
      )
      assert.strictEqual(exitCode, 2)
    }))

  for (const args of [
    ["list", "--token", "sk-canary"],
    ["--secret=sk-canary", "list"],
    ["list", "--api-key", "sk-canary", "--format", "csv"],
    ["sk-canary"],
    ["list", "sk-canary"]
  ]) {
    test(`does not repeat a secret among the arguments: ${args.join(" ")}`, () =>
      Effect.gen(function* () {
        const { exitCode, stderr, stdout } = yield* CommandLine.run(args)
        assert.strictEqual(stdout, "")
        assert.notInclude(stderr, "canary")
        assert.strictEqual(exitCode, 2)
      }))
  }
})

describe("--wizard", () => {
  test("is refused where nobody can answer", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* CommandLine.run(["list", "--wizard"], { stdin: "" }), {
        stdout: "",
        stderr:
          '{"code":"UsageError","outcome":"not-sent","message":"--wizard needs a terminal",' +
          '"next":"Give the flags that --help shows."}\n',
        exitCode: 2
      })
    }))
})

describe("help and version", () => {
  test("are data if they were requested", () =>
    Effect.gen(function* () {
      const help = yield* CommandLine.run(["list", "--help"])
      assert.match(help.stdout, /^DESCRIPTION\n {2}List contacts\n/)
      assert.deepStrictEqual([help.stderr, help.exitCode], ["", 0])
      const version = yield* CommandLine.run(["--version"])
      assert.deepStrictEqual(version, { stdout: "1.2.3\n", stderr: "", exitCode: 0 })
    }))

  /** The calls of all commands below a command. */
  const callsOf = (command: Command.Command.Any, call: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => [
    call,
    ...command.subcommands.flatMap(({ commands }) => commands.flatMap((one) => callsOf(one, [...call, one.name])))
  ]

  for (const call of callsOf(rootCommand, [])) {
    test(`writes help in 80 columns: ${call.join(" ")} --help`, () =>
      Effect.gen(function* () {
        const { stdout } = yield* CommandLine.run([...call, "--help"])
        // Usage and examples are for copying.
        const wide = stdout.split("\n").filter((line) => line.length > 80 && !line.includes(" effect-chatbotkit "))
        assert.deepStrictEqual(wide, [])
      }))
  }

  test("breaks the lines of help at the width of the terminal, and aligns them", () =>
    Effect.gen(function* () {
      const { stdout } = yield* CommandLine.run(["get", "--help", "--no-color"], { columns: 60 })
      assert.include(
        stdout,
        "ARGUMENTS\n" +
          "  id... string    The id of a contact. Without\n" +
          "                  ids, they are read from standard\n" +
          "                  input, one a line (optional)\n"
      )
    }))
})

describe("colours", () => {
  const colored = (options: CommandLine.Options, ...args: ReadonlyArray<string>) =>
    Effect.map(CommandLine.run(["lst", ...args], options), ({ stderr }) => stderr.includes("\u001b["))

  test("are on a terminal only, unless NO_COLOR or --no-color is given", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* colored({ columns: 80 }))
      assert.isFalse(yield* colored({}, "--format", "table"))
      assert.isFalse(yield* colored({ columns: 80, env: { NO_COLOR: "1" } }))
      assert.isFalse(yield* colored({ columns: 80, env: { TERM: "dumb" } }))
      assert.isFalse(yield* colored({ columns: 80 }, "--no-color"))
    }))
})
