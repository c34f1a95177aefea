/** Text of contacts on a terminal. */

/**
 * The characters that change a terminal's state or the order of the text on it: controls but for line ends, and the controls of
 * bidirectional text.
 */
const unsafe =
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  /\r(?!\n)|[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** Text with its control characters written as in JSON, line ends aside. JSON stays the same value. */
export const escapeText = (text: string): string => text.replace(unsafe, escaped)

/** Text on one line, for a cell or a message: line ends are escaped too. */
export const escapeLine = (text: string): string => escapeText(text.replaceAll("\n", "\\n").replaceAll("\r", "\\r"))
