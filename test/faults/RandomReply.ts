import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Fake from "../support/FakeHttp.ts"

/** Where chance comes from. */
export interface Dice {
  readonly below: (limit: number) => number
  readonly chance: (probability: number) => boolean
}

const pick = <A>(dice: Dice, values: readonly [A, ...ReadonlyArray<A>]): A =>
  values[dice.below(values.length)] ?? values[0]

const encoder = new TextEncoder()

const ordinary = [200, 400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 429, 500, 501, 502, 503, 504] as const

const statusOf = (dice: Dice): number => {
  if (dice.chance(0.5)) return 200
  return dice.chance(0.8) ? pick(dice, ordinary) : 200 + dice.below(400)
}

const codes = [
  "BAD_REQUEST",
  "NOT_AUTHENTICATED",
  "NOT_FOUND",
  "CONFLICT",
  "LIMITS_REACHED",
  "GENERIC_ERROR",
  "NEW_CODE",
  "",
  "not a code"
] as const

const numbers = ["0", "-0", "1e400", "-1e400", "1e-400", "9007199254740993", `${"9".repeat(400)}`, "1.5"] as const

const values = ["null", "true", '""', "[]", "{}", '"text"', '"\\ud800"', '{"__proto__":{"x":1}}'] as const

const errorBody = (dice: Dice, quoted: string): string => {
  const code = JSON.stringify(dice.chance(0.1) ? quoted : pick(dice, codes))
  const message = JSON.stringify(dice.chance(0.5) ? quoted : "Something is amiss")
  return pick(dice, [
    `{"code":${code},"message":${message}}`,
    `{"message":${message}}`,
    `{"code":${dice.below(9)},"message":{"a":${message}}}`,
    `{"error":${code},"message":${message},"url":${message}}`,
    `{"code":${code},"message":${message},"items":[]}`
  ])
}

const contact = (dice: Dice): string => {
  // What a contact is ordered by never changes. Some share a time.
  const number = 100 + dice.below(60)
  const text = JSON.stringify(
    Fake.contact(`c${number}`, {
      createdAt: 1_700_000_000_000 + Math.floor(number / 2),
      ...(dice.chance(0.1) ? { extra: "field", verifiedAt: 1, meta: { a: [1, { b: null }] } } : {})
    })
  )
  return dice.chance(0.04) ? damaged(dice, text) : text
}

/** Takes something valid, and spoils it. */
const damaged = (dice: Dice, text: string): string => {
  const at = dice.below(text.length)
  switch (dice.below(6)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + dice.below(9))
    case 2:
      return text.replace(/"createdAt":\d+/, `"createdAt":${pick(dice, numbers)}`)
    case 3:
      return text.replace(/"id":"[^"]*"/, `"id":${pick(dice, values)}`)
    case 4:
      return text.replace(/"(name|email|meta)":[^,]*/, `"$1":${pick(dice, values)}`)
    default:
      return text.slice(0, at) + String.fromCharCode(dice.below(256)) + text.slice(at)
  }
}

const many = (dice: Dice, limit: number, make: () => string): ReadonlyArray<string> =>
  Array.from({ length: dice.below(limit) }, make)

const event = (dice: Dice, quoted: string): string => {
  const chance = dice.below(100)
  if (chance < 90) return `{"type":"item","data":${contact(dice)}}`
  if (chance < 92) return '{"type":"nop","data":{}}'
  if (chance < 93) return `{"type":"error","data":${errorBody(dice, quoted)}}`
  if (chance < 94) return '{"type":"later","data":[1]}'
  if (chance < 96) return ""
  return pick(dice, ["null", "[]", "{", `"${"x".repeat(200)}"`, '{"type":1}', '{"type":"item"}', '{"type":"error"}'])
}

const idOf = (line: string): string => /"id":"(\w+)"/.exec(line)?.[1] ?? ""

/** In the order of a list, with each contact once. */
const sorted = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Map(lines.map((line, index) => [idOf(line) === "" ? `${index}` : idOf(line), line])).values()].toSorted(
    (left, right) => (idOf(left) < idOf(right) ? -1 : 1)
  )

const lines = (dice: Dice, quoted: string): string => {
  const all = many(dice, dice.chance(0.1) ? 130 : 8, () => event(dice, quoted))
  const ordered = dice.chance(0.7) ? sorted(all) : all
  return ordered.join(dice.chance(0.1) ? "\r\n" : "\n") + (dice.chance(0.9) ? "\n" : "")
}

