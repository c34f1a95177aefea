import { importCommand } from "./ImportCommand.ts"

/** The commands on many contacts, and on the jobs that they run. */
export const bulkCommands = [importCommand] as const
