/**
 * Text from the server goes into errors, logs and spans, and servers quote what they were sent. So everything the
 * caller sent is cut out of it, and whatever else looks like an e-mail address, a phone number or a token.
 */
const personal = new RegExp(
  [
    // The lengths are bounded so that no text takes quadratic time.
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

/** Cuts `sent` values and anything that looks personal out of `text`, and bounds its length. */
export const scrub = (text: string, sent: Iterable<string>): string => {
  let clean = text
  const longestFirst = [...sent].filter((value) => value.length >= shortestSent).toSorted((a, b) => b.length - a.length)
  for (const value of longestFirst) {
    clean = clean.replaceAll(value, "…").replaceAll(encodeURIComponent(value.toWellFormed()), "…")
  }
  // Control characters must not reach a terminal or a log line.
  clean = clean
    .replace(personal, "…")
    .replace(/\p{Cc}+/gu, " ")
    .trim()
  return clean.length > longestText ? `${clean.slice(0, longestText)}…` : clean
}

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
