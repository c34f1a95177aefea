/**
 * The confirmation of a command that deletes, or writes to many contacts. Count and sample are shown on standard error, and then one of
 * three confirms: `--yes`, the digest of a dry run, or the answer of somebody at a terminal. Otherwise the command ends at once.
 */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import { createHash } from "node:crypto"
import type { Contact } from "../../Contact.ts"
import type { Shape } from "../format/Shape.ts"
import { ConfirmationMissing } from "./CliFailure.ts"
import type { ConfirmFlags } from "./ConfirmFlags.ts"
import { Quiet } from "./GlobalFlags.ts"
import * as Output from "./Output.ts"
import * as Streams from "./Streams.ts"
import * as TerminalText from "./TerminalText.ts"

/** The writes that are to be confirmed. */
export interface Plan {
  /** The name of the operation, such as `Contact.delete`. */
  readonly operation: string
  /** The question without its mark, such as `Delete 3 contacts`. */
  readonly action: string
  readonly count: number
  /** Some of the contacts, for people and for the output of a dry run. */
  readonly sample: ReadonlyArray<object>
  /** One line for each of the sample. */
  readonly lines: ReadonlyArray<string>
  readonly digest: string
}

/** A contact on one line, for people. */
export const describe = ({ email, id, name }: Pick<Contact, "email" | "id" | "name">): string =>
  [id, name, email].filter((part) => part !== null && part !== "").join("  ")

/** The digest of a selection: the same for the same command on the same server and the same contacts. */
export const digestOf = (...parts: ReadonlyArray<unknown>): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16)

/** The output of a dry run. */
const planShape: Shape = {
  fields: ["dryRun", "operation", "count", "digest", "sample"],
  table: ["operation", "count", "digest"]
}

const show = ({ action, count, lines }: Plan) =>
  Effect.flatMap(Quiet, (isQuiet) => {
    const rest = count > lines.length ? [`  and ${count - lines.length} more`] : []
    const sample = lines.map((line) => `  ${TerminalText.escapeLine(line)}`)
    return isQuiet ? Effect.void : Streams.writeError([`${action}:`, ...sample, ...rest, ""].join("\n"))
  })

const missing = new ConfirmationMissing({
  message: "The confirmation is missing. Nothing was changed",
  next: "Give --yes, or run the command with --dry-run and give its digest with --confirm."
})

const refused = new ConfirmationMissing({
  message: "The command was not confirmed. Nothing was changed",
  next: "Run it again and answer y, or give --yes."
})

const changed = new ConfirmationMissing({
  message: "--confirm has another digest than the present selection. Nothing was changed",
  next: "Run the command with --dry-run, and give its digest."
})

/** Asks on the terminal. The question goes to standard error, since standard output is data. */
const ask = Effect.fnUntraced(function* ({ action }: Plan) {
  const stdio = yield* Stdio.Stdio
  const canAsk = (yield* stdio.stdinIsTerminal) && (yield* stdio.stderrIsTerminal)
  if (!canAsk) return yield* missing
  yield* Streams.writeError(`${action}? [y/N] `)
  const terminal = yield* Terminal.Terminal
  // The end of the input, as by Ctrl-D, is no answer.
  const answer = yield* Effect.orElseSucceed(terminal.readLine, () => "")
  if (!/^y(?:es)?$/i.test(answer.trim())) return yield* refused
})

/**
 * Confirms a plan, and runs the writes. A dry run writes the plan, with its digest, to standard output instead, and runs nothing.
 */
export const run = Effect.fnUntraced(function* <A, E, R>(
  plan: Plan,
  { confirm, dryRun, yes }: ConfirmFlags,
  writes: Effect.Effect<A, E, R>
) {
  yield* show(plan)
  if (dryRun) {
    const { count, digest, operation, sample } = plan
    return yield* Output.item({ dryRun: true, operation, count, digest, sample }, planShape)
  }
  if (confirm !== undefined && confirm !== plan.digest) return yield* changed
  if (confirm === undefined && !yes) yield* ask(plan)
  yield* writes
})
