import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { texts, toggle } from "../support/CommonFlags.ts"

const flags = {
  cases: texts("case", "The id of a case; only such cases run. May be given several times. Default: all"),
  yes: toggle("yes", "Test a server that is not on this machine")
}

/** Tests a server against the wire contract. */
export const conformanceCommand = Command.make("conformance", flags, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./handlers/ConformanceHandler.ts")),
    ({ conformance }) => conformance(input)
  )
).pipe(
  Command.withShortDescription("Test a server against the wire contract"),
  Command.withDescription(
    "Test the server at --base-url against the wire contract. The cases create contacts in the account of the secret, and " +
      "delete them. A table is the report by section; the other formats have an object for each case. Exits with 3 if a case fails"
  ),
  Command.withExamples([
    {
      command: "effect-chatbotkit conformance --base-url http://127.0.0.1:8787",
      description: "Test the emulator, or a server of your own"
    },
    {
      command: "effect-chatbotkit conformance --base-url http://127.0.0.1:8787 --case verbs --format json",
      description: "The problems of one case"
    }
  ])
)
