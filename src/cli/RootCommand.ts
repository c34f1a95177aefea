/** The command with all its subcommands. A family of commands adds a group here. */
import * as Command from "effect/cli/Command"
import { bulkCommands } from "./bulk/BulkCommands.ts"
import { contactCommands } from "./contacts/ContactCommands.ts"
import { configCommands } from "./config/ConfigCommands.ts"
import { itemCommands } from "./items/ItemCommands.ts"
import * as GlobalFlags from "./support/GlobalFlags.ts"
import { toolCommands } from "./tools/ToolCommands.ts"

/** The name of the program. */
export const name = "effect-chatbotkit"

export const rootCommand = Command.make(name).pipe(
  Command.withDescription("Contacts of ChatBotKit: read, write, import and export them"),
  Command.withSubcommands([
    { group: "Contacts", commands: contactCommands },
    { group: "Many contacts", commands: bulkCommands },
    { group: "What belongs to a contact", commands: itemCommands },
    { group: "Configuration", commands: configCommands },
    { group: "Tools", commands: toolCommands }
  ]),
  Command.withGlobalFlags(GlobalFlags.all)
)
