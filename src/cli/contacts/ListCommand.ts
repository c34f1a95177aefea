import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { listFlags } from "../support/CommonFlags.ts"

/** Lists contacts, as they arrive. */
export const listCommand = Command.make("list", listFlags, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./handlers/ListHandler.ts")),
    ({ list }) => list(input)
  )
).pipe(
  Command.withDescription("List contacts"),
  Command.withExamples([
    { command: "effect-chatbotkit list --meta tier=gold --order asc", description: "The gold contacts, oldest first" },
    { command: "effect-chatbotkit list --format jsonl | jq .id", description: "The ids of all contacts" }
  ])
)
