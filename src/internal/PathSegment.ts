import * as Result from "effect/Result"

const plain = /^[A-Za-z0-9_-]+$/
// Some server or proxy on the way may decode and resolve a path, so both are looked for behind any percent-encoding.
const slash = /[/\\]|%(?:25)*(?:2f|5c)/i
const dotSegment = /^(?:\.|%(?:25)*2e){1,2}$/i

/**
 * Encodes an id as exactly one path segment, or says why it cannot be one.
 *
 * The server trims the segment and then reads it (wire contract 3.2), so blanks around the id do not count.
 */
export const encode = (id: unknown): Result.Result<string, string> => {
  if (typeof id !== "string") return Result.fail("expected a string")
  if (plain.test(id)) return Result.succeed(id)
  const trimmed = id.trim()
  if (trimmed === "") return Result.fail("expected a non-blank id")
  if (trimmed.split(slash).some((part) => dotSegment.test(part))) return Result.fail("a dot segment is not an id")
  if (trimmed.includes("\0")) return Result.fail("expected an id without NUL")
  if (!trimmed.isWellFormed()) return Result.fail("expected well-formed Unicode")
  return Result.succeed(encodeURIComponent(trimmed))
}

/** Whether an id names one contact for good, unlike `(Some Name)` and `@alias`, which the server looks up anew. */
export const isPlain = (id: string): boolean => plain.test(id.trim())
