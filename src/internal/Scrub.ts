/**
 * Text from the server goes into errors, logs and spans, and servers quote what they were sent. So everything the
 * caller sent is cut out of it, and whatever else looks like an e-mail address, a phone number or a token.
 */
const personal = new RegExp(
  [
    /[^\s"'<>@]{1,128}@[^\s"'<>@]{1,255}/,
    /\+?\d(?:[ ().-]{0,2}\d){6,}/,
    /\b(?:sk|oaac|oart)-[^\s"']+/,
    /\beyJ[\w-]{1,4096}\.[\w-]+\.[\w-]+/
  ]
    .map(({ source }) => source)
    .join("|"),
  "g"
)

/** Shorter values are only cut out where they stand alone: they are parts of the server's own words. */
const shortest = 3

const longestText = 300

/** What is past this cannot make it into the text. */
const longestRead = 4096

/** The forms in which a server may quote a value: as it is, trimmed, inside JSON, inside a URL. */
const forms = (value: string): ReadonlyArray<string> => [
  value,
  value.trim(),
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value.toWellFormed())
]

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

const cut = (text: string, sent: ReadonlyArray<string>): string => {
  const lower = text.toLowerCase()
  return sent
    .flatMap(forms)
    .filter((form) => form !== "" && lower.includes(form.toLowerCase()))
    .toSorted((left, right) => right.length - left.length)
    .reduce((clean, form) => {
      const alone = form.length < shortest ? "(?![\\p{L}\\p{N}])" : ""
      const before = form.length < shortest ? "(?<![\\p{L}\\p{N}])" : ""
      return clean.replace(new RegExp(`${before}${escaped(form)}${alone}`, "giu"), "…")
    }, text)
}

/** Cuts `sent` values and anything that looks personal out of `text`, and bounds its length. */
export const scrub = (text: string, sent: ReadonlyArray<string>): string => {
  // Control characters must not reach a terminal or a log line.
  const clean = cut(text, sent)
    .slice(0, longestRead)
    .replace(personal, "…")
    .replace(/\p{Cc}+/gu, " ")
    .trim()
  return clean.length > longestText ? `${clean.slice(0, longestText)}…` : clean
}

/** A word of the server's, such as a code or a request id: as it is, or not at all if it is not one or quotes the caller. */
export const word = (text: string | undefined, sent: ReadonlyArray<string>): string | undefined =>
  text !== undefined && /^[A-Za-z0-9][\w.:/+=-]{0,127}$/.test(text) && cut(text, sent) === text ? text : undefined

/**
 * Every string and number in a request, and the keys below its own, which are the caller's too. Iterative: it may be
 * deeply nested.
 */
export function* leaves(request: unknown): Generator<string> {
  const pending: Array<readonly [value: unknown, isOutermost: boolean]> = [[request, true]]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [value, isOutermost] = next
    if (typeof value === "string") yield value
    else if (typeof value === "number") yield String(value)
    else if (typeof value === "object" && value !== null) {
      if (!isOutermost && !Array.isArray(value)) yield* Object.keys(value)
      for (const child of Object.values(value)) pending.push([child, false])
    }
  }
}
