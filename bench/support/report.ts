/** Tables of what was measured: for the terminal, and as Markdown. */
import { type Figure, figure } from "./harness.ts"

export interface Row {
  readonly name: string
  readonly figure: Figure
}

/** One table of measurements. */
export interface Group {
  readonly title: string
  readonly unit: string
  readonly digits?: number
  readonly rows: ReadonlyArray<Row>
  /** The row that the others are compared with. */
  readonly reference?: string
  /** Is less better? */
  readonly less?: boolean
}

/** One line of the table. */
export interface Target {
  readonly title: string
  readonly figure: Figure
  readonly limit: number
  readonly atLeast: boolean
  readonly unit: string
}

const exact = (value: number, digits: number): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })

const spread = (of: Figure, digits: number): string =>
  of.min === of.max ? "" : `${exact(of.min, digits)} to ${exact(of.max, digits)}`

/** The ratio of two measurements, round by round: what disturbed both in one round does not count. */
export const ratio = (of: Figure, to: Figure): Figure =>
  figure(of.samples.map((sample, round) => sample / (to.samples[round] ?? to.median)))

export const isMet = ({ atLeast, figure, limit }: Target): boolean =>
  atLeast ? figure.median >= limit : figure.median <= limit

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const [head = [], ...rest] = rows
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...rest.map(line)].join("\n")
}

export const targetsTable = (targets: ReadonlyArray<Target>): string =>
  table([
    ["figure", "median", "spread", "target", "met"],
    ...targets.map((target) => [
      target.title,
      `${exact(target.figure.median, 2)}${target.unit}`,
      spread(target.figure, 2),
      `${target.atLeast ? ">=" : "<="} ${exact(target.limit, 2)}${target.unit}`,
      isMet(target) ? "yes" : "**no**"
    ])
  ])

export const groupTable = (group: Group): string => {
  const { digits = 0 } = group
  const reference = group.rows.find(({ name }) => name === group.reference)?.figure
  return table([
    [group.title, group.unit, "spread", ...(reference === undefined ? [] : [`over ${group.reference}`])],
    ...group.rows.map(({ figure, name }) => [
      name,
      exact(figure.median, digits),
      spread(figure, digits),
      ...(reference === undefined ? [] : [exact(ratio(figure, reference).median, 2)])
    ])
  ])
}
