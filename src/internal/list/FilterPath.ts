/**
 * The path into `meta` of a condition of a list. The client writes a path so that SQLite and MySQL read it alike. It refuses
 * a path that the server would answer with a bare 500, or would ignore and so list every contact (wire contract 4).
 */
import * as Result from "effect/Result"

/** A label in double quotes, with the escapes of JSON, or the text up to the next dot or bracket. */
const label = /"(?:[^"\\]|\\.)*"|[^.["][^.[]*/y
const index = /\[(?:0|[1-9]\d{0,8})\]/y

/** A label that both databases read without quotes. */
const identifier = /^[A-Za-z_]\w*$/

const at = (pattern: RegExp, key: string, place: number): string | undefined => {
  pattern.lastIndex = place
  return pattern.exec(key)?.[0]
}

/** The text of a label in quotes, or undefined if the label is not JSON. */
const unquoted = (text: string): string | undefined => Result.getOrUndefined(Result.try((): string => JSON.parse(text)))

/** The path to send for the key of a condition, or the problem of the key. */
export const fromKey = (key: string): Result.Result<string, string> => {
  let path = ""
  let place = 0
  while (true) {
    const found = at(label, key, place)
    if (found === undefined) {
      return Result.fail(
        key[place] === '"'
          ? 'Expected a closing quote, as in "a.b"'
          : "Expected a name at the beginning and after each dot, as in tags[0].name"
      )
    }
    const name = found.startsWith('"') ? unquoted(found) : found
    if (name === undefined) return Result.fail("Expected a name in quotes to be JSON text")
    path += identifier.test(name) ? name : JSON.stringify(name)
    place += found.length
    for (let step = at(index, key, place); step !== undefined; step = at(index, key, place)) {
      path += step
      place += step.length
    }
    if (place === key.length) return Result.succeed(path)
    if (key[place] === "[") return Result.fail("Expected an index in brackets, as in tags[0]")
    if (key[place] !== ".") return Result.fail("Expected a dot or a bracket after a closing quote or bracket")
    path += "."
    place++
  }
}
