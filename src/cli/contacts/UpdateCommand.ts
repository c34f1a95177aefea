import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { concurrencyOf, dryRun } from "../support/CommonFlags.ts"
import { contactFlags } from "./ContactFlags.ts"

/** Changes contacts. */
export const updateCommand = Command.make(
  "update",
  {
    id: Argument.String("id").pipe(
      Argument.withDescription("The id of the contact. Without it, changes are read from standard input"),
      Argument.optional,
      Argument.map(Option.getOrUndefined)
    ),
    ...contactFlags,
    // One by one, since two rows can change the same contact.
    concurrency: concurrencyOf(1),
    dryRun
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./handlers/UpdateHandler.ts")),
      ({ update }) => update(input)
    )
).pipe(
  Command.withDescription(
    "Change some fields of a contact by flags, or of one for each JSON object with an id on standard input. Members of meta that " +
      "--set names are merged into the stored ones; meta itself is replaced"
  ),
  Command.withShortDescription("Change contacts"),
  Command.withExamples([
    {
      command: "effect-chatbotkit update cm1a2b3c4d5e6f7g8h9i0j1k2 --set meta.tier=gold --set-json nick=null",
      description: "Merge a member of meta, and clear the nickname"
    },
    { command: "effect-chatbotkit update < changes.jsonl", description: "A change for each line, with its id" }
  ])
)
