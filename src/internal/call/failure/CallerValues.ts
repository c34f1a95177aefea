/** The values that the caller put into one request. A server may quote it, in its message or its request id. */
export interface Parts {
  readonly token?: string | undefined
  readonly contactId?: string | undefined
  readonly query?: ReadonlyArray<readonly [name: string, value: string]> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The JSON that was sent. */
  readonly body?: string | undefined
}

/** Requests above this are not searched: the server takes no more than 1 MiB. */
const maxLength = 2 * 1024 * 1024

/** A word of a message has to be this long to be looked for inside values; so has a run of digits. */
const shortestWord = 4

/** A run of this many letters and digits in common is a quotation wherever it begins and ends. */
const longRun = 6

/**
 * The caller values of one attempt. They are gathered and folded on the first question, so a request that succeeds pays
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
   * It does if it has one of these, upper case, diacritics and all that is no letter or digit aside: a word of at least 4
   * characters that is part of a value; 4 characters that a value begins with; a value of 2 or 3 letters as a word; 4
   * digits, or any 6 characters, that are part of a value, or 2 of a script that has no blanks between words.
   */
  areQuotedIn(text: string): boolean {
    this.#folded ??= gather(this.#parts)
    if (this.#folded === "too long") return true
    const runs = new Map<number, Set<string>>()
    const lookFor = (run: string) => {
      const known = runs.get(run.length)
      if (known === undefined) runs.set(run.length, new Set([run]))
      else known.add(run)
    }
    for (const form of [text, unescaped(text)]) {
      const words = form.split(/[^\p{L}\p{N}\p{M}\p{Cf}]+/u).map(foldedText)
      const all = words.join("")
      let start = 0
      for (const word of words) {
        if (word.length >= shortestWord) lookFor(word.slice(0, longRun))
        else if (/^\D./.test(word)) lookFor(`${end}${word}${end}`)
        const beginning = all.slice(start, start + shortestWord)
        if (beginning.length === shortestWord) lookFor(`${end}${beginning}`)
        start += word.length
      }
      for (let at = 0; at < all.length; at++) {
        const run = all.slice(at, at + longRun)
        if (run.length === longRun) lookFor(run)
        if (/^\d{4}/.test(run)) lookFor(run.slice(0, shortestWord))
        if (unspacedPair.test(run)) lookFor(run.slice(0, 2))
      }
    }
    for (const [length, wanted] of runs) if (hasAny(this.#folded, wanted, length)) return true
    return false
  }
}

/** The separator before and after each value. */
const end = "\0"

/** Two characters of Thai, Chinese, Japanese, Korean and other scripts whose words are short or not separated. */
const unspacedPair = /^[\u0e00-\uffff]{2}/

/** The character codes of all values, folded, with a 0 before the first and after each. */
type Folded = Uint16Array

/** Gathers values in one array of numbers: a megabyte of them in as many strings would stop the event loop for too long. */
class Folding {
  readonly #codes: Uint16Array
  #length = 0

  constructor(capacity: number) {
    this.#codes = new Uint16Array(capacity)
  }

  /** All that was gathered; undefined where it was too much. */
  get codes(): Folded | undefined {
    return this.#length < this.#codes.length ? this.#codes.subarray(0, this.#length) : undefined
  }

  /** Appends the letters and digits of part of a text, in lower case and without diacritics. */
  add(text: string, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at)
      if (code < 0x80) {
        const folded = asciiFolded[code] ?? 0
        if (folded !== 0) this.#codes[this.#length++] = folded
      } else if (code >= 0x4e00 && code <= 0x9fff) {
        // Chinese characters are as they are.
        this.#codes[this.#length++] = code
      } else {
        const point = text.codePointAt(at) ?? code
        if (point > 0xffff) at++
        for (const folded of foldedPoint(point)) this.#codes[this.#length++] = folded
      }
    }
  }

  /** Ends a value. */
  end(): void {
    this.#codes[this.#length++] = 0
  }

  addValue(text: string): void {
    this.add(text, 0, text.length)
    this.end()
  }

  /**
   * Adds the strings and numbers in a JSON object, and the keys below its own, which are the caller's too. It reads the
   * text that was sent: to parse it takes several times as long.
   */
  addJson(json: string): void {
    let depth = 0
    let isKey = false
    for (let at = 0; at < json.length; at++) {
      const code = json.charCodeAt(at)
      if (code === quote) {
        const isField = isKey && depth === 1
        at++
        for (let from = at; ; at++) {
          const inside = json.charCodeAt(at)
          if (inside !== quote && inside !== backslash && at < json.length) continue
          if (!isField) this.add(json, from, at)
          if (inside !== backslash) break
          at += json.charCodeAt(at + 1) === letterU ? 5 : 1
          from = at + 1
        }
        if (!isField) this.end()
      } else if (code === openBrace || code === openBracket) {
        depth++
        isKey = code === openBrace
      } else if (code === closeBrace || code === closeBracket) {
        this.end()
        depth--
      } else if (code === comma) {
        this.end()
        isKey = true
      } else if (code === colon) {
        isKey = false
      } else if (code <= digitNine) {
        this.add(json, at, at + 1)
      }
    }
  }
}

