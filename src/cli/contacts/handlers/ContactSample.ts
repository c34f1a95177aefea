/** Some of the contacts of a command, for the question before it. */
import * as Effect from "effect/Effect"
import * as Contact from "../../../Contact.ts"

/** The largest number of contacts of a sample. */
export const size = 5

/** A contact for the sample; none if it cannot be read, which the write of it reports. */
const readable = (id: string) =>
  Effect.map(Contact.fetch(id), (contact) => [contact]).pipe(
    Effect.catchTag(["NotFound", "Forbidden", "InvalidRequest"], () => Effect.succeed([]))
  )

/** The first of the contacts with these ids. */
export const of = (ids: ReadonlyArray<string>) =>
  Effect.map(Effect.forEach(ids.slice(0, size), readable, { concurrency: size }), (found) => found.flat())