const textOf = (dice: Dice, url: string, streams: boolean, quoted: string): string => {
  if (dice.chance(0.1)) return errorBody(dice, quoted)
  if (dice.chance(0.1)) {
    return pick(dice, [
      "",
      quoted,
      `<!doctype html><p>${quoted}`,
      pick(dice, numbers),
      pick(dice, values),
      "[".repeat(5000),
      '{"a":'.repeat(5000),
      JSON.stringify(quoted),
      `{"id":${JSON.stringify(quoted)}`,
      `{"id":{${JSON.stringify(quoted)}:1},"items":[${JSON.stringify(quoted)}]}`
    ])
  }
  if (url.includes("/list")) {
    if (streams !== dice.chance(0.05)) return lines(dice, quoted)
    const items = many(dice, 8, () => contact(dice)).join(",")
    return `{"items":[${items}]${dice.chance(0.5) ? ',"cursor":"c1"' : ""}}`
  }
  return url.includes("/fetch") ? contact(dice) : `{"id":"c${dice.below(60)}"}`
}

const bytesOf = (dice: Dice, text: string): Uint8Array => {
  const bytes = encoder.encode(text)
  if (dice.chance(0.03)) bytes[dice.below(bytes.length)] = 0x80 + dice.below(128)
  if (dice.chance(0.03)) return bytes.subarray(0, dice.below(bytes.length))
  return bytes
}

const retryAfters = [
  "0",
  "1",
  "-1",
  "1.5",
  "",
  "soon",
  "9999999999",
  "9".repeat(400),
  "Thu, 01 Jan 1970 00:00:01 GMT",
  "Fri, 31 Dec 9999 23:59:59 GMT",
  "1, 2"
] as const

const types = [
  "application/json; charset=utf-8",
  "APPLICATION/JSON",
  "text/plain",
  "text/html",
  "application/problem+json",
  "",
  ";",
  "application/jsonl"
] as const

const headersOf = (dice: Dice, streams: boolean, quoted: string): Readonly<Record<string, string>> => ({
  "content-type": dice.chance(0.9) ? (streams ? "application/jsonl" : "application/json") : pick(dice, types),
  ...(dice.chance(0.1) ? { "content-length": pick(dice, ["0", "1", "5", "-1", "x", "1e9", "999999999999"]) } : {}),
  ...(dice.chance(0.1) ? { "retry-after": pick(dice, retryAfters) } : {}),
  ...(dice.chance(0.05) ? { "content-encoding": pick(dice, ["gzip", "br", "identity", "x"]) } : {}),
  ...(dice.chance(0.1) ? { "x-request-id": dice.chance(0.5) ? quoted : "iad1::abc-123" } : {}),
  ...(dice.chance(0.05) ? { location: `https://elsewhere.example/?${encodeURIComponent(quoted)}` } : {})
})

const chunksOf = (dice: Dice, bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  if (dice.chance(0.7)) return [bytes]
  const longest = pick(dice, [1, 2, 7, 64, 1000] as const)
  const chunks: Array<Uint8Array> = []
  // No more than so many: what is left comes in one.
  for (let at = 0; at < bytes.length;) {
    const size = chunks.length > 40 ? bytes.length : dice.below(longest + 1)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const endOf = (dice: Dice): "close" | "error" | "hang" => {
  if (dice.chance(0.85)) return "close"
  return dice.chance(0.5) ? "error" : "hang"
}

const bodiless = new Set([204, 205, 304])

/** A reply to a request, most often one of the right kind with something wrong in it. It may quote a text. */
export const reply = (dice: Dice, request: HttpClientRequest.HttpClientRequest, quoted: string): Response => {
  const status = statusOf(dice)
  const streams = status === 200 && request.headers["accept"] === "application/jsonl"
  const headers = headersOf(dice, streams, quoted)
  if (bodiless.has(status)) return new Response(null, { status, headers })
  const bytes = bytesOf(dice, textOf(dice, request.url, streams, quoted))
  const body = Fake.bodyOf(chunksOf(dice, bytes), { end: endOf(dice) })
  return new Response(status !== 200 && dice.chance(0.05) ? null : body, { status, headers })
}
