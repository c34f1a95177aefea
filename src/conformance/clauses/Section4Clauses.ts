import type { Clause } from "./Clause.ts"

/** Paging of list and export. */
export const section4 = [
  { id: "4.take.default", text: "take is 100 if it is absent, empty, not a number or 0" },
  { id: "4.take.negative", text: "a negative take is 1" },
  { id: "4.take.clamp", text: "take above 100 is 100, silently" },
  { id: "4.take.parse", text: "take is read as parseInt does: 5.9 is 5, 10abc is 10" },
  { id: "4.take.hexadecimal", text: "take=0x10 gives pages of 16, and does not limit a stream" },
  { id: "4.order.asc", text: "order=asc is oldest first" },
  { id: "4.order.desc", text: "order=desc and no order are newest first" },
  { id: "4.order.trimmed", text: "order is trimmed" },
  { id: "4.order.other", text: "any other order is desc, also asc in another case" },
  {
    id: "4.order.inherited",
    text: "an order that is the name of an inherited object member is a 500 in JSON, in every format"
  },
  { id: "4.cursor.exclusive", text: "a page starts after the contact of the cursor" },
  { id: "4.cursor.trimmed", text: "the cursor is trimmed" },
  { id: "4.cursor.empty", text: "an empty cursor gives the first page" },
  { id: "4.meta.dot", text: "meta.<path>=v matches contacts with that value at the path" },
  { id: "4.meta.bracket", text: "meta[<path>]=v is the same" },
  { id: "4.meta.nested", text: "dots in a filter descend into nested objects" },
  { id: "4.meta.and", text: "contacts must match all filters" },
  { id: "4.meta.empty-value", text: "a filter with an empty value is ignored" },
  { id: "4.meta.no-key", text: "meta=v without a key is ignored" },
  { id: "4.meta.unclosed", text: "an unclosed bracket is ignored" },
  { id: "4.meta.both", text: "filters for one key in both notations are both applied" },
  { id: "4.meta.indices", text: "[n] in a filter descends into arrays, and [#-n] counts from the end" },
  { id: "4.duplicates", text: "of a repeated parameter only the first counts, even if it is empty" },
  { id: "4.duplicates.question", text: "??take=1 is ?take=1" },
  { id: "4.unknown", text: "unknown parameters are ignored" },
  { id: "4.match.boolean", text: "the filter values true and false match booleans" },
  { id: "4.match.boolean-text", text: 'the filter values true and false never match the strings "true" and "false"' },
  { id: "4.match.number", text: "other filter values are compared as strings: 30 never matches the number 30" },
  { id: "4.match.number-text", text: 'the filter value 30 matches the string "30"' },
  { id: "4.match.dotted", text: 'a key with a dot or bracket in it is addressed by a quoted label, meta."a.b"=x' },
  { id: "4.match.malformed", text: "an empty label is a 500 of the database" },
  {
    id: "4.match.label",
    text: "all other characters of a label are ordinary",
    basis: "U",
    assumptions: ["filterPath"]
  },
  { id: "4.match.quoted", text: "a quoted label has JSON escapes, and may be empty", assumptions: ["filterPath"] },
  {
    id: "4.match.malformed.always",
    text: "an empty label or an unclosed quote is a 500, also without contacts",
    assumptions: ["filterPath"]
  },
  {
    id: "4.match.bad-index",
    text: "brackets without an index are a 500 if a contact has an array there, else they match nothing",
    basis: "U",
    assumptions: ["filterPath"]
  },
  { id: "4.match.inherited", text: "a filter value that is the name of an inherited object member is a 500" },
  { id: "4.match.inherited.proto", text: "the filter value __proto__ matches a stored {}" },
  { id: "4.order.created", text: "contacts are ordered by createdAt" },
  { id: "4.order.tie", text: "contacts with the same createdAt are ordered by id, in the same direction" },
  { id: "4.order.updated", text: "contacts are never ordered by updatedAt" },
  { id: "4.order.stable", text: "pages stay the same when contacts are added" },
  { id: "4.json.one", text: "a list in JSON is exactly one page" },
  { id: "4.json.cursor", text: "a page with items has the last id as cursor, also the last page" },
  { id: "4.json.empty", text: "an empty page has no cursor" },
  { id: "4.cursor.unknown", text: "an unknown cursor gives an empty page and 200" },
  {
    id: "4.cursor.deleted",
    text: "the cursor of a deleted contact gives an empty page, so deleting while listing stops early"
  },
  { id: "4.cursor.filtered", text: "after a cursor that does not match the filter, the first match is missing" },
  {
    id: "4.cursor.foreign",
    text: "the cursor of another account's contact gives its position, and the first own contact after it is missing"
  },
  {
    id: "4.end",
    text: "a page shorter than take or without a cursor is the last one; a page with a cursor may be the last one"
  },
  { id: "4.limit.list", text: "list uses the poll limit" },
  { id: "4.limit.sub-lists", text: "the lists of a contact use the poll limit" },
  { id: "4.limit.none", text: "without a poll limit every list is answered" },
  { id: "4.limit.export", text: "export does not use the poll limit" },
  { id: "4.limit.others", text: "no other endpoint checks the poll limit" },
  {
    id: "4.limit.window",
    text: "the poll limit counts the requests of the last 60 s: each is counted for exactly 60,000 ms",
    assumptions: ["pollWindow"]
  },
  { id: "4.limit.payer", text: "the poll limit is that of the paying account" },
  { id: "4.limit.unit", text: "a list counts once, for any number of streamed pages" },
  { id: "4.limit.refused", text: "a refused list is not counted" },
  { id: "4.limit.accept", text: "a list with a bad Accept is not counted" }
] as const satisfies ReadonlyArray<Clause>
