import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as CommandLine from "./support/CommandLine.ts"
import * as Folder from "./support/Folder.ts"

const ada = "cada000000000000000000000"

/** A call of each command that writes. */
const calls: ReadonlyArray<readonly [args: ReadonlyArray<string>, stdin?: string]> = [
  [["create", "--name", "Grace"]],
  [["create"], '{"name":"Grace"}\n'],
  [["ensure", "--fingerprint", "crm-0003-grace-hopper", "--name", "Grace"]],
  [["update", ada, "--nick", "countess"]],
  [["delete", ada, "--yes"]],
  [["delete", "--yes"], `${ada}\ncmallory00000000000000000\n`],
  [["update-all", "--all", "--set", "nick=countess", "--yes"]],
  [["delete-all", "--all", "--yes"]],
  [["import", "-", "--input", "jsonl"], '{"name":"Grace"}\n']
]

describe("a field of --fields that does not exist", () => {
  for (const [args, stdin] of calls) {
    it.effect(`is refused before a write: ${args.join(" ")}${stdin === undefined ? "" : ", with rows"}`, () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.seed([CommandLine.ada, CommandLine.mallory])
        const before = yield* api.contacts()
        const folder = yield* Folder.make
        const run = yield* folder.run([...args, "--fields", "absent", "--quiet"], stdin === undefined ? {} : { stdin })
        assert.deepStrictEqual([run.stdout, run.exitCode], ["", 2])
        assert.include(run.stderr, '"code":"UsageError","outcome":"not-sent"')
        assert.deepStrictEqual(yield* api.contacts(), before)
      }).pipe(Effect.provide(InMemory.layerHttpClient()))
    )
  }
})
