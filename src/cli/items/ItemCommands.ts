/** The commands on conversations, ratings, spaces and tasks, each of which lists them. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { itemListFlags } from "./ItemFlags.ts"
import { memoriesCommand } from "./MemoriesCommand.ts"
import { secretsCommand } from "./SecretsCommand.ts"

const handlers = Effect.promise(() => import("./handlers/ItemHandlers.ts"))

const example = (name: string, description: string) => [
  { command: `effect-chatbotkit ${name} cm1a2b3c4d5e6f7g8h9i0j1k2 --take 10`, description }
]

const conversationsCommand = Command.make("conversations", itemListFlags, (input) =>
  Effect.flatMap(handlers, ({ conversations }) => conversations(input))
).pipe(
  Command.withDescription("List the conversations of a contact"),
  Command.withExamples(example("conversations", "The 10 newest conversations"))
)

const ratingsCommand = Command.make("ratings", itemListFlags, (input) =>
  Effect.flatMap(handlers, ({ ratings }) => ratings(input))
).pipe(
  Command.withDescription("List the ratings of a contact"),
  Command.withExamples(example("ratings", "The 10 newest ratings"))
)

const spacesCommand = Command.make("spaces", itemListFlags, (input) =>
  Effect.flatMap(handlers, ({ spaces }) => spaces(input))
).pipe(
  Command.withDescription("List the spaces of a contact"),
  Command.withExamples(example("spaces", "The 10 newest spaces"))
)

const tasksCommand = Command.make("tasks", itemListFlags, (input) =>
  Effect.flatMap(handlers, ({ tasks }) => tasks(input))
).pipe(
  Command.withDescription("List the tasks of a contact"),
  Command.withExamples(example("tasks", "The 10 newest tasks"))
)

/** The commands on what belongs to a contact. */
export const itemCommands = [
  conversationsCommand,
  memoriesCommand,
  ratingsCommand,
  spacesCommand,
  tasksCommand,
  secretsCommand
] as const
