/** Runs all probes with this client and the official one, and prints their observations: `npm run faults`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Hazards from "./Hazards.ts"
import * as Probe from "./Probe.ts"

const margin = 5
const columns = [36, 40, 36]

const print = (line = "") => Effect.sync(() => process.stdout.write(`${line}\n`))

/** A text, wrapped at a width. */
const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(/\s+/)) {
    // A word longer than the column is cut, so that the columns stay aligned.
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

/** Texts in columns, side by side. */
const row = (texts: ReadonlyArray<string>): string => {
  const cells = texts.map((text, index) => wrapped(text, columns[index] ?? 0))
  const height = Math.max(...cells.map(({ length }) => length))
  return Array.from({ length: height }, (_, at) =>
    (
      " ".repeat(margin) + cells.map((cell, index) => (cell[at] ?? "").padEnd((columns[index] ?? 0) + 1)).join(" ")
    ).trimEnd()
  ).join("\n")
}

/** Runs one probe with both clients. True if this client is as expected. */
const runProbe = Effect.fnUntraced(function* (probe: Probe.Probe) {
  const ours = yield* Probe.run(probe.ours)
  const theirs = yield* Effect.transposeOption(Option.map(Option.fromUndefinedOr(probe.theirs), Probe.run))
  const text = Option.match(theirs, { onNone: () => "-", onSome: ({ text }) => text })
  yield* print(row([probe.situation, `${ours.ok ? "ok:" : "NOT OK:"} ${ours.text}`, text]))
  return ours.ok
})

const report = Effect.gen(function* () {
  yield* print("[S]: known of the official client, whose column is reported and not judged. -: not run.")
  yield* print("A failure is shown by its tag, status, outcome and attempts: `ServerError 503 unknown, 4 attempts`.\n")
  yield* print(row(["situation", "effect-chatbotkit", "@chatbotkit/sdk"]))
  const all: Array<boolean> = []
  for (const hazard of Hazards.hazards) {
    yield* print(`\n${hazard.id.padEnd(margin)}${hazard.text}${hazard.official ? " [S]" : ""}`)
    for (const probe of Hazards.probesOf(hazard)) all.push(yield* runProbe(probe))
  }
  yield* print()
  for (const gap of Hazards.gaps) yield* print(`Missing: ${gap}`)
  const failed = all.filter((ok) => !ok).length
  yield* print(
    `${Hazards.hazards.length} hazards, ${all.length} probes: ${failed === 0 ? "all ok" : `${failed} not ok`} for effect-chatbotkit.`
  )
  return failed === 0 && Hazards.gaps.length === 0
})

NodeRuntime.runMain(Effect.map(report, (isGood) => void (process.exitCode = isGood ? 0 : 1)))
