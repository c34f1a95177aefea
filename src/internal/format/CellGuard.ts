/** The guard of cells that a spreadsheet would take for a formula. */

/** The characters that begin a formula, in full width too, after any number of guards. */
const guarded = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/** Puts an apostrophe before a cell that begins as a formula does, or as a guarded cell does: so `remove` restores every text. */
export const add = (cell: string): string => (guarded.test(cell) ? `'${cell}` : cell)

/** Removes the apostrophe of `add`. */
export const remove = (cell: string): string => (cell.startsWith("'") && guarded.test(cell) ? cell.slice(1) : cell)
