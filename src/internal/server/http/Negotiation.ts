import * as Result from "effect/Result"
import * as ApiFailure from "./ApiFailure.ts"

/** The ways a list can be sent (wire contract 5). */
export type Format = "json" | "jsonl" | "sse" | "csv"

/** The content type of each format, which is also the media range that asks for it. */
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

/** The format an Accept header asks for. Only its first media range is looked at, without parameters. */
export const negotiate = (accept: string | undefined): Result.Result<Format, ApiFailure.ApiFailure> => {
  const range = (accept ?? "").split(",", 1).join("").split(";", 1).join("").trim().toLowerCase()
  const format = formats.get(range)
  return format === undefined ? Result.fail(ApiFailure.badRequest("Unsupported accept header")) : Result.succeed(format)
}
