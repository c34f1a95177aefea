/** Text that would be read back as something other than text. */
const ambiguous: ReadonlyArray<RegExp> = [
  /^(?:~|null|Null|NULL|<<)?$/,
  /^(?:true|True|TRUE|false|False|FALSE)$/,
  /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/,
  /^[-+]?(?:0b[01]+|0x[\da-fA-F]+|0o[0-7]+|\d+)$/,
  /^(?:[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^\d{4}-\d\d-\d\d$/,
  /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/,
  /^[-+]?[\d_]+(?::[\d_]+)+(?:\.[\d_]*)?$/
]

/** What no unquoted text starts with, ends with or contains. */
const indicators = /^[\s\-?:,[\]{}#&*!|=>'"%@`]|[\s:]$|:\s|\s#/

const printable = /^[\x20-\x7E\xA1-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u
const unprintable = /[\u2028\u2029\uFEFF]/

const escapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1B": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\xA0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P"
}

/** A text as a value: plain or quoted on one line, or a literal block whose lines follow its header. */
export const text = (value: string): ReadonlyArray<string> =>
  value.includes("\n") && isPrintable(value.replaceAll("\n", "")) ? literal(value) : [key(value)]

/** A text on one line. */
export const key = (value: string): string => {
  if (!isPrintable(value)) return `"${Array.from(value, escape).join("")}"`
  const isPlain = !indicators.test(value) && !ambiguous.some((pattern) => pattern.test(value))
  return isPlain ? value : `'${value.replaceAll("'", "''")}'`
}

/** A finite number. */
export const number = (value: number): string =>
  Object.is(value, -0) ? "-0.0" : Number.isInteger(value) ? String(value) : String(value).replace(/^(-?\d+)e/, "$1.e")

const isPrintable = (value: string): boolean => printable.test(value) && !unprintable.test(value)

const literal = (value: string): ReadonlyArray<string> => {
  const leading = /^\n* /.test(value) ? "2" : ""
  const chomping = value.endsWith("\n\n") || value === "\n" ? "+" : value.endsWith("\n") ? "" : "-"
  const body = value.endsWith("\n") ? value.slice(0, -1) : value
  return [`|${leading}${chomping}`, ...body.split("\n")]
}

const escape = (char: string): string => {
  const short = escapes[char]
  if (short !== undefined || isPrintable(char)) return short ?? char
  const code = char.codePointAt(0) ?? 0
  const digits = code.toString(16).toUpperCase()
  return code <= 0xff ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`
}
