import * as Result from "effect/Result"
import type * as Transport from "../../transport/Transport.ts"
import * as Failure from "../failure/Failure.ts"
import * as TransportFailure from "../failure/TransportFailure.ts"

/** The text of a body that was read up to `maxBytes`. */
export const text = (
  { body: { chunks, problem }, head: { status } }: Transport.WholeReply,
  maxBytes: number
): Result.Result<string, Failure.Failure> => {
  if (problem === undefined) return decode(status, chunks)
  return Result.fail(
    problem === "longer than the limit"
      ? Failure.unexpected(status, `The body is longer than ${maxBytes} bytes`)
      : TransportFailure.make(problem.cause, status)
  )
}

const utf8 = () => new TextDecoder("utf-8", { fatal: true })
const decoder = utf8()

const decode = (status: number, chunks: ReadonlyArray<Uint8Array>): Result.Result<string, Failure.Failure> =>
  Result.try({
    try: () => {
      // Making a decoder takes longer than decoding most bodies. Several chunks need one of their own.
      if (chunks.length <= 1) return decoder.decode(chunks[0])
      const own = utf8()
      return chunks.map((chunk) => own.decode(chunk, { stream: true })).join("") + own.decode()
    },
    catch: () => (endsInCharacter(chunks) ? Failure.cut(status) : Failure.unexpected(status, "The body is not UTF-8"))
  })

/** True if the bytes are UTF-8 but for a character that is cut at the end. */
const endsInCharacter = (chunks: ReadonlyArray<Uint8Array>): boolean =>
  Result.isSuccess(
    Result.try(() => {
      const own = utf8()
      for (const chunk of chunks) own.decode(chunk, { stream: true })
    })
  )

/** The characters of JSON outside of strings, other than brackets and braces. */
const outside = " \t\r\n0123456789+-.,:Eaeflnrstu"

/**
 * True if a body that is not JSON looks like an object or array whose end is missing. A proxy or server can end a body early
 * in a way that the transport takes for its end.
 */
export const endsEarly = (body: string): boolean => {
  if (!/^\s*[{[]/.test(body)) return false
  let depth = 0
  let isText = false
  for (let at = 0; at < body.length; at++) {
    const character = body.charAt(at)
    if (isText) {
      if (character === "\\") at++
      else if (character === '"') isText = false
    } else if (character === '"') isText = true
    else if (character === "{" || character === "[") depth++
    else if (character === "}" || character === "]") {
      if (--depth === 0) return false
    } else if (!outside.includes(character)) return false
  }
  return true
}
