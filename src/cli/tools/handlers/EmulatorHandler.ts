import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Result from "effect/Result"
import type { Shape } from "../../format/Shape.ts"
import * as Emulator from "../../../layers/Emulator.ts"
import { CannotListen, UsageError } from "../../support/CliFailure.ts"
import * as Interruption from "../../Interruption.ts"
import * as Output from "../../support/Output.ts"
import * as Streams from "../../support/Streams.ts"
import * as FaultsFile from "../files/FaultsFile.ts"
import { InvalidFile } from "../files/InputFile.ts"
import * as SeedFile from "../files/SeedFile.ts"

/** The arguments of the command. */
export interface Input extends Required<Emulator.ListenOptions> {
  /** The path of the seed file. */
  readonly seed: string | undefined
  /** The path of the faults file. */
  readonly faults: string | undefined
}

const shape: Shape = {
  fields: ["url", "accounts", "contacts", "rules"],
  table: ["url", "accounts", "contacts", "rules"]
}

/** Reads the file of a flag. */
const readFile = Effect.fnUntraced(function* <A>(
  flag: string,
  path: string,
  parse: (text: string, name: string) => Result.Result<A, InvalidFile>
) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    fs.readFileString(path),
    () => new InvalidFile({ file: flag, place: "the file", description: "it cannot be read" })
  )
  return yield* Effect.fromResult(parse(text, flag))
})

/** The reason why the server cannot listen. */
const cannotListen = ({ host, port }: Input, cause: unknown): CannotListen => {
  const isInUse = Predicate.hasProperty(cause, "code") && cause.code === "EADDRINUSE"
  return new CannotListen({
    message: isInUse ? `Port ${port} is in use` : `Cannot listen on ${host}, port ${port}`,
    next: isInUse ? "Give another --port, or 0 for a free one." : "Give another --host or --port."
  })
}

const serve = Effect.fnUntraced(function* (seed: SeedFile.SeedFile, rules: number) {
  yield* SeedFile.plant(seed)
  const { url } = yield* Emulator.Emulator
  yield* Interruption.makeNormalEnd
  yield* Streams.note(`ChatBotKit emulator at ${url}`)
  if ((yield* Output.format) !== "table") {
    const contacts = seed.accounts.reduce((sum, account) => sum + (account.contacts?.length ?? 0), 0)
    yield* Output.item({ url, accounts: seed.accounts.length, contacts, rules }, shape)
  }
  return yield* Effect.never
})

/** Serves the API until the program is interrupted. */
export const emulator = Effect.fnUntraced(function* (input: Input) {
  const { faults, host, port, seed } = input
  if (port < 0 || port > 65_535) {
    return yield* new UsageError({ message: "--port must be from 0 to 65535", next: "Give another --port." })
  }
  const seedFile = seed === undefined ? { accounts: [] } : yield* readFile("--seed", seed, SeedFile.parse)
  const rules = faults === undefined ? [] : FaultsFile.rulesOf(yield* readFile("--faults", faults, FaultsFile.parse))
  return yield* serve(seedFile, rules.length).pipe(
    Effect.provide(Layer.fresh(Emulator.layer({ host, port, faults: rules }))),
    Effect.catchTag("ServeError", ({ cause }) => Effect.fail(cannotListen(input, cause)))
  )
})
