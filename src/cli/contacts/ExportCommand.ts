import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { order, record, text } from "../support/CommonFlags.ts"

/** Exports contacts. */
export const exportCommand = Command.make(
  "export",
  {
    output: text("output", "The file to write. It is complete, or not there").pipe(Flag.withAlias("o")),
    meta: record("meta", "Only contacts whose meta has this value, as in tier=gold. Several must all hold"),
    order
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./handlers/ExportHandler.ts")),
      ({ exportAll }) => exportAll(input)
    )
).pipe(
  Command.withDescription(
    "Export contacts, to standard output or to a file. The format is that of --format, or of the name of the file, or jsonl. In CSV, " +
      "cells that a spreadsheet would take for a formula get an apostrophe, which an import removes"
  ),
  Command.withShortDescription("Export contacts"),
  Command.withExamples([
    { command: "effect-chatbotkit export -o contacts.csv", description: "All contacts, in CSV" },
    {
      command: "effect-chatbotkit export --meta tier=gold --fields id,email,meta.tier > gold.jsonl",
      description: "Some fields of the gold contacts"
    }
  ])
)
