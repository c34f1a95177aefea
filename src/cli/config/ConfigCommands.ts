import { authCommand } from "./AuthCommand.ts"
import { configCommand } from "./ConfigCommand.ts"

/** The commands on the configuration. */
export const configCommands = [authCommand, configCommand] as const
