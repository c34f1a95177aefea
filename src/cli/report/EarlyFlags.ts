/**
 * The flags that help and errors depend on, read from the arguments directly: after a wrong call, no command has read them.
 */
import { type Format, formats } from "../support/GlobalFlags.ts"

/** The flags, as far as the arguments have them. */
export interface EarlyFlags {
  readonly format: Format | undefined
  readonly hasColor: boolean
  /** A flag that would hold a secret. Its value is on the command line, for every user of the machine to see. */
  readonly secretFlag: string | undefined
  /** True with `--wizard`, which asks on the terminal. */
  readonly isWizard: boolean
}

const isFormat = (text: string | undefined): text is Format => formats.some((format) => format === text)

const secretFlag = /^--?(?:secret|api-?secret|token|api-?token|api-?key|password)(?==|$)/i

/** The flags among the arguments before `--`. */
export const read = (args: ReadonlyArray<string>): EarlyFlags => {
  const end = args.indexOf("--")
  const flags = end === -1 ? args : args.slice(0, end)
  const formatAt = flags.findLastIndex((arg) => arg === "--format" || arg.startsWith("--format="))
  const format = flags[formatAt] === "--format" ? flags[formatAt + 1] : flags[formatAt]?.slice("--format=".length)
  return {
    format: isFormat(format) ? format : undefined,
    hasColor: !flags.some((arg) => arg === "--no-color" || arg === "--color=false"),
    secretFlag: flags.map((arg) => secretFlag.exec(arg)?.[0]).find((name) => name !== undefined),
    isWizard: flags.includes("--wizard")
  }
}
