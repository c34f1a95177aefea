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

/** Shorter values are common words of the server's own sentences ("id", "is"). */
const shortestSent = 3

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

const cut = (text: string, sent: ReadonlyArray<string>): string =>
  sent
    .flatMap(forms)
    .filter((form) => form.length >= shortestSent)
    .toSorted((left, right) => right.length - left.length)
    .reduce((clean, form) => clean.replaceAll(form, "…"), text)

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

/** The text of every string and number in a JSON value, keys left out. Iterative: the value may be deeply nested. */
export function* leaves(value: unknown): Generator<string> {
  const pending: Array<unknown> = [value]
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next === "string") yield next
    else if (typeof next === "number") yield String(next)
    else if (typeof next === "object" && next !== null) for (const child of Object.values(next)) pending.push(child)
  }
}
