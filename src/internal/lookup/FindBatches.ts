import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import * as Validate from "../call/request/Validate.ts"
import { pageSize } from "../list/ListQuery.ts"
import * as FindQuery from "./FindQuery.ts"
import type { FindRequest } from "./FindRequest.ts"
import type { FoundContact } from "./FoundContact.ts"

/** The field of a contact that each list of a request is compared with. The most selective list comes first. */
const fields = { ids: "id", fingerprints: "fingerprint", emails: "email" } as const

type ListName = keyof typeof fields

/** A part of a lookup: one request can have only so many values, and so many bytes. */
export interface Batch {
  /** The variables of its requests. They have only the most selective list of the lookup. */
  readonly variables: FindQuery.Variables
  /**
   * True if a contact matches all lists exactly. The collation of a database may ignore case and trailing blanks
   * (wire contract 12.2).
   */
  readonly matches: (contact: FoundContact) => boolean
}

/** All batches of a lookup. */
export interface Batches {
  readonly batches: ReadonlyArray<Batch>
  /** True if a contact can stop matching the variables. Its id never changes. */
  readonly isFiltered: boolean
  /** True if two batches can find the same contact, because its value changes meanwhile. */
  readonly canOverlap: boolean
}

const encoder = /* @__PURE__ */ new TextEncoder()

const bytesOf = (json: unknown): number => encoder.encode(JSON.stringify(json)).length

/** An upper bound of the bytes that a text takes in a JSON array, which is exact for long texts. */
const sizeOf = (text: string): number => (text.length < 200 ? 6 * text.length + 3 : bytesOf(text) + 1)

/** No id of the server is nearly as long. */
const longestId = /* @__PURE__ */ "c".repeat(1000)

/** The bytes that are left for the values of a list in a request with these variables. */
const roomFor = (variables: FindQuery.Variables, name: ListName): number =>
  Validate.maxBytes - bytesOf(FindQuery.body({ ...variables, [name]: [] }, longestId))

/** Splits different values into batches of at most one page and at most `room` bytes. */
const split = (values: Iterable<string>, room: number): ReadonlyArray<ReadonlyArray<string>> => {
  const batches: Array<ReadonlyArray<string>> = []
  let batch: Array<string> = []
  let size = 0
  for (const value of new Set(values)) {
    const bytes = sizeOf(value)
    if (batch.length === 0 || batch.length === pageSize || size + bytes > room) {
      batches.push((batch = []))
      size = 0
    }
    batch.push(value)
    size += bytes
  }
  return batches
}

type Matches = Batch["matches"]

const isIn = (name: ListName, values: Iterable<string>): Matches => {
  const wanted = new Set<string | null>(values)
  return (contact) => wanted.has(contact[fields[name]])
}

/** Makes the batches of a request, or names the value that is too large for any. */
export const make = (request: FindRequest): Result.Result<Batches, Validate.Problem> => {
  const variables = FindQuery.variables(request)
  const lists = Struct.keys(fields).flatMap((name) => {
    const values = request[name]
    return values === undefined ? [] : [{ name, values }]
  })
  const [first, ...others] = lists
  const room = roomFor(variables, first?.name ?? "ids")
  if (room < 0) return Result.fail({ field: "meta", description: Validate.tooLarge })
  if (first === undefined) {
    const all = { variables, matches: () => true }
    return Result.succeed({ batches: [all], isFiltered: request.meta !== undefined, canOverlap: false })
  }
  const { name, values } = first
  const tooLarge = values.findIndex((value) => sizeOf(value) > room)
  if (tooLarge !== -1) return Result.fail({ field: `${name}.${tooLarge}`, description: Validate.tooLarge })
  const matchers = others.map((list) => isIn(list.name, list.values))
  const batches = lists.some((list) => list.values.length === 0) ? [] : split(values, room)
  return Result.succeed({
    batches: batches.map((batch): Batch => {
      const conditions = [isIn(name, batch), ...matchers]
      return {
        variables: { ...variables, [name]: batch },
        matches: (contact) => conditions.every((matches) => matches(contact))
      }
    }),
    isFiltered: name !== "ids" || request.meta !== undefined,
    canOverlap: name !== "ids" && batches.length > 1
  })
}
