import * as Result from "effect/Result"
import * as ApiFailure from "./ApiFailure.ts"

/** The formats of a list (wire contract 5). */
export type Format = "json" | "jsonl" | "sse" | "csv"

/** The content type of each format, which is also the media range of an `Accept` header that requests it. */
export const contentTypes: Readonly<Record<Format, string>> = {
  json: "application/json",
  jsonl: "application/jsonl",
  sse: "text/event-stream",
  csv: "text/csv"
}

const formats: ReadonlyMap<string, Format> = new Map([
  ["", "json"],
  ["*/*", "json"],
  [contentTypes.json, "json"],
  [contentTypes.jsonl, "jsonl"],
  [contentTypes.sse, "sse"],
  [contentTypes.csv, "csv"]
])

/** The format that an `Accept` header requests. Only its first media range counts, without parameters. */
export const negotiate = (accept: string | undefined): Result.Result<Format, ApiFailure.ApiFailure> => {
  const range = (accept ?? "").split(",", 1).join("").split(";", 1).join("").trim().toLowerCase()
  const format = formats.get(range)
  return format === undefined ? Result.fail(ApiFailure.badRequest("Unsupported accept header")) : Result.succeed(format)
}
