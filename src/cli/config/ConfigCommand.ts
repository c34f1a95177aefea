import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"

const load = Effect.promise(() => import("./handlers/ConfigHandler.ts"))

const settings =
  "baseUrl, runAsUser, secretFile, secretCommand, secret, jobs, or profile for the name of the default profile"

const pathCommand = Command.make("path", {}, () => Effect.flatMap(load, ({ path }) => path)).pipe(
  Command.withDescription("Show the path of the configuration file")
)

const listCommand = Command.make("list", {}, () => Effect.flatMap(load, ({ list }) => list)).pipe(
  Command.withDescription(
    "List the profiles of the configuration file. A secret is not shown, only where it comes from"
  )
)

const getCommand = Command.make(
  "get",
  { setting: Argument.String("setting").pipe(Argument.withDescription(settings)) },
  (input) => Effect.flatMap(load, ({ get }) => get(input))
).pipe(Command.withDescription("Show a setting of the profile. The secret is not shown"))

const setCommand = Command.make(
  "set",
  {
    setting: Argument.String("setting").pipe(Argument.withDescription(settings)),
    values: Argument.String("value").pipe(
      Argument.withDescription(
        "The value; for secretCommand the program and its arguments; for secret none: it is read from standard input"
      ),
      Argument.variadic()
    )
  },
  (input) => Effect.flatMap(load, ({ set }) => set(input))
).pipe(
  Command.withDescription("Change a setting of the profile of --profile, or of the default profile"),
  Command.withExamples([
    {
      command: "effect-chatbotkit config set secretCommand -- pass show chatbotkit",
      description: "Read the secret from pass"
    },
    {
      command: "effect-chatbotkit config set secret < secret.txt",
      description: "Keep the secret in the configuration file"
    },
    {
      command: "effect-chatbotkit config set baseUrl http://127.0.0.1:8787 --profile local",
      description: "A profile for the emulator"
    }
  ])
)

/** Reads and changes the configuration file. */
export const configCommand = Command.make("config").pipe(
  Command.withDescription("Read and change the configuration file"),
  Command.withSubcommands([pathCommand, listCommand, getCommand, setCommand])
)
