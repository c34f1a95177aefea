import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { concurrency, dryRun } from "../support/CommonFlags.ts"
import { contactFlags } from "./ContactFlags.ts"

const flags = { ...contactFlags, concurrency, dryRun }

const load = Effect.promise(() => import("./handlers/CreateHandler.ts"))

/** Makes contacts. */
export const createCommand = Command.make("create", flags, (input) =>
  Effect.flatMap(load, ({ create }) => create(input))
).pipe(
  Command.withDescription(
    "Make a contact from flags, or one for each JSON object on standard input. A contact is made exactly once"
  ),
  Command.withShortDescription("Make contacts"),
  Command.withExamples([
    { command: "effect-chatbotkit create --name 'Ada Lovelace' --set meta.tier=gold", description: "One contact" },
    { command: "effect-chatbotkit create < contacts.jsonl", description: "A contact for each line" }
  ])
)

const { verifiedAt: _, ...ensureFlags } = contactFlags

/** Ensures contacts. */
export const ensureCommand = Command.make("ensure", { ...ensureFlags, concurrency, dryRun }, (input) =>
  Effect.flatMap(load, ({ ensure }) => ensure({ ...input, verifiedAt: undefined }))
).pipe(
  Command.withDescription(
    "Find the contact with a fingerprint, or make it. An existing contact is not changed. Flags, or JSON on standard input"
  ),
  Command.withShortDescription("Find contacts by fingerprint, or make them"),
  Command.withExamples([
    {
      command: "effect-chatbotkit ensure --fingerprint crm-0001-ada-lovelace --email ada@example.com",
      description: "One contact"
    }
  ])
)
