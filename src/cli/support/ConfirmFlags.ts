/** The flags of commands that need a confirmation. */
import * as Flag from "effect/cli/Flag"
import { dryRun, text } from "./CommonFlags.ts"

/** The flags that confirm. */
export const confirmFlags = {
  dryRun,
  yes: Flag.Boolean("yes").pipe(
    Flag.withAlias("y"),
    Flag.withDescription("Confirm without a question"),
    Flag.withoutNegation,
    Flag.withDefault(false)
  ),
  confirm: text(
    "confirm",
    "Confirm with the digest of a dry run: nothing happens if the selection is another one by now"
  )
}

/** The values of {@link confirmFlags}. */
export interface ConfirmFlags {
  readonly dryRun: boolean
  readonly yes: boolean
  readonly confirm: string | undefined
}
