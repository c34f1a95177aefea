import { createCommand, ensureCommand } from "./CreateCommand.ts"
import { deleteCommand } from "./DeleteCommand.ts"
import { exportCommand } from "./ExportCommand.ts"
import { findCommand } from "./FindCommand.ts"
import { getCommand } from "./GetCommand.ts"
import { listCommand } from "./ListCommand.ts"
import { updateCommand } from "./UpdateCommand.ts"

/** The commands on contacts. */
export const contactCommands = [
  listCommand,
  getCommand,
  findCommand,
  createCommand,
  ensureCommand,
  updateCommand,
  deleteCommand,
  exportCommand
] as const
