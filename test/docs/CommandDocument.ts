/** The document of the command line, docs/cli.md, from the definitions of the commands. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import type * as HelpDoc from "effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { name, rootCommand } from "../../src/cli/RootCommand.ts"
import { exitCode } from "../../src/cli/support/ExitCode.ts"

/** The path of the document, from the root of the repository. */
export const path = "docs/cli.md"

/** The command that writes the document. */
export const writer = "npx node test/docs/commands.ts"

/** The help of a command. Its handler does not run. */
const helpOf = (commandPath: ReadonlyArray<string>): Effect.Effect<HelpDoc.HelpDoc> => {
  const found: Array<HelpDoc.HelpDoc> = []
  const presenter: CliOutput.Presenter = {
    present: (event) =>
      Effect.sync(() => {
        if (event._tag === "Help") found.push(event.helpDoc)
      })
  }
  // Only `--help` is parsed, so the services of the handlers are not needed.
  const run = Command.runWith(
    Command.withHandler(rootCommand, () => Effect.void),
    { version: "" }
  )
  return run([...commandPath, "--help"]).pipe(
    Effect.provideService(CliOutput.Presenter, presenter),
    Effect.provide(NodeServices.layer),
    Effect.orDie,
    Effect.map(() => {
      const [help] = found
      if (help === undefined) throw new Error(`There is no help of ${commandPath.join(" ")}`)
      return help
    })
  )
}

const cell = (text: string): string => text.replaceAll("|", "\\|")

const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")

const textOf = (description: Option.Option<string>): string => Option.getOrElse(description, () => "")

const flagTable = (flags: ReadonlyArray<HelpDoc.FlagDoc>): string =>
  table(
    ["flag", "value", "description"],
    flags.map(({ aliases, description, name: flag, type }) => [
      [`--${flag}`, ...aliases].map((form) => `\`${form}\``).join(", "),
      type === "boolean" ? "" : `\`${type}\``,
      textOf(description)
    ])
  )

/** The parts that are not empty, with an empty line between them. */
const paragraphs = (...parts: ReadonlyArray<string | false>): string =>
  parts.filter((part) => part !== false && part !== "").join("\n\n")

const codeBlock = (lines: ReadonlyArray<string>): string => ["```sh", ...lines, "```"].join("\n")

const examplesOf = (examples: ReadonlyArray<HelpDoc.ExampleDoc>): string =>
  examples.length === 0
    ? ""
    : codeBlock(
        examples.flatMap(({ command, description }, index) => [
          ...(index === 0 ? [] : [""]),
          ...(description === undefined ? [] : [`# ${description}`]),
          command
        ])
      )

/** The sections of a command and of its subcommands. */
const sectionsOf = (commandPath: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const { args = [], description, examples = [], flags, subcommands = [], usage } = yield* helpOf(commandPath)
    const names = subcommands.flatMap(({ commands }) => commands.map((command) => command.name))
    const own = paragraphs(
      `### ${commandPath.join(" ")}`,
      description,
      codeBlock([usage]),
      args.length > 0 &&
        table(
          ["argument", "value", "description"],
          args.map((arg) => [
            `\`${arg.name}\`${arg.variadic ? ", any number" : ""}`,
            `\`${arg.type}\``,
            `${arg.required ? "Required. " : ""}${textOf(arg.description)}`
          ])
        ),
      flags.length > 0 && flagTable(flags),
      examplesOf(examples)
    )
    const inner = yield* Effect.forEach(names, (subcommand) => sectionsOf([...commandPath, subcommand]))
    return [own, ...inner.flat()]
  })

/** The meaning of each exit code. */
const meanings: Record<keyof typeof exitCode, string> = {
  ok: "All is done. Also the end of `emulator` by a signal, and a closed pipe, as with `| head -1`.",
  failed: "The command failed.",
  usage: "The call, a file that it names, or the configuration is wrong. Nothing was sent.",
  rowsFailed: "All rows were done, and some of them failed.",
  authentication: "There is no secret, or the server refuses it.",
  notFound: "There is no such contact.",
  confirmation: "A confirmation is missing or was refused. Nothing was changed.",
  tryAgain: "The server is rate limiting, unreachable, slow or broken. The same call may succeed later.",
  interrupted: "Interrupted by a signal."
}

const exitCodes = Object.entries(exitCode).map(([key, code]) => {
  const [, meaning = ""] = Object.entries(meanings).find(([of]) => of === key) ?? []
  return [String(code), meaning]
})

/** The sources of the configuration, beside the flags. */
const variables = [
  ["CHATBOTKIT_API_SECRET", "The API secret."],
  ["CHATBOTKIT_API_TOKEN", "The API secret, if `CHATBOTKIT_API_SECRET` is not set."],
  ["CHATBOTKIT_BASE_URL", "The URL of the server, as `--base-url`."],
  ["CHATBOTKIT_API_RUNAS_USERID", "The id of the user to act for, as `--run-as-user`."],
  ["CHATBOTKIT_PROFILE", "The profile of the configuration file, as `--profile`."],
  ["NO_COLOR", "No colours, if it is set and not empty."]
].map(([variable = "", meaning = ""]) => [`\`${variable}\``, meaning])

/** The text of the document. */
export const text: Effect.Effect<string> = Effect.gen(function* () {
  const { description, globalFlags = [], subcommands = [] } = yield* helpOf([])
  const groups = yield* Effect.forEach(subcommands, ({ commands, group = "Other" }) =>
    Effect.map(
      Effect.forEach(commands, (command) => sectionsOf([command.name])),
      (sections) => [`## ${group}`, ...sections.flat()]
    )
  )
  const overview = subcommands.flatMap(({ commands, group = "Other" }) =>
    commands.map((command) => [
      group,
      `[\`${command.name}\`](#${command.name})`,
      command.shortDescription ?? command.description
    ])
  )
  return `${paragraphs(
    "# Command line",
    `<!-- Written by \`${writer}\` from the definitions of the commands. Do not edit. -->`,
    `\`${name}\`: ${description}.`,
    table(["group", "command", ""], overview),
    "Data goes to standard output, and everything else to standard error: notes, progress, and the help after a wrong call. " +
      "Where the output is JSON, an error is one JSON object on standard error with `code`, `outcome`, `message` and `next`.",
    "## Exit codes",
    table(["code", "meaning"], exitCodes),
    "## Environment",
    table(["variable", "meaning"], variables),
    "## Flags of every command",
    flagTable(globalFlags),
    "The completions of a shell are a script: `effect-chatbotkit --completions bash >> ~/.bashrc`.",
    ...groups.flat()
  )}\n`
})
