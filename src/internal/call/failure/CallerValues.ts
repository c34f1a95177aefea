/** The values that the caller put into one request. A server may quote them in a message or a request id. */
export interface Parts {
  readonly token?: string | undefined
  /** The ids in the path. */
  readonly ids?: ReadonlyArray<string | undefined> | undefined
  readonly query?: ReadonlyArray<readonly [name: string, value: string]> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The JSON that was sent. */
  readonly body?: string | undefined
}

/** Requests above this are not searched: the server takes no more than 1 MiB. */
const maxLength = 2 * 1024 * 1024

/** The least length of a word, or of a run of digits, that is looked for inside values. */
const shortestWord = 4

/** The number of letters and digits in a row that are a quotation wherever they stand in a word or a value. */
const longRun = 6

/**
 * The caller values of one attempt. They are gathered and folded when first searched, so a request that succeeds pays
 * nothing for them. The work is linear in their length, and bounded.
 */
export class CallerValues {
  readonly #parts: Parts
  #folded: Folded | "too long" | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * True if a text of at most some hundred characters quotes any of the values, in whatever form: in another case, without
   * diacritics, with other separators, cut short, or escaped for JSON, JavaScript, HTML or a URL.
   *
   * Both are compared in lower case, without diacritics, and without all that is no letter or digit. A text quotes a value if it
   * has one of these:
   *
   * - a word of at least 4 characters that is part of the value;
   * - the first 4 characters of the value;
   * - the whole value, of 2 or 3 letters, as a word;
   * - 4 digits or any 6 characters in a row that are part of the value;
   * - 2 characters of the value, in a script without blanks between words.
   */
  areQuotedIn(text: string): boolean {
    this.#folded ??= gather(this.#parts)
    if (this.#folded === "too long") return true
    const runs = new Set<string>()
    for (const form of [text, unescaped(text)]) {
      const words = form.split(/[^\p{L}\p{N}\p{M}\p{Cf}]+/u).map(foldedText)
      const all = words.join("")
      let start = 0
      for (const word of words) {
        if (word.length >= shortestWord) runs.add(word.slice(0, longRun))
        else if (/^\D./.test(word)) runs.add(`${end}${word}${end}`)
        const beginning = all.slice(start, start + shortestWord)
        if (beginning.length === shortestWord) runs.add(`${end}${beginning}`)
        start += word.length
      }
      for (let at = 0; at < all.length; at++) {
        const run = all.slice(at, at + longRun)
        if (run.length === longRun) runs.add(run)
        if (/^\d{4}/.test(run)) runs.add(run.slice(0, shortestWord))
        if (unspacedPair.test(run)) runs.add(run.slice(0, 2))
      }
    }
    return hasAny(this.#folded, runs)
  }
}

/** The separator before and after each value. */
const end = "\0"

/** Two characters of Thai, Chinese, Japanese, Korean and other scripts whose words are short or not separated. */
const unspacedPair = /^[\u0e00-\uffff]{2}/

/** The character codes of all values, folded, with a 0 before the first and after each. */
type Folded = ReadonlyArray<number>

const gather = ({ body = "", headers = {}, ids = [], query = [], token = "" }: Parts): Folded | "too long" => {
  // In two arrays, as what stands deeper than the fields of the body.
  const texts = [[token, ids, Object.values(headers), query.map(withoutPrefix)]]
  const json = JSON.stringify(texts) + body
  return json.length > maxLength ? "too long" : foldedJson(json)
}

/** Of the name of a query parameter, only the path into `meta` is the caller's. */
const withoutPrefix = ([name, value]: readonly [name: string, value: string]): ReadonlyArray<string> => [
  name.startsWith("meta.") ? name.slice(5) : "",
  value
]

/**
 * Folds the strings and numbers in JSON, and the keys of objects, which are the caller's too, but for those of the body itself.
 * It reads the text that was sent: to parse it takes several times as long.
 */
const foldedJson = (json: string): Folded => {
  const codes = [0]
  let depth = 0
  let isText = false
  let isKey = false
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at)
    if (character === '"') isText = !isText
    else if (isText) {
      if (character === "\\") at += json.charAt(at + 1) === "u" ? 5 : 1
      else if (!isKey || depth > 1) addFolded(codes, json, at)
    } else if (character <= "9" && character !== ",") addFolded(codes, json, at)
    else if ("{}[],:".includes(character)) {
      if (character === "{" || character === "[") depth++
      else if (character === "}" || character === "]") depth--
      isKey = character !== ":"
      codes.push(0)
    }
  }
  return codes
}

