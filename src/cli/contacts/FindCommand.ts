import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { order, pairs, texts, toggle } from "../support/CommonFlags.ts"

/** Finds contacts. */
export const findCommand = Command.make(
  "find",
  {
    ids: texts("id", "An id. Several conditions must all hold; of one flag given several times, one value must"),
    fingerprints: texts("fingerprint", "A fingerprint"),
    emails: texts("email", "An e-mail address"),
    phones: texts("phone", "A phone number. The server cannot look these up: alone, it reads all contacts"),
    meta: pairs("meta", "A text in meta, as in tier=gold or address.city=London"),
    metaJson: pairs("meta-json", "A JSON value in meta, as in age=36"),
    order,
    one: toggle("one", "Expect exactly one contact, and fail if there is none, or more than one")
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./handlers/FindHandler.ts")),
      ({ find }) => find(input)
    )
).pipe(
  Command.withDescription("Find contacts by id, fingerprint, e-mail address, phone number or meta"),
  Command.withExamples([
    { command: "effect-chatbotkit find --email ada@example.com --one", description: "The contact with this address" },
    { command: "effect-chatbotkit find --meta tier=gold --meta-json age=36", description: "Contacts with both values" }
  ])
)
