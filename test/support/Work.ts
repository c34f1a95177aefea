/** Counts the work of searching text, since time depends on the machine. */

/** The methods that read a whole string, and those that read one place in it. */
const wholeMethods = ["split", "replace", "match", "includes", "indexOf", "normalize", "toLowerCase"] as const
const placeMethods = ["charCodeAt", "codePointAt", "slice"] as const

/**
 * Counts the characters that string methods read and the steps of a rolling hash, until `release` is called. It replaces
 * built-in functions, so release it before any other work.
 */
export const counting = () => {
  let work = 0
  const string = String.prototype
  const { imul } = Math
  const originals = [...wholeMethods, ...placeMethods].map(
    (name) => [name, Object.getOwnPropertyDescriptor(string, name)] as const
  )
  for (const [name, descriptor] of originals) {
    const original = descriptor?.value as (...given: Array<unknown>) => unknown
    const isWhole = wholeMethods.some((each) => each === name)
    Object.defineProperty(string, name, {
      ...descriptor,
      value(this: string, ...given: Array<unknown>) {
        work += isWhole ? this.length : 1
        return original.apply(this, given)
      }
    })
  }
  Math.imul = (left, right) => {
    work++
    return imul(left, right)
  }
  const release = () => {
    Math.imul = imul
    for (const [name, descriptor] of originals) Object.defineProperty(string, name, descriptor ?? {})
  }
  return { work: () => work, release }
}

/** The work that a function does. */
export const workOf = (use: () => void): number => {
  const counted = counting()
  try {
    use()
  } finally {
    counted.release()
  }
  return counted.work()
}

/** Error pages of 64 kB. */
export const pages: ReadonlyArray<readonly [name: string, page: string]> = [
  ["one letter", "a"],
  ["words", "canary lovelace "],
  ["HTML", '<p class="x">&amp;#39;</p>'],
  ["percent signs", "%25"],
  ["backslashes", "\\"],
  ["at signs", "a@"],
  ["digits", "1 "],
  ["Chinese", "王小"]
].map(([name = "", text = ""]) => [name, text.repeat(Math.ceil((64 * 1024) / text.length)).slice(0, 64 * 1000)])

/** Requests of about `length` bytes. */
export const requests = (length: number): ReadonlyArray<readonly [name: string, body: { readonly meta: object }]> => [
  ["one long text", { meta: { a: "b".repeat(length) } }],
  ["near repeats", { meta: { a: "aaaaab".repeat(length / 6) } }],
  ["many values", { meta: { a: Array.from({ length: length / 10 }, (_, at) => `v${at}`) } }],
  ["many keys", { meta: Object.fromEntries(Array.from({ length: length / 12 }, (_, at) => [`k${at}`, 1])) }],
  ["many numbers", { meta: { a: Array.from({ length: length / 2 }, () => 1) } }],
  ["other letters", { meta: { a: "é".repeat(length / 2) } }]
]
