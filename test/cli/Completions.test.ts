import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"

const { test } = CommandLine

/** The completion script for a shell. */
const scriptFor = (shell: string) =>
  Effect.map(CommandLine.run(["--completions", shell]), ({ exitCode, stderr, stdout }) => {
    assert.deepStrictEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" })
    return stdout
  })

/** The arguments with which a shell loads the script in a file and runs a program. */
const argumentsFor: Readonly<Record<string, (file: string, program: string) => ReadonlyArray<string>>> = {
  bash: (file, program) => ["--norc", "--noprofile", "-c", `source ${file} || exit 1\n${program}`],
  zsh: (file, program) => [
    "-f",
    "-c",
    `autoload -Uz compinit && compinit -D -u && source ${file} || exit 1\n${program}`
  ],
  fish: (file, program) => ["--no-config", "-c", `source ${file}; or exit 1\n${program}`],
  pwsh: (file, program) => [
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    `$ErrorActionPreference = "Stop"; . "${file}"; ${program}`
  ]
}

/** The output of a program in a shell that has loaded the script. */
const runIn = (shell: string, script: string, program: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "effect-chatbotkit-"))
  try {
    const file = join(folder, "completions.ps1")
    writeFileSync(file, script)
    const args = argumentsFor[shell]?.(file, program) ?? []
    const { status, stderr, stdout } = spawnSync(shell, args, { encoding: "utf8", cwd: folder })
    assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: "" })
    return stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const isInstalled = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).error === undefined

/** The program of zsh, which completes only on a terminal: it prints the name of the function for the command. */
const zshProgram = "print -r -- ${_comps[effect-chatbotkit]}"

/** The program that prints the completions of a line at its end, one on each line. */
const programs: Readonly<Record<string, (line: string) => string>> = {
  bash: (line) => {
    const words = line.split(" ")
    return [
      `COMP_LINE=${JSON.stringify(line)}`,
      `COMP_POINT=${line.length}`,
      `COMP_WORDS=(${words.map((word) => JSON.stringify(word)).join(" ")})`,
      `COMP_CWORD=${words.length - 1}`,
      "COMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:'",
      `_effect_chatbotkit effect-chatbotkit ${JSON.stringify(words.at(-1))} ${JSON.stringify(words.at(-2))}`,
      'printf "%s\\n" "${COMPREPLY[@]}"'
    ].join("\n")
  },
  fish: (line) => `complete -C ${JSON.stringify(line)} | string split -f1 \\t; true`,
  pwsh: (line) => `(TabExpansion2 '${line}' ${line.length}).CompletionMatches.CompletionText`
}

/** Lines, with completions that must be among those of the line, and one that must not. */
const lines: ReadonlyArray<readonly [line: string, some: ReadonlyArray<string>, none: string]> = [
  ["effect-chatbotkit ", ["list", "get", "emulator", "conformance"], "--seed"],
  ["effect-chatbotkit em", ["emulator"], "list"],
  ["effect-chatbotkit --", ["--format", "--base-url", "--completions", "--help", "--version"], "--seed"],
  ["effect-chatbotkit --format jsonl li", ["list"], "emulator"],
  ["effect-chatbotkit list --", ["--take", "--meta", "--order", "--format", "--base-url", "--no-color"], "--seed"],
  ["effect-chatbotkit list --order ", ["asc", "desc"], "--order"],
  ["effect-chatbotkit list --format ", ["table", "json", "jsonl", "csv", "yaml"], "asc"],
  ["effect-chatbotkit emulator --", ["--port", "--seed", "--faults", "--quiet"], "--take"],
  ["effect-chatbotkit emulator --port 1 --", ["--seed"], "--port"],
  ["effect-chatbotkit emulator --seed comp", ["completions.ps1"], "--seed"]
]

/** The lines that a script of Effect 4.1 does not complete: the one for fish takes the value of a flag for the command. */
const incomplete: Readonly<Record<string, ReadonlyArray<string>>> = { fish: ["effect-chatbotkit --format jsonl li"] }

describe("completions", () => {
  for (const shell of ["bash", "zsh", "fish", "pwsh"]) {
    test(`are a script for ${shell}`, () =>
      Effect.gen(function* () {
        const script = yield* scriptFor(shell)
        for (const word of ["effect-chatbotkit", "emulator", "conformance", "seed", "base-url", "jsonl"]) {
          assert.include(script, word)
        }
      }))

    const isMissing = !isInstalled(shell)
    if (isMissing) console.log(`The completions are not loaded by ${shell}, which is not installed`)
    it.effect.skipIf(isMissing)(`are loaded by ${shell}`, () =>
      Effect.gen(function* () {
        const script = yield* scriptFor(shell)
        if (shell === "zsh") {
          assert.strictEqual(runIn(shell, script, zshProgram), "_effect_chatbotkit\n")
          return
        }
        for (const [line, some, none] of lines) {
          if (incomplete[shell]?.includes(line) === true) continue
          const found = runIn(shell, script, programs[shell]?.(line) ?? "")
            .trim()
            .split(/\r?\n/)
          for (const completion of some) assert.include(found, completion, line)
          assert.notInclude(found, none, line)
        }
      }).pipe(Effect.provide(InMemory.layerHttpClient()))
    )
  }

  test("are refused for another shell", () =>
    Effect.gen(function* () {
      const { exitCode, stdout } = yield* CommandLine.run(["--completions", "csh"])
      assert.deepStrictEqual({ exitCode, stdout }, { exitCode: 2, stdout: "" })
    }))
})