const digitNine = 0x39
const quote = 0x22
const backslash = 0x5c
const letterU = 0x75
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const colon = 0x3a

const gather = ({ body = "", contactId = "", headers = {}, query = [], token = "" }: Parts): Folded | "too long" => {
  const texts = [token, contactId, ...Object.values(headers)]
  for (const [name, value] of query) texts.push(name.startsWith("meta.") ? name.slice(5) : "", value)
  const length = texts.reduce((sum, text) => sum + text.length, body.length)
  if (length > maxLength) return "too long"
  // A Korean character is folded to three, and a 0 may follow each.
  const folding = new Folding(4 * length + texts.length + 64)
  folding.end()
  for (const text of texts) folding.addValue(text)
  folding.addJson(body)
  return folding.codes ?? "too long"
}

const foldedText = (text: string): string => {
  const folding = new Folding(20 * text.length + 1)
  folding.add(text, 0, text.length)
  return String.fromCharCode(...(folding.codes ?? []))
}

/** By the code of an ASCII character: that of its letter in lower case or its digit, or 0. */
const asciiFolded = /* @__PURE__ */ Uint8Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code)
  return /[a-z\d]/i.test(character) ? character.toLowerCase().charCodeAt(0) : 0
})

const foldedPoints = /* @__PURE__ */ new Map<number, ReadonlyArray<number>>()

const foldedPoint = (point: number): ReadonlyArray<number> => {
  const known = foldedPoints.get(point)
  if (known !== undefined) return known
  // Some letters, such as ß and the final sigma, have a common form only in upper case.
  const text = String.fromCodePoint(point).normalize("NFKD").toUpperCase().toLowerCase()
  const kept = text.replace(/[^\p{L}\p{N}]/gu, "")
  const folded = Array.from({ length: kept.length }, (_, at) => kept.charCodeAt(at))
  foldedPoints.set(point, folded)
  return folded
}

/** Any odd number that mixes well. */
const factor = 0x01000193

/** True if any of these runs, all of one length, is among the codes: one pass with a rolling hash. */
const hasAny = (codes: Uint16Array, runs: ReadonlySet<string>, length: number): boolean => {
  const marks = new Uint8Array(1 << 16)
  for (const run of runs) {
    let hash = 0
    for (let at = 0; at < length; at++) hash = (Math.imul(hash, factor) + run.charCodeAt(at)) | 0
    marks[(hash ^ (hash >>> 16)) & 0xffff] = 1
  }
  let leaving = 1
  for (let at = 0; at < length; at++) leaving = Math.imul(leaving, factor)
  let hash = 0
  for (let at = 0; at < codes.length; at++) {
    const left = at < length ? 0 : Math.imul(leaving, codes[at - length] ?? 0)
    hash = (Math.imul(hash, factor) + (codes[at] ?? 0) - left) | 0
    if (marks[(hash ^ (hash >>> 16)) & 0xffff] !== 1 || at < length - 1) continue
    if (runs.has(String.fromCharCode(...codes.subarray(at - length + 1, at + 1)))) return true
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
