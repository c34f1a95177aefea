import * as Result from "effect/Result"

const plain = /^[A-Za-z0-9_-]+$/
// A server or proxy on the way may decode and resolve a path. So these patterns match slashes and dots, percent-encoded or not.
const slash = /[/\\]|%(?:25)*(?:2f|5c)/i
const dotSegment = /^(?:\.|%(?:25)*2e){1,2}$/i

/** The longest id or name. Ids have 25 characters, and names at most 191 bytes; a longer one may not fit into a request line. */
const maxLength = 1024

/**
 * An id, encoded as exactly one path segment, or the reason why it cannot be one.
 *
 * The server trims the segment and then reads it (wire contract 3.2), so blanks around the id do not count.
 */
export const encode = (id: unknown): Result.Result<string, string> => {
  if (typeof id !== "string") return Result.fail("expected a string")
  if (id.length > maxLength) return Result.fail(`expected an id of at most ${maxLength} characters`)
  if (plain.test(id)) return Result.succeed(id)
  const trimmed = id.trim()
  if (trimmed === "") return Result.fail("expected a non-blank id")
  if (trimmed.split(slash).some((part) => dotSegment.test(part))) return Result.fail("a dot segment is not an id")
  if (trimmed.includes("\0")) return Result.fail("expected an id without NUL")
  if (!trimmed.isWellFormed()) return Result.fail("expected well-formed Unicode")
  return Result.succeed(encodeURIComponent(trimmed))
}

/** {@link encode} for the id of a contact: it refuses the forms that the server answers with a bare 500 (wire contract 3.2). */
export const encodeContactId = (id: unknown): Result.Result<string, string> => {
  const encoded = encode(id)
  if (typeof id !== "string" || Result.isFailure(encoded) || plain.test(id)) return encoded
  const trimmed = id.trim()
  if (trimmed.startsWith("@")) return Result.fail("contacts have no alias: expected an id or (Some Name)")
  return /^\(\s*\)$/.test(trimmed) ? Result.fail("expected a name between the parentheses") : encoded
}

/** True if two plain ids are the same. Some databases compare them without regard to case. */
export const isSame = (left: string, right: string): boolean =>
  left === right || left.toLowerCase() === right.toLowerCase()

/** True if an id always names the same contact, unlike `(Some Name)`, which the server looks up each time. */
export const isPlain = (id: string): boolean => id.length <= maxLength && plain.test(id.trim())
