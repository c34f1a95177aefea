import type { Shape } from "../format/Shape.ts"

/** A contact. */
export const contactShape: Shape = {
  fields: [
    "id",
    "name",
    "description",
    "fingerprint",
    "email",
    "phone",
    "nick",
    "preferences",
    "verifiedAt",
    "meta",
    "createdAt",
    "updatedAt"
  ],
  table: ["id", "name", "email", "phone", "nick", "createdAt"],
  times: ["verifiedAt", "createdAt", "updatedAt"]
}

/** A contact as a lookup has it. */
export const foundShape: Shape = {
  ...contactShape,
  fields: contactShape.fields.filter((field) => field !== "preferences")
}
