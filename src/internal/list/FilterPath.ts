/**
 * The path into `meta` that a condition of a list has. The client writes it in a form that SQLite and MySQL read alike. It
 * refuses a path that the server answers with a bare 500, or ignores, so that it lists everything (wire contract 4).
 */
import * as Result from "effect/Result"

/** A label in double quotes, with the escapes of JSON, or the text up to the next dot or bracket. */
const label = /"(?:[^"\\]|\\.)*"|[^.["][^.[]*/y
const index = /\[(?:0|[1-9]\d{0,8})\]/y

/** A label that both databases read without quotes. */
const identifier = /^[A-Za-z_]\w*$/

/** The match of a pattern at a position, if there is one. */
const matchAt = (pattern: RegExp, key: string, position: number): string | undefined => {
  pattern.lastIndex = position
  return pattern.exec(key)?.[0]
}

/** The text of a label in quotes, or undefined if the label is not JSON. */
const unquoted = (text: string): string | undefined => Result.getOrUndefined(Result.try((): string => JSON.parse(text)))

/** The path to send for the key of a condition, or the problem of the key. */
export const fromKey = (key: string): Result.Result<string, string> => {
  let path = ""
  let position = 0
  while (true) {
    const found = matchAt(label, key, position)
    if (found === undefined) {
      return Result.fail(
        key[position] === '"'
          ? 'Expected a closing quote, as in "a.b"'
          : "Expected a name at the beginning and after each dot, as in tags[0].name"
      )
    }
    const name = found.startsWith('"') ? unquoted(found) : found
    if (name === undefined) return Result.fail("Expected a name in quotes to be JSON text")
    path += identifier.test(name) ? name : JSON.stringify(name)
    position += found.length
    for (let next = matchAt(index, key, position); next !== undefined; next = matchAt(index, key, position)) {
      path += next
      position += next.length
    }
    if (position === key.length) return Result.succeed(path)
    if (key[position] === "[") return Result.fail("Expected an index in brackets, as in tags[0]")
    if (key[position] !== ".") return Result.fail("Expected a dot or a bracket after a closing quote or bracket")
    path += "."
    position++
  }
}