const foldedText = (text: string): string => {
  const codes: Array<number> = []
  for (let at = 0; at < text.length; at++) addFolded(codes, text, at)
  return String.fromCharCode(...codes)
}

const foldedPoints = /* @__PURE__ */ new Map<number, ReadonlyArray<number>>()

/** Adds a character in lower case and without diacritics, if it is a letter or a digit. Half a surrogate pair is neither. */
const addFolded = (codes: Array<number>, text: string, at: number): void => {
  const point = text.codePointAt(at) ?? 0
  if (point < 0x80) {
    // The fast path for ASCII: setting this bit makes a letter lower case, and leaves a digit as it is.
    const lower = point | 0x20
    if ((lower >= 0x61 && lower <= 0x7a) || (point >= 0x30 && point <= 0x39)) codes.push(lower)
    return
  }
  let folded = foldedPoints.get(point)
  if (folded === undefined) {
    // Some letters, such as ß and the final sigma, have a common form only in upper case.
    const letters = String.fromCodePoint(point).normalize("NFKD").toUpperCase().toLowerCase()
    folded = Array.from(letters.replace(/[^\p{L}\p{N}]/gu, "").split(""), (unit) => unit.charCodeAt(0))
    foldedPoints.set(point, folded)
  }
  for (const code of folded) codes.push(code)
}

/** The lengths that a run can have. */
const lengths = [2, shortestWord, shortestWord + 1, longRun]

/** Any odd number that mixes well. */
const factor = 0x9e3779b1

/** True if any of these runs is among the codes: for each length of a run one pass, with a rolling hash. */
const hasAny = (codes: Folded, runs: ReadonlySet<string>): boolean => {
  for (const length of lengths) {
    // So many bits for each code that a code is shifted out when it leaves the run.
    const bits = Math.ceil(32 / length)
    const marks = new Uint8Array(1 << 16)
    for (const run of runs) {
      if (run.length !== length) continue
      let hash = 0
      for (let at = 0; at < length; at++) hash = (hash << bits) ^ run.charCodeAt(at)
      marks[Math.imul(hash, factor) >>> 16] = 1
    }
    let hash = 0
    for (let at = 0; at < codes.length; at++) {
      hash = (hash << bits) ^ (codes[at] ?? 0)
      if (marks[Math.imul(hash, factor) >>> 16] !== 1) continue
      if (runs.has(String.fromCharCode(...codes.slice(Math.max(0, at - length + 1), at + 1)))) return true
    }
  }
  return false
}

/** Escapes may be escaped once more by each program on the way. */
const maxEscapes = 4

/** A text with the escapes of URLs, JSON, JavaScript and HTML undone. */
const unescaped = (text: string): string => {
  let result = text
  for (let round = 0; round < maxEscapes; round++) {
    const next = result
      .replace(/(?:(?:%|\\+x)[\da-f]{2})+/gi, fromBytes)
      .replace(/\\+u(?:([\da-f]{4})|\{([\da-f]{1,5})\})/gi, (_, four: string, braced = four) =>
        fromPoint(`0x${braced}`)
      )
      .replace(/\\+[abefnrtv]/g, " ")
      .replace(/&amp;/gi, "&")
      .replace(/&#(\d{1,6}|x[\da-f]{1,5});/gi, (_, point: string) => fromPoint(`0${point}`))
      .replace(/&([a-z])(?:acute|caron|cedil|circ|grave|ring|slash|tilde|uml);/gi, "$1")
      .replace(/&[a-z]{2,8};/gi, " ")
    if (next === result) break
    result = next
  }
  return result
}

const fromPoint = (point: string): string => String.fromCodePoint(Number(point))

/** The text of escaped bytes, such as `%C3%A9`, in UTF-8, or, where they are not, in Latin-1. */
const fromBytes = (escapes: string): string => {
  const bytes = (escapes.match(/[\da-f]{2}/gi) ?? []).map((byte) => Number.parseInt(byte, 16))
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes))
  } catch {
    return String.fromCharCode(...bytes)
  }
}
