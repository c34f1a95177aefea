/** JSON text. */
import type * as Schema from "effect/Schema"

/** The value of a JSON text; undefined if it is not JSON. */
export const jsonIn = (text: string): Schema.Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
