/**
 * Serves the in-memory ChatBotKit on loopback until it is interrupted, for clients in any language:
 *
 *     npm run emulator
 *     PORT=9000 npm run emulator
 */
import { NodeRuntime } from "@effect/platform-node"
import { Cause, Config, Console, Effect, Exit, Layer } from "effect"
import * as Emulator from "effect-chatbotkit/layers/Emulator"

const defaultPort = 8787

const announce = Effect.gen(function* () {
  const { url } = yield* Emulator.Emulator
  yield* Console.log(`ChatBotKit emulator at ${url}`)
  yield* Console.log("Every token that begins with sk- is an account of its own. Stop it with Ctrl-C.")
})

/** The reason why the server can't listen, in one line. */
const listenFailure = (port: number, cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  if (code === "EADDRINUSE")
    return `Port ${port} is in use: set PORT to another one, such as PORT=9000 npm run emulator`
  return `Can't listen on port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`
}

/** Prints an error and sets the exit status to 1. */
const fail = (line: string) =>
  Effect.andThen(
    Console.error(line),
    Effect.sync(() => (process.exitCode = 1))
  )

const serve = (port: number) =>
  Layer.launch(Layer.effectDiscard(announce).pipe(Layer.provide(Emulator.layer({ port })))).pipe(
    Effect.catchTag("ServeError", ({ cause }) => fail(listenFailure(port, cause)))
  )

const program = Config.withDefault(Config.Port("PORT"), defaultPort).pipe(
  Effect.flatMap(serve),
  Effect.catchTag("ConfigError", () => fail("PORT must be a number from 1 to 65535")),
  Effect.onInterrupt(() => Console.log("Stopped"))
)

NodeRuntime.runMain(program, {
  // Ctrl-C is the normal end of this program, so it exits with status 0.
  teardown: (exit, onExit) =>
    onExit(Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause) ? 1 : Number(process.exitCode ?? 0))
})
