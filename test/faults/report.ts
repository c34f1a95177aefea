/** Tries every hazard on this client and on the official one, and prints what was seen: `npm run faults`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Hazards from "./Hazards.ts"
import * as Probe from "./Probe.ts"

const margin = 5
const columns = [36, 40, 36]

const print = (line = "") => Effect.sync(() => process.stdout.write(`${line}\n`))

/** A text in lines of at most so many characters. */
const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(/\s+/)) {
    // A word that is too long is cut, not left to shift the columns.
    const short = word.length > width ? `${word.slice(0, width - 1)}…` : word
    if (line !== "" && line.length + 1 + short.length > width) {
      lines.push(line)
      line = short
    } else {
      line = line === "" ? short : `${line} ${short}`
    }
  }
  return [...lines, line]
}

/** Texts side by side. */
const row = (texts: ReadonlyArray<string>): string => {
  const cells = texts.map((text, index) => wrapped(text, columns[index] ?? 0))
  const height = Math.max(...cells.map(({ length }) => length))
  return Array.from({ length: height }, (_, at) =>
    (
      " ".repeat(margin) + cells.map((cell, index) => (cell[at] ?? "").padEnd((columns[index] ?? 0) + 1)).join(" ")
    ).trimEnd()
  ).join("\n")
}

/** Tries one probe on both, and says whether ours is as it should be. */
const tried = Effect.fnUntraced(function* (probe: Probe.Probe) {
  const ours = yield* Probe.run(probe.ours)
  const theirs = yield* Effect.transposeOption(Option.map(Option.fromUndefinedOr(probe.theirs), Probe.run))
  const text = Option.match(theirs, { onNone: () => "-", onSome: ({ seen }) => seen })
  yield* print(row([probe.tried, `${ours.ok ? "ok:" : "NOT OK:"} ${ours.seen}`, text]))
  return ours.ok
})

const report = Effect.gen(function* () {
  yield* print(row(["tried", "effect-chatbotkit", "@chatbotkit/sdk"]))
  const all: Array<boolean> = []
  for (const hazard of Hazards.hazards) {
    yield* print(`\n${hazard.id.padEnd(margin)}${hazard.text}${hazard.official ? " [S]" : ""}`)
    for (const probe of Hazards.probesOf(hazard)) all.push(yield* tried(probe))
  }
  yield* print("\n[S]: happened to the official client. What it does here is only reported. -: not tried.")
  for (const gap of Hazards.gaps) yield* print(`Missing: ${gap}`)
  const failed = all.filter((ok) => !ok).length
  yield* print(
    `${Hazards.hazards.length} hazards, ${all.length} probes: ${failed === 0 ? "all ok" : `${failed} not ok`} for effect-chatbotkit.`
  )
  return failed === 0 && Hazards.gaps.length === 0
})

NodeRuntime.runMain(Effect.map(report, (isGood) => void (process.exitCode = isGood ? 0 : 1)))
