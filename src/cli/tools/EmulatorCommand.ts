import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { path } from "../support/CommonFlags.ts"

const port = Flag.Int("port").pipe(
  Flag.withDescription("The TCP port; 0 for a free one. Default: 8787"),
  Flag.withDefault(8787)
)

const host = Flag.String("host").pipe(
  Flag.withDescription("The address to listen on. Default: 127.0.0.1"),
  Flag.withDefault("127.0.0.1")
)

/** Serves an in-memory ChatBotKit. */
export const emulatorCommand = Command.make(
  "emulator",
  {
    port,
    host,
    seed: path("seed", "A JSON or YAML file with the contacts at the start, by token"),
    faults: path("faults", "A JSON or YAML file with rules: which requests get which fault")
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./handlers/EmulatorHandler.ts")),
      ({ emulator }) => emulator(input)
    )
).pipe(
  Command.withShortDescription("Serve an in-memory ChatBotKit for tests"),
  Command.withDescription(
    "Serve an in-memory ChatBotKit for tests, until SIGINT or SIGTERM, which end it with 0. " +
      "Every token that begins with sk- is an account of its own. " +
      "The URL is written to standard error, and as an object to standard output unless the format is table"
  ),
  Command.withExamples([
    { command: "effect-chatbotkit emulator --port 0 --seed seed.json", description: "On a free port, with contacts" },
    {
      command: "CHATBOTKIT_API_SECRET=sk-demo effect-chatbotkit list --base-url http://127.0.0.1:8787",
      description: "The contacts of an account of the emulator"
    }
  ])
)
