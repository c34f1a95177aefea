import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Contact from "../../../Contact.ts"
import { UsageError } from "../../support/CliFailure.ts"
import type { ContactFlags } from "../ContactFlags.ts"
import * as ContactFields from "./ContactFields.ts"
import * as ContactWrite from "./ContactWrite.ts"

/** The input of {@link update}. */
export interface UpdateInput extends ContactFlags {
  readonly id: string | undefined
  readonly concurrency: number
  readonly dryRun: boolean
}

const noChange = new UsageError({
  message: "There is no change",
  next: "Give flags such as --name or --set meta.tier=gold."
})
const noId = new UsageError({ message: "The change has no id", next: "Give the id of the contact." })

/** A row as the id and the change. `createdAt` and `updatedAt`, which a row of `list` has, are ignored: no write accepts them. */
const partsOf = (row: object): Effect.Effect<{ readonly id: string; readonly request: object }, UsageError> => {
  const { createdAt: _, id, updatedAt: __, ...request }: Record<string, unknown> = { ...row }
  return Predicate.isString(id) ? Effect.succeed({ id, request }) : Effect.fail(noId)
}

const checked = Effect.fnUntraced(function* (row: object) {
  const { id, request } = yield* partsOf(row)
  return { id, request: yield* ContactFields.checkUpdate(request) }
})

const requestOf = (input: UpdateInput): Result.Result<object, UsageError> | undefined => {
  const { id } = input
  const isGiven = ContactFields.isGiven(input)
  if (id === undefined) return isGiven ? Result.fail(noId) : undefined
  return isGiven ? Result.map(ContactFields.toUpdate(input), (request) => ({ id, ...request })) : Result.fail(noChange)
}

/** Changes a contact, or one for each row. */
export const update = (input: UpdateInput) =>
  ContactWrite.run(
    { check: checked, send: (row) => Effect.flatMap(checked(row), ({ id, request }) => Contact.update(id, request)) },
    {
      ...input,
      request: requestOf(input),
      next: "Give an id and flags such as --name, or changes on standard input, one JSON object with an id a line."
    }
  )
