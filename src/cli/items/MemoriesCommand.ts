import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { contactId, itemListFlags } from "./ItemFlags.ts"

const handlers = Effect.promise(() => import("./handlers/ItemHandlers.ts"))

const listCommand = Command.make("list", itemListFlags, (input) =>
  Effect.flatMap(handlers, ({ memories }) => memories(input))
).pipe(
  Command.withDescription("List the memories of a contact"),
  Command.withExamples([
    { command: "effect-chatbotkit memories list cm1a2b3c4d5e6f7g8h9i0j1k2", description: "All memories, newest first" }
  ])
)

const searchCommand = Command.make(
  "search",
  {
    contactId,
    search: Argument.String("text").pipe(
      Argument.withDescription("The text to look for. The server compares meanings, not words")
    )
  },
  (input) => Effect.flatMap(handlers, ({ searchMemories }) => searchMemories(input))
).pipe(
  Command.withDescription(
    "Search the 50 memories of a contact that were updated last, and write at most 10, best first"
  ),
  Command.withShortDescription("Search the memories of a contact"),
  Command.withExamples([
    {
      command: "effect-chatbotkit memories search cm1a2b3c4d5e6f7g8h9i0j1k2 'favourite colour'",
      description: "Memories about a colour"
    }
  ])
)

/** The commands on memories. */
export const memoriesCommand = Command.make("memories").pipe(
  Command.withDescription("List or search the memories of a contact"),
  Command.withSubcommands([listCommand, searchCommand])
)
