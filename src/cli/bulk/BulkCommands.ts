import { deleteAllCommand, updateAllCommand } from "./ChangeAllCommands.ts"
import { importCommand } from "./ImportCommand.ts"
import { jobsCommand } from "./JobsCommands.ts"

/** The commands on many contacts, and on the jobs that they run. */
export const bulkCommands = [importCommand, updateAllCommand, deleteAllCommand, jobsCommand] as const
