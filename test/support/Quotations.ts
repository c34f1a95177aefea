import { inspect } from "node:util"

const html = (text: string) =>
  text.replace(/[^ -~]|[<>&"']/gu, (character) => `&#${character.codePointAt(0)};`).replaceAll("&#38;", "&amp;")
const ascii = (text: string) =>
  text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
const bytes = (text: string) =>
  Array.from(new TextEncoder().encode(text), (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`
  ).join("")

/** The forms in which servers quote a value in their messages. */
export const quotations: ReadonlyArray<readonly [name: string, quote: (value: string) => string]> = [
  ["unchanged", (value) => value],
  ["inspect", (value) => inspect({ value })],
  ["JSON", (value) => JSON.stringify({ value })],
  ["JSON in JSON", (value) => JSON.stringify(JSON.stringify({ value }))],
  ["JSON in JSON in JSON", (value) => JSON.stringify(JSON.stringify(JSON.stringify({ value })))],
  ["JSON in ASCII", (value) => ascii(JSON.stringify(value))],
  ["JSON in ASCII in JSON", (value) => JSON.stringify(ascii(JSON.stringify(value)))],
  ["bytes of Python", bytes],
  ["HTML", html],
  ["HTML twice", (value) => html(html(value))],
  ["a form", (value) => new URLSearchParams({ value }).toString()],
  ["a URL", (value) => encodeURIComponent(value)],
  ["a URL twice", (value) => encodeURIComponent(encodeURIComponent(value))],
  ["blanks collapsed", (value) => value.replace(/\s+/g, " ")],
  ["no blanks", (value) => value.replace(/\s+/g, "")],
  ["underscores", (value) => value.replace(/\s+/g, "_")],
  ["upper case", (value) => value.toUpperCase()],
  ["lower case", (value) => value.toLowerCase()],
  ["words reversed", (value) => value.split(/\s+/).toReversed().join(" ")],
  ["one letter a line", (value) => Array.from(value).join("\n")],
  ["NFC", (value) => value.normalize("NFC")],
  ["NFD", (value) => value.normalize("NFD")],
  ["no diacritics", (value) => value.normalize("NFD").replace(/\p{M}/gu, "")],
  ["hyphenated", (value) => value.replace(/(.{3})/gu, "$1\u00ad")]
]
