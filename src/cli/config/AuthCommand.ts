import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"

const statusCommand = Command.make("status", {}, () =>
  Effect.flatMap(
    Effect.promise(() => import("./handlers/AuthHandler.ts")),
    ({ status }) => status
  )
).pipe(
  Command.withDescription(
    "Show the server, the profile and the place of the secret, and check the secret with one request. Exits with 4 if it is refused"
  ),
  Command.withShortDescription("Check the secret")
)

/** The commands on the authentication. */
export const authCommand = Command.make("auth").pipe(
  Command.withDescription("Check the authentication"),
  Command.withSubcommands([statusCommand])
)
