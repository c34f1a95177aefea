/** Turns the bytes of a body into text. */
export type Decode = (chunks: ReadonlyArray<Uint8Array>) => string

/** The charset of a body whose content type names none (wire contract 6). */
const utf8 = "utf-8"

/** The names, without punctuation, that Next.js reads as true Latin-1 and a browser reads as windows-1252. */
const latin1: ReadonlySet<string> = new Set(["iso88591", "latin1", "l1", "isoir100", "ibm819", "cp819", "binary"])

/** The names of US-ASCII, which a browser reads as windows-1252 too. */
const ascii: ReadonlySet<string> = new Set(["ascii", "usascii", "ansix341968", "iso646us"])

/** Names that only Next.js knows. */
const aliases: Readonly<Record<string, string>> = { utf16le: "utf-16le", ucs2: "utf-16le", utf16be: "utf-16be" }

/**
 * The decoder of a charset; undefined for an unknown one. A byte order mark is stripped once. Next.js decodes
 * with `iconv-lite`, which ignores case and punctuation in the names, and whose `iso-8859-1` is true Latin-1.
 */
export const decoder = (label?: string): Decode | undefined => {
  if (label === undefined || label === utf8) return decodeUtf8
  const name = label.toLowerCase().replace(/[^0-9a-z]/g, "")
  if (latin1.has(name)) return (chunks) => byteByByte(chunks, (byte) => byte)
  if (ascii.has(name)) return (chunks) => byteByByte(chunks, (byte) => (byte < 0x80 ? byte : 0xfffd))
  const known = [aliases[name], label, label.replaceAll("_", "-"), name].find(
    (candidate) => candidate !== undefined && isKnown(candidate)
  )
  return known === undefined ? undefined : decodeAs(known)
}

const decodeAs =
  (known: string): Decode =>
  (chunks) => {
    if (chunks.length === 0) return ""
    const decoder = new TextDecoder(known)
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode()
  }

const decodeUtf8 = decodeAs(utf8)

const isKnown = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== ""
  } catch {
    return false
  }
}

const byteByByte = (chunks: ReadonlyArray<Uint8Array>, codeOf: (byte: number) => number): string =>
  chunks.map((chunk) => Array.from(chunk, (byte) => String.fromCharCode(codeOf(byte))).join("")).join("")
