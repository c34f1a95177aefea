/**
 * The progress of a job on standard error: on a terminal one line that is written over, and elsewhere a line every ten seconds. There
 * is none with `--quiet`.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import type { JobProgress } from "../../../jobs/Jobs.ts"
import { Quiet } from "../../support/GlobalFlags.ts"
import * as Streams from "../../support/Streams.ts"
import * as ProgressLine from "./ProgressLine.ts"

/** Shows the progress of a job. */
export interface ProgressDisplay {
  /** The number of rows of the input that have been read. */
  readonly reading: (rows: number) => Effect.Effect<void>
  readonly show: (progress: JobProgress) => Effect.Effect<void>
  /** Removes the line from the terminal. */
  readonly clear: Effect.Effect<void>
}

/** The least time between two lines, in milliseconds. */
const redrawInterval = 100
const logInterval = 10_000

/** Returns to the start of the line. */
const start = "\r"
/** Erases from the cursor to the end of the line. A line that is written over is not erased first, so it does not flicker. */
const eraseRest = "\u001b[K"

const none: ProgressDisplay = { reading: () => Effect.void, show: () => Effect.void, clear: Effect.void }

const isAnimated = Effect.gen(function* () {
  const { stderrIsTerminal } = yield* Stdio.Stdio
  const term = yield* Effect.orElseSucceed(Config.option(Config.String("TERM")), Option.none)
  return (yield* stderrIsTerminal) && !Option.contains(term, "dumb")
})

/** Runs an effect if the last one was long enough ago. */
const spaced = (interval: number, first: number) => {
  let next = first
  return (effect: Effect.Effect<void>): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (now < next) return Effect.void
      next = now + interval
      return effect
    })
}

const animated = (write: (text: string) => Effect.Effect<void>, terminal: Terminal.Terminal): ProgressDisplay => {
  const inTime = spaced(redrawInterval, 0)
  let shown = ""
  const draw = (toLine: (width: number) => string) =>
    inTime(
      Effect.flatMap(terminal.columns, (columns) => {
        // A line in the last column would wrap in some terminals.
        const line = toLine((columns > 0 ? columns : 80) - 1)
        if (line === shown) return Effect.void
        shown = line
        return write(`${start}${line}${eraseRest}`)
      })
    )
  return {
    reading: (rows) => draw((width) => `Reading: ${ProgressLine.numberText(rows)} rows`.slice(0, width)),
    show: (progress) => draw((width) => ProgressLine.fit(progress, width)),
    clear: Effect.suspend(() => {
      const isShown = shown !== ""
      shown = ""
      return isShown ? write(`${start}${eraseRest}`) : Effect.void
    })
  }
}

/** The display of this call. */
export const make = Effect.gen(function* () {
  if (yield* Quiet) return none
  const stdio = yield* Stdio.Stdio
  const write = (text: string) => Effect.provideService(Streams.writeError(text), Stdio.Stdio, stdio)
  if (yield* isAnimated) return animated(write, yield* Terminal.Terminal)
  const inTime = spaced(logInterval, (yield* Clock.currentTimeMillis) + logInterval)
  const display: ProgressDisplay = {
    reading: (rows) => inTime(write(`Reading: ${ProgressLine.numberText(rows)} rows\n`)),
    show: (progress) => inTime(write(`${ProgressLine.plain(progress)}\n`)),
    clear: Effect.void
  }
  return display
})
