import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Fake from "../support/FakeHttp.ts"

/** A source of randomness. */
export interface RandomSource {
  readonly below: (limit: number) => number
  readonly chance: (probability: number) => boolean
}

const pick = <A>(random: RandomSource, values: readonly [A, ...ReadonlyArray<A>]): A =>
  values[random.below(values.length)] ?? values[0]

const encoder = new TextEncoder()

const ordinary = [200, 400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 429, 500, 501, 502, 503, 504] as const

const statusOf = (random: RandomSource): number => {
  if (random.chance(0.5)) return 200
  return random.chance(0.8) ? pick(random, ordinary) : 200 + random.below(400)
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

const errorBody = (random: RandomSource, quoted: string): string => {
  const code = JSON.stringify(random.chance(0.1) ? quoted : pick(random, codes))
  const message = JSON.stringify(random.chance(0.5) ? quoted : "Something is amiss")
  return pick(random, [
    `{"code":${code},"message":${message}}`,
    `{"message":${message}}`,
    `{"code":${random.below(9)},"message":{"a":${message}}}`,
    `{"error":${code},"message":${message},"url":${message}}`,
    `{"code":${code},"message":${message},"items":[]}`
  ])
}

const contact = (random: RandomSource): string => {
  // The time of a contact never changes, since lists are ordered by it. Two contacts share each time.
  const number = 100 + random.below(60)
  const text = JSON.stringify(
    Fake.contact(`c${number}`, {
      createdAt: 1_700_000_000_000 + Math.floor(number / 2),
      ...(random.chance(0.1) ? { extra: "field", verifiedAt: 1, meta: { a: [1, { b: null }] } } : {})
    })
  )
  return random.chance(0.04) ? damaged(random, text) : text
}

/** A contact with one defect. */
const damaged = (random: RandomSource, text: string): string => {
  const at = random.below(text.length)
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + random.below(9))
    case 2:
      return text.replace(/"createdAt":\d+/, `"createdAt":${pick(random, numbers)}`)
    case 3:
      return text.replace(/"id":"[^"]*"/, `"id":${pick(random, values)}`)
    case 4:
      return text.replace(/"(name|email|meta)":[^,]*/, `"$1":${pick(random, values)}`)
    default:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at)
  }
}

const many = (random: RandomSource, limit: number, make: () => string): ReadonlyArray<string> =>
  Array.from({ length: random.below(limit) }, make)

const event = (random: RandomSource, quoted: string): string => {
  const chance = random.below(100)
  if (chance < 90) return `{"type":"item","data":${contact(random)}}`
  if (chance < 92) return '{"type":"nop","data":{}}'
  if (chance < 93) return `{"type":"error","data":${errorBody(random, quoted)}}`
  if (chance < 94) return '{"type":"later","data":[1]}'
  if (chance < 96) return ""
  return pick(random, ["null", "[]", "{", `"${"x".repeat(200)}"`, '{"type":1}', '{"type":"item"}', '{"type":"error"}'])
}

const idOf = (line: string): string => /"id":"(\w+)"/.exec(line)?.[1] ?? ""

/** The lines in the order of a list, with each contact once. */
const sorted = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Map(lines.map((line, index) => [idOf(line) === "" ? `${index}` : idOf(line), line])).values()].toSorted(
    (left, right) => (idOf(left) < idOf(right) ? -1 : 1)
  )

const lines = (random: RandomSource, quoted: string): string => {
  const all = many(random, random.chance(0.1) ? 130 : 8, () => event(random, quoted))
  const ordered = random.chance(0.7) ? sorted(all) : all
  return ordered.join(random.chance(0.1) ? "\r\n" : "\n") + (random.chance(0.9) ? "\n" : "")
}

const textOf = (random: RandomSource, url: string, streams: boolean, quoted: string): string => {
  if (random.chance(0.1)) return errorBody(random, quoted)
  if (random.chance(0.1)) {
    return pick(random, [
      "",
      quoted,
      `<!doctype html><p>${quoted}`,
      pick(random, numbers),
      pick(random, values),
      "[".repeat(5000),
      '{"a":'.repeat(5000),
      JSON.stringify(quoted),
      `{"id":${JSON.stringify(quoted)}`,
      `{"id":{${JSON.stringify(quoted)}:1},"items":[${JSON.stringify(quoted)}]}`
    ])
  }
  if (url.includes("/list")) {
    if (streams !== random.chance(0.05)) return lines(random, quoted)
    const items = many(random, 8, () => contact(random)).join(",")
    return `{"items":[${items}]${random.chance(0.5) ? ',"cursor":"c1"' : ""}}`
  }
  return url.includes("/fetch") ? contact(random) : `{"id":"c${random.below(60)}"}`
}

const bytesOf = (random: RandomSource, text: string): Uint8Array => {
  const bytes = encoder.encode(text)
  if (random.chance(0.03)) bytes[random.below(bytes.length)] = 0x80 + random.below(128)
  if (random.chance(0.03)) return bytes.subarray(0, random.below(bytes.length))
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

const headersOf = (random: RandomSource, streams: boolean, quoted: string): Readonly<Record<string, string>> => ({
  "content-type": random.chance(0.9) ? (streams ? "application/jsonl" : "application/json") : pick(random, types),
  ...(random.chance(0.1) ? { "content-length": pick(random, ["0", "1", "5", "-1", "x", "1e9", "999999999999"]) } : {}),
  ...(random.chance(0.1) ? { "retry-after": pick(random, retryAfters) } : {}),
  ...(random.chance(0.05) ? { "content-encoding": pick(random, ["gzip", "br", "identity", "x"]) } : {}),
  ...(random.chance(0.1) ? { "x-request-id": random.chance(0.5) ? quoted : "iad1::abc-123" } : {}),
  ...(random.chance(0.05) ? { location: `https://elsewhere.example/?${encodeURIComponent(quoted)}` } : {})
})

const chunksOf = (random: RandomSource, bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  if (random.chance(0.7)) return [bytes]
  const longest = pick(random, [1, 2, 7, 64, 1000] as const)
  const chunks: Array<Uint8Array> = []
  // After 40 chunks, the rest is one chunk.
  for (let at = 0; at < bytes.length;) {
    const size = chunks.length > 40 ? bytes.length : random.below(longest + 1)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const endOf = (random: RandomSource): "close" | "error" | "hang" => {
  if (random.chance(0.85)) return "close"
  return random.chance(0.5) ? "error" : "hang"
}

const bodiless = new Set([204, 205, 304])

/** A random reply to a request, mostly of the right type with one defect. It may quote `quoted`. */
export const reply = (random: RandomSource, request: HttpClientRequest.HttpClientRequest, quoted: string): Response => {
  const status = statusOf(random)
  const streams = status === 200 && request.headers["accept"] === "application/jsonl"
  const headers = headersOf(random, streams, quoted)
  if (bodiless.has(status)) return new Response(null, { status, headers })
  const bytes = bytesOf(random, textOf(random, request.url, streams, quoted))
  const body = Fake.bodyOf(chunksOf(random, bytes), { end: endOf(random) })
  return new Response(status !== 200 && random.chance(0.05) ? null : body, { status, headers })
}
