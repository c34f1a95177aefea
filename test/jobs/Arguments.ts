/** The arguments of the commands that kill jobs. */
import { parseArgs } from "node:util"

const count = (name: string, text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`--${name} takes a whole number, not ${text}`)
}

/** The arguments of the command line: `--rows`, `--kills`, `--seed`, and `--logs` for those of the workers of a cluster. The default
 * seed is another one each time. */
export const read = (defaults: { readonly rows: number; readonly kills?: number }) => {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: String(defaults.rows) },
      kills: { type: "string", default: String(defaults.kills ?? 0) },
      logs: { type: "boolean", default: false },
      seed: { type: "string", default: String(Date.now() % 100_000) }
    }
  })
  return { rows: count("rows", values.rows), kills: count("kills", values.kills), logs: values.logs, seed: values.seed }
}
