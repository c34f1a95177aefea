import type { Clause } from "./Clause.ts"

/** The contact record. */
export const section1 = [
  { id: "1.id", text: "an id is a cuid: c and 24 lower-case letters or digits" },
  { id: "1.user-id", text: "the owner is never returned" },
  { id: "1.default.name", text: 'name is never null; unset it is ""' },
  { id: "1.default.description", text: 'description is never null; unset it is ""' },
  { id: "1.default.preferences", text: "preferences is null when unset" },
  { id: "1.default.fingerprint", text: "fingerprint is a random cuid when unset" },
  { id: "1.default.email", text: "email is null when unset" },
  { id: "1.default.phone", text: "phone is null when unset" },
  { id: "1.default.nick", text: "nick is null when unset" },
  { id: "1.default.verified-at", text: "verifiedAt is null when unset" },
  { id: "1.default.meta", text: "meta is null when unset" },
  { id: "1.created-at", text: "createdAt is the time of creation" },
  { id: "1.updated-at", text: "updatedAt is the time of creation or of the last change" },
  { id: "1.fingerprint.unique", text: "a fingerprint is unique in an account" },
  { id: "1.fingerprint.accounts", text: "two accounts may use the same fingerprint" },
  { id: "1.not-unique", text: "email, phone and nick are not unique" },
  { id: "1.order.fetch", text: "fetch sends the twelve fields in their order" },
  { id: "1.order.list", text: "list sends the same fields in the same order" },
  { id: "1.order.export", text: "export sends meta last" },
  { id: "1.dates", text: "dates are integers, milliseconds since the epoch" },
  { id: "1.nulls", text: "null columns are sent as null, never left out" },
  { id: "1.safe.hash", text: "keys that start with # are left out of replies, at every depth" },
  { id: "1.safe.infinity", text: "Infinity is sent as $Infinity, and -Infinity as -$Infinity" },
  { id: "1.safe.nan", text: "NaN is sent as $NaN" },
  { id: "1.safe.bigint", text: "an integer beyond the safe range is sent as its digits followed by n" },
  { id: "1.meta.export", text: "export sends a null meta as {}, in JSON and in JSON Lines" },
  { id: "1.meta.null", text: "list and fetch send a null meta as null" },
  { id: "1.meta.stored", text: "meta keys come back as stored; reads do not filter keys as update does" },
  {
    id: "1.meta.to-string",
    text: "export leaves out a top-level meta key toString, except in CSV; list and fetch keep it"
  },
  { id: "1.graphql.dates", text: "GraphQL sends dates as ISO texts" },
  { id: "1.graphql.hash", text: "GraphQL keeps keys that start with #" },
  { id: "1.content-type", text: "the content type is application/json, with no charset" },
  { id: "1.utf-8", text: "text is UTF-8" }
] as const satisfies ReadonlyArray<Clause>
