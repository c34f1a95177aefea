/**
 * Serves the in-memory ChatBotKit on loopback until it is told to stop, for clients in any language:
 *
 *     npm run emulator
 *     PORT=8787 npm run emulator
 */
import { NodeRuntime } from "@effect/platform-node"
import { Cause, Config, Console, Effect, Exit, Layer } from "effect"
import * as Emulator from "effect-chatbotkit/layers/Emulator"

const announce = Effect.gen(function* () {
  const { url } = yield* Emulator.Emulator
  yield* Console.log(`ChatBotKit emulator at ${url}`)
  yield* Console.log("Every token that begins with sk- is an account of its own. Stop it with Ctrl-C.")
})

const program = Effect.gen(function* () {
  const port = yield* Config.withDefault(Config.Port("PORT"), 0)
  return Layer.effectDiscard(announce).pipe(Layer.provide(Emulator.layer({ port })))
}).pipe(
  Layer.unwrap,
  Layer.launch,
  Effect.onInterrupt(() => Console.log("Stopped"))
)

NodeRuntime.runMain(program, {
  // To be told to stop is how it ends, not how it fails.
  teardown: (exit, onExit) => onExit(Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause) ? 1 : 0)
})
