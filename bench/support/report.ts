/** Tables of measurements and targets, as Markdown. */
import { type Figure, figure } from "./harness.ts"

export interface Row {
  readonly name: string
  readonly figure: Figure
}

/** One table of measurements. */
export interface Measurements {
  readonly title: string
  readonly unit: string
  readonly digits?: number
  readonly rows: ReadonlyArray<Row>
  /** The row that the others are compared with. */
  readonly reference?: string
  /** A sentence below the table. */
  readonly note?: string
}

/** A figure that has a limit. */
export interface Target {
  readonly title: string
  readonly figure: Figure
  readonly limit: number
  /** True if the limit is a minimum, false if it is a maximum. */
  readonly atLeast: boolean
  readonly unit: string
  /** The same figure of the floor, in the same run. */
  readonly floor?: Figure
}

/** A figure of our client over both of its transports. */
export interface SummaryRow {
  readonly title: string
  readonly node: Figure
  readonly fetch: Figure
  readonly digits?: number
  readonly unit?: string
}

export const exact = (value: number, digits: number): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })

const spread = (of: Figure, digits: number): string =>
  of.min === of.max ? "" : `${exact(of.min, digits)} to ${exact(of.max, digits)}`

/** The ratio of two measurements in each round: a disturbance that lasts for a round cancels out. */
export const ratio = (of: Figure, to: Figure): Figure =>
  figure(of.samples.map((sample, round) => sample / (to.samples[round] ?? to.median)))

/** The measurements of one row of a table. */
export const rowOf = (tables: ReadonlyArray<Measurements>, title: string, name: string): Figure => {
  const row = tables.find((table) => table.title === title)?.rows.find((row) => row.name === name)
  if (row === undefined) throw new Error(`There is no ${name} in ${title}`)
  return row.figure
}

const resultOf = ({ atLeast, figure, floor, limit }: Target): string => {
  const isWithin = ({ median }: Figure) => (atLeast ? median >= limit : median <= limit)
  if (isWithin(figure)) return "met"
  return floor === undefined || isWithin(floor) ? "**not met**" : "**not met**, nor by the floor"
}

/** A table whose first row is its head. */
export const markdown = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const [head = [], ...rest] = rows
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...rest.map(line)].join("\n")
}

export const targetsTable = (targets: ReadonlyArray<Target>): string =>
  markdown([
    ["figure", "median", "spread", "floor", "target", "result"],
    ...targets.map((target) => [
      target.title,
      `${exact(target.figure.median, 2)}${target.unit}`,
      spread(target.figure, 2),
      target.floor === undefined ? "none" : `${exact(target.floor.median, 2)}${target.unit}`,
      `${target.atLeast ? ">=" : "<="} ${exact(target.limit, 2)}${target.unit}`,
      resultOf(target)
    ])
  ])

export const summaryTable = (rows: ReadonlyArray<SummaryRow>): string =>
  markdown([
    ["", "`layers/Node`", "`layers/Fetch`"],
    ...rows.map(({ digits = 2, fetch, node, title, unit = "" }) => [
      title,
      ...[node, fetch].map(({ median }) => `${exact(median, digits)}${unit}`)
    ])
  ])

export const measurementsTable = (measurements: Measurements): string => {
  const { digits = 0, note, reference, rows, title, unit } = measurements
  const base = rows.find(({ name }) => name === reference)?.figure
  const table = markdown([
    [title, unit, "spread", ...(base === undefined ? [] : [`over ${reference}`])],
    ...rows.map(({ figure, name }) => [
      name,
      exact(figure.median, digits),
      spread(figure, digits),
      ...(base === undefined ? [] : [exact(ratio(figure, base).median, 2)])
    ])
  ])
  return note === undefined ? table : `${table}\n\n${note}`
}
