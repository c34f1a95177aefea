import type { HttpServerRequest } from "effect/http/HttpServerRequest"

/** Writes a document in the form that a request accepts. */
export type Format = (document: string) => string

const encoder = new TextEncoder()

const events: Format = (document) => `:\n\nevent: next\ndata: ${document}\n\nevent: complete\ndata:\n\n`

const parts: Format = (document) =>
  "---\r\nContent-Type: application/json; charset=utf-8\r\n" +
  `Content-Length: ${encoder.encode(document).length}\r\n\r\n${document}\r\n-----\r\n`

/** The page for browsers, in place of GraphiQL. */
const page =
  '<!doctype html><html lang="en"><head><title>Yoga GraphiQL</title></head><body>' +
  "The emulator has no GraphiQL. Send queries by POST.</body></html>"

/** The media types of each form, the preferred form first. */
const forms: ReadonlyArray<readonly [format: Format, types: ReadonlyArray<string>]> = [
  [(document) => document, ["application/json", "application/graphql-response+json"]],
  [parts, ["multipart/mixed"]],
  [events, ["text/event-stream"]]
]

/**
 * The form that the `Accept` header requests, as GraphQL Yoga reads it; undefined if it has none of them. The order of
 * the media ranges and their q do not count (wire contract 12.1).
 */
export const negotiate = ({ method, headers }: HttpServerRequest): Format | undefined => {
  const accept = headers["accept"] || "*/*"
  if (method === "GET" && accept.includes("text/html")) return () => page
  const ranges = accept.replace(/\s/g, "").toLowerCase().split(",").filter(isUtf8).map(withoutParameters)
  return forms.find(([, types]) => types.some((type) => ranges.some((range) => includes(range, type))))?.[0]
}

const isUtf8 = (range: string): boolean => {
  const charset = range.split(";").find((parameter) => parameter.includes("charset="))
  return charset === undefined || charset === "charset=utf-8"
}

const withoutParameters = (range: string): string => range.split(";", 1).join("")

const includes = (range: string, type: string): boolean => {
  const [wantedType, wantedSubtype] = range.split("/")
  const [mainType, subtype] = type.split("/")
  return [mainType, "*"].includes(wantedType) && [subtype, "*"].includes(wantedSubtype)
}
