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
