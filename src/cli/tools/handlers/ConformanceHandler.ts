import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Case } from "../../../conformance/Case.ts"
import * as LiveRun from "../../../conformance/LiveRun.ts"
import * as Report from "../../../conformance/Report.ts"
import * as Contact from "../../../Contact.ts"
import type { Shape } from "../../format/Shape.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import { ConfirmationMissing, RowsFailed, UsageError } from "../../support/CliFailure.ts"
import * as GlobalFlags from "../../support/GlobalFlags.ts"
import * as Output from "../../support/Output.ts"
import * as Streams from "../../support/Streams.ts"
import * as TerminalText from "../../support/TerminalText.ts"

/** The arguments of the command. */
export interface Input {
  /** The ids of the cases to run; all if there are none. */
  readonly cases: ReadonlyArray<string>
  /** True to test a server that is not on this machine. */
  readonly yes: boolean
}

const shape: Shape = {
  fields: ["id", "passed", "clauses", "problems"],
  table: ["id", "passed", "problems"]
}

const rowOf = ([{ clauses, id }, { problems }]: LiveRun.CaseOutcome) => ({
  id,
  passed: problems.length === 0,
  clauses,
  problems
})

/** The number of cases between two notes on the progress. */
const noteEvery = 100

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname)

/** The server of the flag. The environment and the profile do not count: they name the server of everyday work. */
const serverOf = Effect.gen(function* () {
  const baseUrl = yield* GlobalFlags.BaseUrl
  if (Option.isNone(baseUrl)) {
    return yield* new UsageError({ message: "Missing flag --base-url", next: "Name the server to test." })
  }
  const url = URL.canParse(baseUrl.value) ? new URL(baseUrl.value) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== "/") {
    return yield* new UsageError({
      message: "--base-url must be an http or https URL without a path",
      next: "Correct --base-url."
    })
  }
  return url
})

/** The cases with these ids, or all. */
const casesOf = (ids: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Case>, UsageError> => {
  const { casesForAnyServer: all } = LiveRun
  if (ids.length === 0) return Effect.succeed(all)
  return ids.every((id) => all.some((self) => self.id === id))
    ? Effect.succeed(all.filter(({ id }) => ids.includes(id)))
    : Effect.fail(
        new UsageError({
          message: "There is no case with the id of --case that runs against any server",
          next: "Take the ids from the output without --case."
        })
      )
}

/** The cases that fail, and how many ran. */
interface Tally {
  total: number
  failed: number
}

/** Counts the outcomes, and says how far the run is. */
const counted = (outcomes: Stream.Stream<LiveRun.CaseOutcome>, of: number, tally: Tally) =>
  Stream.tap(outcomes, ([, { problems }]) => {
    tally.total++
    if (problems.length > 0) tally.failed++
    return tally.total % noteEvery === 0 ? Streams.note(`${tally.total} of ${of} cases`) : Effect.void
  })

/** Tests a server against the wire contract, and writes a report or the outcome of each case. */
export const conformance = Effect.fnUntraced(function* ({ cases, yes }: Input) {
  const url = yield* serverOf
  const selected = yield* casesOf(cases)
  if (!isLoopback(url) && !yes) {
    return yield* new ConfirmationMissing({
      message: "The cases create contacts on a server that is not on this machine, and delete them",
      next: "Give --yes."
    })
  }
  // A wrong secret or an unreachable server would fail every case.
  yield* ApiClient.provide(Contact.listPage({ take: 1 }))
  const { secret } = yield* ApiClient.options
  const tally: Tally = { total: 0, failed: 0 }
  const outcomes = counted(LiveRun.outcomes({ baseUrl: url.origin, secret }, selected), selected.length, tally)
  if ((yield* Output.format) === "table" && Option.isNone(yield* GlobalFlags.Fields)) {
    const results = LiveRun.resultsOf(yield* Stream.runCollect(outcomes))
    yield* Streams.writeOut(Stream.make(`${TerminalText.escapeText(Report.live(results))}\n`))
  } else yield* Output.list(Stream.map(outcomes, rowOf), shape)
  if (tally.failed > 0) {
    return yield* new RowsFailed({
      message: `${tally.failed} of ${tally.total} cases fail`,
      next: "Compare the problems of the cases with docs/wire-contract.md."
    })
  }
})
