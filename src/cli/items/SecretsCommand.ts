import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { listFlags } from "../support/CommonFlags.ts"
import { confirmFlags } from "../support/ConfirmFlags.ts"
import { contactId, secretId } from "./ItemFlags.ts"

const handlers = Effect.promise(() => import("./handlers/SecretHandlers.ts"))

const { meta, order, take } = listFlags

const listCommand = Command.make("list", { contactId, order, take, meta }, (input) =>
  Effect.flatMap(handlers, ({ list }) => list(input))
).pipe(
  Command.withDescription(
    "List the secrets for which a contact has a value, never the values. The server shows at most the first and the last 100: if that is not all, the list fails"
  ),
  Command.withShortDescription("List the secrets of a contact"),
  Command.withExamples([
    { command: "effect-chatbotkit secrets list cm1a2b3c4d5e6f7g8h9i0j1k2", description: "All secrets, newest first" }
  ])
)

const verifyCommand = Command.make("verify", { contactId, secretId }, (input) =>
  Effect.flatMap(handlers, ({ verify }) => verify(input))
).pipe(
  Command.withDescription(
    "Find out if a secret has a value that can be used. If it has none, the URL at which the contact authorizes access is written: whoever has it can do so for 15 minutes"
  ),
  Command.withShortDescription("Find out if a secret can be used"),
  Command.withExamples([
    { command: "effect-chatbotkit secrets verify cm1a2b3c4d5e6f7g8h9i0j1k2 @calendar", description: "The status" }
  ])
)

const authenticateCommand = Command.make("authenticate", { contactId, secretId }, (input) =>
  Effect.flatMap(handlers, ({ authenticate }) => authenticate(input))
).pipe(
  Command.withDescription(
    "Write a URL at which the contact authorizes access to a personal secret. Whoever has it can do so for 15 minutes"
  ),
  Command.withShortDescription("Make a URL to authorize a secret"),
  Command.withExamples([
    {
      command: "effect-chatbotkit secrets authenticate cm1a2b3c4d5e6f7g8h9i0j1k2 @calendar --format json | jq -r .url",
      description: "Only the URL"
    }
  ])
)

const revokeCommand = Command.make("revoke", { contactId, secretId, ...confirmFlags }, (input) =>
  Effect.flatMap(handlers, ({ revoke }) => revoke(input))
).pipe(
  Command.withDescription("Delete the contact's value of a secret. A confirmation is needed"),
  Command.withShortDescription("Delete the contact's value of a secret"),
  Command.withExamples([
    { command: "effect-chatbotkit secrets revoke cm1a2b3c4d5e6f7g8h9i0j1k2 @calendar", description: "Ask, and revoke" }
  ])
)

/** The commands on secrets. */
export const secretsCommand = Command.make("secrets").pipe(
  Command.withDescription("List, verify, authorize or revoke the secrets of a contact"),
  Command.withSubcommands([listCommand, verifyCommand, authenticateCommand, revokeCommand])
)
