/** The commands that change all contacts of a selection. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { contactFlags } from "../contacts/ContactFlags.ts"
import { listFlags, toggle } from "../support/CommonFlags.ts"
import { confirmFlags } from "../support/ConfirmFlags.ts"
import { runFlags } from "./BulkFlags.ts"

const load = Effect.promise(() => import("./handlers/ChangeAllHandler.ts"))

const flags = {
  meta: listFlags.meta,
  all: toggle("all", "All contacts of the account"),
  ...confirmFlags,
  ...runFlags
}

const selection = "The contacts are those of --meta, or of the ids on standard input, or --all. "

const safety =
  "The count and a sample are shown first, and a confirmation is needed. It is a job: after Ctrl-C it goes on with jobs resume"

/** Updates all contacts of a selection. */
export const updateAllCommand = Command.make(
  "update-all",
  { ...flags, set: contactFlags.set, setJson: contactFlags.setJson },
  (input) => Effect.flatMap(load, ({ updateAll }) => updateAll(input))
).pipe(
  Command.withDescription(
    `Update many contacts in the same way. ${selection}${safety}, and jobs undo gives the contacts their fields back`
  ),
  Command.withShortDescription("Update many contacts in the same way"),
  Command.withExamples([
    {
      command: "effect-chatbotkit update-all --meta tier=gold --set meta.tier=platinum --dry-run",
      description: "Show what would be updated, and a digest"
    }
  ])
)

/** Deletes all contacts of a selection. */
export const deleteAllCommand = Command.make("delete-all", flags, (input) =>
  Effect.flatMap(load, ({ deleteAll }) => deleteAll(input))
).pipe(
  Command.withDescription(
    `Delete many contacts for good, with their tasks and memories. ${selection}${safety}. The outcomes keep the contacts as they were`
  ),
  Command.withShortDescription("Delete many contacts"),
  Command.withExamples([
    { command: "effect-chatbotkit delete-all --meta test=true --yes", description: "Delete without a question" }
  ])
)
