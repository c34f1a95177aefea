/**
 * Compares standard output, standard error and the exit code of every command, in every format, with the files in
 * `golden`. After a change that is meant, write them anew and read the difference:
 * `npx vitest run test/cli/Golden.test.ts --update`.
 */
import { assert, describe, it } from "@effect/vitest"
import type * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { TestClock } from "effect/testing"
import { beforeAll, expect } from "vitest"
import { rootCommand } from "../../src/cli/RootCommand.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { loadGraphql } from "../support/LoadGraphql.ts"
import type * as CommandLine from "./support/CommandLine.ts"
import * as Folder from "./support/Folder.ts"
import { type Case, cases, seeded } from "./support/GoldenCases.ts"

loadGraphql()

// A command loads its handler when it runs. Meanwhile the test clock would run past the timeouts.
beforeAll(() =>
  Promise.all([
    import("../../src/cli/items/handlers/ItemHandlers.ts"),
    import("../../src/cli/items/handlers/SecretHandlers.ts"),
    import("../../src/cli/tools/handlers/ConformanceHandler.ts"),
    import("../../src/cli/tools/handlers/EmulatorHandler.ts"),
    import("../../src/conformance/LiveRun.ts"),
    import("../../src/conformance/Report.ts")
  ])
)

/** The words of each command that does something. */
const commandsOf = (command: Command.Command.Any, words: ReadonlyArray<string> = []): ReadonlyArray<string> =>
  command.subcommands.length === 0
    ? [words.join(" ")]
    : command.subcommands.flatMap(({ commands }) => commands.flatMap((one) => commandsOf(one, [...words, one.name])))

/** Shows the characters that an editor hides. */
const visible = (text: string) =>
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/g, (character) =>
    character === "\r" ? "␍" : `‹U+${character.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}›`
  )

const section = (name: string, text: string) =>
  text === "" ? `--- ${name}: empty\n` : `--- ${name}\n${visible(text)}${text.endsWith("\n") ? "" : "‹no newline›\n"}`

const render = (call: string, shows: string, { exitCode, stderr, stdout }: CommandLine.Run) =>
  `=== ${shows}: ${call}\n${section("stdout", stdout)}${section("stderr", stderr)}--- exit code: ${exitCode}\n`

/** Runs a case in a new folder, on a new API, at the start of the test clock. */
const runCase = (command: string, format: string, one: Case) =>
  Effect.gen(function* () {
    const folder = yield* Folder.make
    yield* one.before?.(folder) ?? seeded
    const words = [...command.split(" "), "--format", format, ...one.args]
    const env = Object.fromEntries(
      Object.entries(one.env ?? {}).map(([name, value]) => [name, value.replace("FOLDER", folder.path)])
    )
    const run = yield* folder.run(words, { stdin: one.stdin, env })
    return render(words.join(" "), one.shows, run).replaceAll(folder.path, "FOLDER")
  }).pipe(
    Random.withSeed(`${command} ${one.shows}`),
    Effect.scoped,
    Effect.provide([InMemory.layerHttpClient(), TestClock.layer()])
  )

describe("golden output", () => {
  it("has cases of every command", () => {
    const missing = commandsOf(rootCommand).filter((command) => !Object.hasOwn(cases, command))
    assert.deepStrictEqual(missing, [], "Add cases of these commands to test/cli/support/GoldenCases.ts.")
    const unknown = Object.keys(cases).filter((command) => !commandsOf(rootCommand).includes(command))
    assert.deepStrictEqual(unknown, [], "Remove the cases of these commands, which no longer exist.")
  })

  for (const [command, ofCommand] of Object.entries(cases)) {
    for (const format of ["table", "json", "jsonl", "csv", "yaml"]) {
      it.effect(`${command} in ${format}`, () =>
        Effect.gen(function* () {
          const texts = yield* Effect.forEach(ofCommand, (one) => runCase(command, format, one))
          const file = `./golden/${command.replaceAll(" ", "-")}/${format}.txt`
          // oxlint-disable-next-line vitest/no-standalone-expect -- the test is the effect
          yield* Effect.promise(() => expect(texts.join("\n")).toMatchFileSnapshot(file))
        })
      )
    }
  }
})
