/** A program that imports rows under measurement. */
import type { Fields } from "../contenders/contender.ts"

/** The rows of an import. They are made one by one, so that they take no memory. */
export const rowsOf = function* (count: number): Generator<Fields> {
  for (let row = 1; row <= count; row++) {
    yield {
      fingerprint: `crm-contact-${row.toString().padStart(12, "0")}`,
      name: `Contact ${row}`,
      email: `c${row}@example.com`
    }
  }
}

export interface ImportOptions {
  /** The number of rows under way at a time. */
  readonly concurrency: number
  /** The path of the journal, for programs that have one. */
  readonly journal: string
}

/** Ensures a contact for each row, and gives the number of rows that the server has answered with one. */
export type Importer = (rows: Iterable<Fields>, options: ImportOptions) => Promise<number>

/** Imports rows. An import that leaves out a row is an error, however fast it was. */
export const importAll = async (run: Importer, count: number, options: ImportOptions): Promise<void> => {
  const made = await run(rowsOf(count), options)
  if (made !== count) throw new Error(`The import made ${made} contacts of ${count} rows`)
}
