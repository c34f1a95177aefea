import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Assumptions from "../Assumptions.ts"
import * as Identifier from "../contacts/Identifier.ts"
import * as Endpoint from "../Endpoint.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import * as JoiObject from "../http/JoiObject.ts"
import * as RequestBody from "../http/RequestBody.ts"
import type { MemoryRecord } from "./ItemRecord.ts"

/** The number of memories that are ranked. */
const candidates = 50

/** The most memories that are sent. */
const maxFound = 10

/** `POST /contact/{contactId}/memory/search` (wire contract 3.8.2). */
export const search = Endpoint.json(
  "ContactMemory.search",
  "POST",
  "/contact/{contactId}/memory/search",
  Effect.fnUntraced(function* (call) {
    const body = yield* RequestBody.validated(call.body)
    const search = yield* Effect.fromResult(validate(body))
    const contact = yield* Effect.fromResult(Identifier.contact(call))
    const memories = call.state.items.memories
      .rowsOf(contact.id)
      .filter((memory) => memory.account === call.account.id)
      .toSorted(byUpdate)
      .slice(0, candidates)
    if (memories.length > 0 && search === undefined) {
      return yield* Effect.fail(ApiFailure.genericError(Assumptions.searchWithoutQuery))
    }
    const found = ranked(memories, search ?? "").slice(0, maxFound)
    return JSON.stringify({ items: found.map(({ id, text }) => ({ id, text })) })
  })
)

const fields: ReadonlySet<string> = new Set(["search"])

const validate = (given: unknown): JoiObject.Checked<string | undefined> =>
  Result.gen(function* () {
    const body = yield* JoiObject.fromBody(given)
    const search = body["search"]
    if (search === "") return yield* JoiObject.refuse('"search" is not allowed to be empty')
    if (search !== undefined && typeof search !== "string") {
      return yield* JoiObject.refuse('"search" must be a string')
    }
    yield* JoiObject.onlyFields(body, fields)
    return search
  })

/** Newest update first. Of memories updated together, the one created last is first. */
const byUpdate = (left: MemoryRecord, right: MemoryRecord): number =>
  right.updatedAt - left.updatedAt || right.createdAt - left.createdAt || (left.id < right.id ? 1 : -1)

/** The memories by rank. The sort is stable, so that those of equal rank stay in their order. */
const ranked = (memories: ReadonlyArray<MemoryRecord>, search: string): ReadonlyArray<MemoryRecord> => {
  const rankOf = Assumptions.memoryRank(search)
  return memories
    .map((memory) => ({ memory, rank: rankOf(memory.text) }))
    .toSorted((left, right) => right.rank - left.rank)
    .map(({ memory }) => memory)
}
