import type { Clause } from "./Clause.ts"

/** Formats and streaming. */
export const section5 = [
  { id: "5.scope", text: "only list and export use Accept" },
  { id: "5.accept.first", text: "only the first media range counts" },
  { id: "5.accept.parameters", text: "the parameters of the media range are ignored" },
  { id: "5.accept.case", text: "the case of the media range does not matter" },
  { id: "5.accept.json", text: "an Accept that is missing, empty, */* or application/json gives JSON" },
  { id: "5.accept.jsonl", text: "application/jsonl gives JSON Lines" },
  { id: "5.accept.sse", text: "text/event-stream gives SSE" },
  { id: "5.accept.csv", text: "text/csv gives CSV, for list and export" },
  { id: "5.accept.other", text: "any other Accept is a 400: Unsupported accept header" },
  { id: "5.1.pages", text: "a stream reads page after page by the last id, until one is empty" },
  { id: "5.1.cursor", text: "a stream starts after the cursor" },
  { id: "5.1.take.all", text: "a stream without take, or with 0 or not a number, sends all contacts" },
  { id: "5.1.take.small", text: "a stream with a take up to 100 sends at most that many" },
  { id: "5.1.take.rounded", text: "a larger take of a stream is rounded up to whole pages of 100" },
  { id: "5.1.take.negative", text: "a stream with a negative take sends 1" },
  { id: "5.1.between", text: "a stream checks take between pages, and reads whole pages" },
  { id: "5.2.content-type", text: "JSON Lines: 200 application/jsonl, no charset" },
  {
    id: "5.2.lines",
    text: "JSON Lines have one object a line, each ended by \\n, without blank lines and without an envelope"
  },
  { id: "5.2.item", text: 'an item of JSON Lines is {"type":"item","data":{…}}' },
  { id: "5.2.nop", text: "a stream sends a nop if it has sent nothing in 16.7 s", assumptions: ["nopAfterMillis"] },
  { id: "5.2.nop.once", text: "a stream sends at most one nop, none after its first event, and no ping" },
  { id: "5.2.end", text: "a stream has no event at its end, and no cursor" },
  { id: "5.2.resume", text: "the id of the last item as cursor resumes a stream" },
  { id: "5.2.empty", text: "a stream without items is a body of zero bytes" },
  { id: "5.2.error.after", text: "an error after the first event is the last line of JSON Lines, with status 200" },
  { id: "5.2.error.before.auth", text: "missing credentials for a stream are an ordinary error in JSON" },
  { id: "5.2.error.before.limit", text: "a stream above the poll limit is an ordinary error in JSON" },
  { id: "5.2.error.before.accept", text: "a bad Accept is an ordinary error in JSON" },
  { id: "5.2.error.before.query", text: "a failure of the first query of a stream is an ordinary error in JSON" },
  { id: "5.2.truncated", text: "a broken connection is visible only as an incomplete body" },
  {
    id: "5.2.dropped",
    text: "items queued before an error may be dropped",
    basis: "I",
    unnamed: "the emulator sends every item that it has read"
  },
  { id: "5.3.form", text: "an SSE event is event: <type>, data: <json> and a blank line" },
  { id: "5.3.types", text: "the types of SSE events are item, nop and error" },
  { id: "5.3.bare", text: "SSE has no id, no retry and no closing event" },
  { id: "5.4.header", text: "CSV has a header line with the keys of the first item, unquoted" },
  { id: "5.4.rows", text: "CSV has one row for each item, with every cell quoted, quotes doubled and newlines kept" },
  { id: "5.4.null", text: "null is an empty cell of CSV" },
  { id: "5.4.dates", text: "dates are milliseconds in CSV" },
  { id: "5.4.meta.export", text: "the meta cell of an export is YAML, and null is an empty object" },
  { id: "5.4.meta.list", text: "the meta cell of a list is [object Object]" },
  { id: "5.4.yaml", text: "the YAML is that of js-yaml 4.3, with lines of any length", assumptions: ["yamlVersion"] },
  {
    id: "5.4.to-string",
    text: "a meta with a key toString ends the CSV of a list, with status 200",
    basis: "I",
    unnamed: "it follows from the source of the server, so there is nothing to choose"
  },
  {
    id: "5.4.to-string.first",
    text: "a meta with a key toString in the first item of a CSV list is a plain-text 500",
    basis: "I",
    unnamed: "it follows from the source of the server, so there is nothing to choose"
  },
  { id: "5.4.error", text: "an error after the first row cuts the CSV silently, with status 200" },
  { id: "5.4.nop", text: "CSV does not show a nop, but a nop removes the header line" },
  { id: "5.4.formula", text: "formulas in CSV are not escaped" },
  {
    id: "5.5.commits",
    text: "a JSON list that takes longer than 18.75 s commits to status 200",
    assumptions: ["commitAfterMillis"]
  },
  { id: "5.5.spent", text: "a JSON list commits to status 200 after 25 s in all", assumptions: ["maxWaitMillis"] },
  { id: "5.5.body", text: "after the commit, the usual body follows in one piece, without padding" },
  { id: "5.5.error", text: "a failure after the commit is the body {code, message}, with status 200" },
  { id: "5.5.others", text: "no other endpoint commits to 200 early" },
  { id: "5.6.list", text: "sample: a page of two" },
  { id: "5.6.last", text: "sample: the page after the last" },
  { id: "5.6.jsonl", text: "sample: JSON Lines" },
  { id: "5.6.error", text: "sample: a later page fails" },
  { id: "5.6.missing", text: "sample: fetch of a missing contact" },
  { id: "5.6.conflict", text: "sample: create with a used fingerprint" }
] as const satisfies ReadonlyArray<Clause>
