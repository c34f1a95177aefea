import * as Effect from "effect/Effect"
import * as Contact from "../../../Contact.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import * as Input from "../../support/Input.ts"
import * as Output from "../../support/Output.ts"
import * as Results from "../../support/Results.ts"
import { contactShape } from "../ContactShape.ts"

/** The input of {@link get}. */
export interface GetInput {
  readonly ids: ReadonlyArray<string>
  readonly concurrency: number
}

const one = (id: string) => Output.result(Contact.fetch(id), contactShape)

const many = Effect.fnUntraced(function* ({ concurrency, ids }: GetInput) {
  const rows = yield* Input.ids(ids)
  yield* Results.reads(Results.forEach(rows, Contact.fetch, concurrency), contactShape)
})

/** Writes the contacts with these ids. One id is one object; several are a list, and a missing contact ends nothing. */
export const get = (input: GetInput) => {
  const [id, ...others] = input.ids
  return ApiClient.provide(id !== undefined && others.length === 0 ? one(id) : many(input))
}
