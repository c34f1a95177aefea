/** A content type as Next.js reads it. */
export interface ContentType {
  /** In lower case. */
  readonly type: string
  /** The charset parameter, if any. */
  readonly charset: string | undefined
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const type = new RegExp(`^${token}/${token}$`)
const parameters = new RegExp(
  `; *(${token}) *= *("(?:[\\x0b\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\x0b\\x20-\\xff])*"|${token}) *`,
  "y"
)

/** The type that Next.js assumes for a body whose content type is absent, or malformed as in `application/json;`. */
const fallback: ContentType = { type: "text/plain", charset: undefined }

/** Reads a content type strictly, as the `content-type` package that Next.js uses (wire contract 6). */
export const parse = (header: string | undefined): ContentType => {
  const text = header ?? ""
  const semicolon = text.indexOf(";")
  const end = semicolon === -1 ? text.length : semicolon
  const mediaType = text.slice(0, end).trim()
  if (!type.test(mediaType)) return fallback
  let charset: string | undefined
  let at = end
  while (at < text.length) {
    parameters.lastIndex = at
    const [parameter, name = "", value = ""] = parameters.exec(text) ?? []
    if (parameter === undefined) return fallback
    at += parameter.length
    if (name.toLowerCase() === "charset") charset = unquoted(value)
  }
  return { type: mediaType.toLowerCase(), charset }
}

const unquoted = (value: string): string => (value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value)

/** The media type as the handlers of the real server read it: the part before the first semicolon. */
export const mediaType = (header: string | undefined): string =>
  (header ?? "").split(";", 1).join("").trim().toLowerCase()
