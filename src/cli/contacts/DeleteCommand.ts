import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { concurrency } from "../support/CommonFlags.ts"
import { confirmFlags } from "../support/ConfirmFlags.ts"

/** Deletes contacts by their ids. */
export const deleteCommand = Command.make(
  "delete",
  {
    ids: Argument.String("id").pipe(
      Argument.withDescription("The id of a contact. Without ids, they are read from standard input, one a line"),
      Argument.variadic()
    ),
    ...confirmFlags,
    concurrency
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./handlers/DeleteHandler.ts")),
      ({ remove }) => remove(input)
    )
).pipe(
  Command.withDescription(
    "Delete contacts for good, with their tasks and memories. The count and a sample are shown first, and a confirmation is needed"
  ),
  Command.withShortDescription("Delete contacts by their ids"),
  Command.withExamples([
    { command: "effect-chatbotkit delete cm1a2b3c4d5e6f7g8h9i0j1k2", description: "Ask, and delete one contact" },
    {
      command: "effect-chatbotkit delete --dry-run < ids.txt",
      description: "Show what would be deleted, and a digest"
    },
    { command: "effect-chatbotkit delete --confirm 0123456789abcdef < ids.txt", description: "Delete exactly that" }
  ])
)
