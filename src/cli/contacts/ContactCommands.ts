import { listCommand } from "./ListCommand.ts"

/** The commands on contacts. */
export const contactCommands = [listCommand] as const
