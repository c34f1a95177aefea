import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { concurrency } from "../support/CommonFlags.ts"

/** Reads contacts by their ids. */
export const getCommand = Command.make(
  "get",
  {
    ids: Argument.String("id").pipe(
      Argument.withDescription("The id of a contact. Without ids, they are read from standard input, one a line"),
      Argument.variadic()
    ),
    concurrency
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./handlers/GetHandler.ts")),
      ({ get }) => get(input)
    )
).pipe(
  Command.withDescription("Read contacts by their ids, in their order"),
  Command.withExamples([
    { command: "effect-chatbotkit get cm1a2b3c4d5e6f7g8h9i0j1k2", description: "One contact" },
    { command: "effect-chatbotkit get --format csv < ids.txt", description: "The contacts of a file of ids" }
  ])
)
