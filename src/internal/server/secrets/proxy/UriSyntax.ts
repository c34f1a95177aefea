const hex = "[\\dA-Fa-f]"
const unreserved = "\\w\\-.~"
const subDelims = "!$&'()*+,;="
// As in joi, a percent sign need not be followed by two digits.
const pchar = `${unreserved}%${subDelims}:@`

const octet = "(?:0{0,2}\\d|0?[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])"
const group = `${hex}{1,4}`
const lastGroups = `(?:${group}:${group}|(?:${octet}\\.){3}${octet})`

/** Groups before `::`, at most that many. */
const before = (most: number): string => (most === 0 ? "" : `(?:(?:${group}:){0,${most - 1}}${group})?`)

/** The forms of RFC 3986: without `::`, or with fewer and fewer groups after it. */
const ipv6 = [
  `(?:${group}:){6}${lastGroups}`,
  ...[5, 4, 3, 2, 1, 0].map((after) => `${before(5 - after)}::(?:${group}:){${after}}${lastGroups}`),
  `${before(6)}::${group}`,
  `${before(7)}::`
].join("|")

const host = `(?:\\[(?:${ipv6}|v${hex}+\\.[${unreserved}${subDelims}:]+)\\]|[${unreserved}%${subDelims}]{1,255})`

const uri = new RegExp(
  `^https?://(?:[${unreserved}%${subDelims}:]*@)?${host}(?::\\d*)?(?:/[${pchar}]*)*(?:\\?[${pchar}/?]*)?(?:#[${pchar}/?]*)?$`
)

/**
 * True if joi, the schema library of the real server, accepts a text as a URI whose scheme is `http` or `https` in lower
 * case (wire contract 3.9.5). The library itself, `@hapi/address`, needs modules of Node; tests compare the two.
 */
export const isHttpUri = (text: string): boolean => uri.test(text)
