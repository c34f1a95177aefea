import { conformanceCommand } from "./ConformanceCommand.ts"
import { emulatorCommand } from "./EmulatorCommand.ts"

/** The commands for tests. */
export const toolCommands = [emulatorCommand, conformanceCommand] as const
