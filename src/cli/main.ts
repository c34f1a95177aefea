#!/usr/bin/env node
/** The program `effect-chatbotkit`. The only module of the command line that acts when it is loaded. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { createRequire } from "node:module"
import * as Program from "./Program.ts"
import { ApiClient } from "./support/ApiClient.ts"
import { exitCode } from "./support/ExitCode.ts"
import * as Interruption from "./Interruption.ts"

const manifest: { readonly version: string } = createRequire(import.meta.url)("../../package.json")

const apiClient = ApiClient.of({
  layer: (options) =>
    Effect.map(
      Effect.promise(() => import("../layers/Node.ts")),
      (Node) => Node.layer(options)
    )
})

// A pipe that its reader has closed is handled where it is written to. Between two writes nobody listens for its error.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})

const interruption: Interruption.Service = { exitCode: exitCode.interrupted }

/** npm passes Ctrl-C on to a program that has it from the terminal already: within this time, in milliseconds, it is the same one. */
const sameSignal = 300

// The first Ctrl-C lets a command end what is under way, and the second one ends the program at once.
let interruptedAt: number | undefined
process.on("SIGINT", () => {
  const now = performance.now()
  interruptedAt ??= now
  if (now - interruptedAt > sameSignal) process.exit(exitCode.interrupted)
})

const program = Program.run(process.argv.slice(2), manifest).pipe(
  Effect.provideService(ApiClient, apiClient),
  Effect.provideService(Interruption.Interruption, interruption),
  Effect.provide(NodeServices.layer)
)

NodeRuntime.runMain(program, {
  disableErrorReporting: true,
  teardown: (exit) => {
    const code = Exit.isSuccess(exit) ? exit.value : interruption.exitCode
    // Output that is still buffered is written before the program ends.
    process.stdout.write("", () => process.stderr.write("", () => process.exit(Number(code))))
  }
})
