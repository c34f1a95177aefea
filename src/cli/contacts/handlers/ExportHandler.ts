import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Client } from "../../../Client.ts"
import * as Contact from "../../../Contact.ts"
import * as ExportFile from "../../../ExportFile.ts"
import { countText } from "../../format/CountText.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import { type Format, formats } from "../../support/GlobalFlags.ts"
import * as Output from "../../support/Output.ts"
import * as Streams from "../../support/Streams.ts"
import { contactShape } from "../ContactShape.ts"

/** The input of {@link exportAll}. */
export interface ExportInput {
  readonly output: string | undefined
  readonly meta: Readonly<Record<string, string>> | undefined
  readonly order: "asc" | "desc" | undefined
}

/** The format that the name of a file ends with; JSON Lines for another name. */
const formatOf = (path: string): Format =>
  formats.find((format) => path.toLowerCase().endsWith(`.${format}`)) ??
  (path.toLowerCase().endsWith(".yml") ? "yaml" : "jsonl")

const toFile = (contacts: Stream.Stream<Contact.ExportedContact, Contact.ListError, Client>, path: string) =>
  Effect.suspend(() => {
    let count = 0
    const counted = Stream.tap(contacts, () => Effect.sync(() => count++))
    return Effect.andThen(
      ExportFile.write(Output.text(counted, contactShape, formatOf(path)), path),
      Effect.suspend(() => Streams.note(`Exported ${countText(count, "contact")}`))
    )
  })

/** Writes all contacts to a file that is complete or not there, or to standard output. */
export const exportAll = ({ output, ...request }: ExportInput) => {
  const contacts = Contact.export(request)
  return ApiClient.provide(
    output === undefined ? Output.list(contacts, contactShape, "jsonl") : toFile(contacts, output)
  )
}
