/** An import by the official client, in a loop as it is written by hand. It keeps the rows that failed, and nothing on disk. */
import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import pLimit from "p-limit"
import type { Fields } from "../contenders/contender.ts"
import type { Importer } from "./importer.ts"

export const make = (baseUrl: string, secret: string): Importer => {
  const client = new ContactClient({ baseUrl, secret })
  return async (rows, { concurrency }) => {
    const failed: Array<{ readonly row: Fields; readonly error: unknown }> = []
    let made = 0
    await pLimit(concurrency).map(rows, async (row) => {
      try {
        await client.ensure({ ...row })
        made++
      } catch (error) {
        failed.push({ row, error })
      }
    })
    return made
  }
}
