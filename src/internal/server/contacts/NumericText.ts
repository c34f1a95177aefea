const shape = /^\s*[+-]?(?:(?:\d+(?:\.\d*)?)|(?:\.\d+))(?:e[+-]?\d+)?\s*$/i

/** The result for a number that joi refuses because it cannot be held exactly. */
const unsafe = Number.POSITIVE_INFINITY

/**
 * The number in a text, as joi converts it (wire contract 2): undefined if it is none, infinity if a number can't hold
 * it exactly.
 */
export const parse = (text: string): number | undefined => {
  if (!shape.test(text)) return undefined
  const trimmed = text.trim()
  const number = Number.parseFloat(trimmed)
  const normal = String(number)
  if (/e/i.test(trimmed)) return digits(trimmed) === digits(normal) ? number : unsafe
  return /e/i.test(normal) || normal === decimal(trimmed) ? number + 0 : unsafe
}

const digits = (text: string): string =>
  text.replace(/e.*$/i, "").replace(/[^\d]/g, "").replace(/^0+/, "").replace(/0+$/, "")

const decimal = (text: string): string => {
  const plain = text
    .replace(/^\+/, "")
    .replace(/\.0*$/, "")
    .replace(/^(-?)\.([^.]*)$/, "$10.$2")
    .replace(/^(-?)0+([0-9])/, "$1$2")
  const trimmed = plain.includes(".") ? plain.replace(/0+$/, "") : plain
  return trimmed === "-0" ? "0" : trimmed
}
