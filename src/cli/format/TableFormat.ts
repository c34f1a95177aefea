/** The table: aligned columns that fit the width of the terminal. */
import * as CliOutput from "effect/cli/CliOutput"
import * as TerminalText from "../support/TerminalText.ts"
import type { FieldPath } from "./FieldPath.ts"
import * as Path from "./FieldPath.ts"
import type { Shape } from "./Shape.ts"

/** The columns of a table, and the width that they may take together. */
export interface Settings {
  readonly columns: ReadonlyArray<FieldPath>
  readonly shape: Shape
  readonly width: number
}

const gap = "  "
const minimum = 6

const segmenter = new Intl.Segmenter()

/** The text cut to a width, with an ellipsis, and filled up with blanks. */
const fit = (text: string, width: number): string => {
  const length = CliOutput.displayWidth(text)
  if (length <= width) return text + " ".repeat(width - length)
  let cut = ""
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const next = CliOutput.displayWidth(segment)
    if (used + next > width - 1) break
    cut += segment
    used += next
  }
  return `${cut}…${" ".repeat(width - used - 1)}`
}

const timeText = (value: number): string => {
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString().replace(/:\d\d\.\d+Z$/, "Z")
}

const cellOf = ({ shape }: Settings, path: FieldPath, value: unknown): string => {
  if (value === undefined || value === null) return ""
  if (typeof value === "number" && shape.times?.includes(path.join(".")) === true) return timeText(value)
  return TerminalText.escapeLine(typeof value === "string" ? value : JSON.stringify(value))
}

/** The cells of an object. */
export const cellsOf = (settings: Settings, value: object): ReadonlyArray<string> =>
  settings.columns.map((path) => cellOf(settings, path, Path.valueAt(value, path)))

export const namesOf = ({ columns }: Settings): ReadonlyArray<string> => columns.map((path) => path.join("."))

/**
 * The widths of the columns for these rows. If they are too wide together, the widest are narrowed until they fit. Ids and times are
 * not cut.
 */
export const widthsOf = (settings: Settings, rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<number> => {
  const names = namesOf(settings)
  const natural = names.map((name, index) =>
    Math.max(...[name, ...rows.map((cells) => cells[index] ?? "")].map(CliOutput.displayWidth))
  )
  const isWhole = names.map((name) => name === "id" || settings.shape.times?.includes(name) === true)
  const room = settings.width - gap.length * (names.length - 1)
  const capped = (cap: number) =>
    natural.map((width, index) => (isWhole[index] === true ? width : Math.min(width, cap)))
  const total = (widths: ReadonlyArray<number>) => widths.reduce((sum, width) => sum + width, 0)
  let low = minimum
  let high = Math.max(minimum, ...natural)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (total(capped(middle)) <= room) low = middle
    else high = middle - 1
  }
  return capped(low)
}

/** One line of the table. */
export const lineOf = (cells: ReadonlyArray<string>, widths: ReadonlyArray<number>): string =>
  `${cells
    .map((cell, index) => fit(cell, widths[index] ?? minimum))
    .join(gap)
    .trimEnd()}\n`
