import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { dryRun, optional, pairs, path, toggle } from "../support/CommonFlags.ts"
import { runFlags } from "./BulkFlags.ts"

const flags = {
  file: Argument.String("file").pipe(Argument.withDescription("The file, or - for standard input")),
  input: optional(
    Flag.Literals("input", ["csv", "jsonl"]).pipe(
      Flag.withDescription("The format of the file. Default: by its name, .csv, or .jsonl or .ndjson")
    )
  ),
  map: pairs(
    "map",
    "The field of a column of CSV, as in 'E-Mail=email', Tier=meta.tier or Age=meta.age:number. An empty field ignores the column. " +
      "Can be repeated"
  ),
  ignoreOthers: toggle("ignore-others", "Ignore columns of CSV and members of JSON that no contact has"),
  delimiter: optional(
    Flag.String("delimiter").pipe(
      Flag.withDescription("The character between two cells of CSV, or tab. Default: a comma"),
      Flag.map((text) => (text === "tab" ? "\t" : text)),
      Flag.filter(
        (text) => text.length === 1 && !/["\r\n]/.test(text),
        () => "Expected one character, but no quote"
      )
    )
  ),
  mode: Flag.Literals("mode", ["ensure", "create", "upsert"]).pipe(
    Flag.withDescription(
      "ensure: find the contact with the fingerprint, or make it. create: make it, unless the fingerprint is taken. upsert: " +
        "update the contact, or make it. Default: ensure"
    ),
    Flag.withDefault("ensure")
  ),
  by: optional(
    Flag.Literals("by", ["fingerprint", "email"]).pipe(
      Flag.withDescription("The field that upsert finds contacts by. Default: fingerprint")
    )
  ),
  dryRun,
  resume: toggle("resume", "Go on with the job if it was stopped, and send rows again whose outcomes are not final"),
  outcomes: path(
    "outcomes",
    "Write the outcome of each row to this file: CSV if its name ends in .csv, else JSON Lines"
  ),
  rejects: path("rejects", "Write the rows that were refused to this file, as they are in the input"),
  ...runFlags
}

/** Imports contacts from a file. */
export const importCommand = Command.make("import", flags, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./handlers/ImportHandler.ts")),
    ({ importFile }) => importFile(input)
  )
).pipe(
  Command.withDescription(
    "Import contacts from CSV or JSON Lines, as a job that survives the end of the program: the same command goes on after a kill, " +
      "and with --resume after Ctrl-C. No contact is made twice. Exits with 3 if a row was refused, or its outcome is not final"
  ),
  Command.withShortDescription("Import contacts from a file"),
  Command.withExamples([
    { command: "effect-chatbotkit import crm.csv --map 'E-Mail=email' --dry-run", description: "Only look" },
    {
      command: "effect-chatbotkit import crm.csv --rejects rejected.csv",
      description: "Import, and keep refused rows"
    },
    {
      command: "effect-chatbotkit import - --input jsonl --mode upsert --by email < contacts.jsonl",
      description: "Update contacts by their e-mail addresses, or make them"
    }
  ])
)
