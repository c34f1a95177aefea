import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Client } from "../../../Client.ts"
import * as Contact from "../../../Contact.ts"
import { countText } from "../../format/CountText.ts"
import { refShape } from "../../format/Shape.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import * as Confirm from "../../support/Confirm.ts"
import type { ConfirmFlags } from "../../support/ConfirmFlags.ts"
import * as Input from "../../support/Input.ts"
import * as Output from "../../support/Output.ts"
import * as Results from "../../support/Results.ts"
import * as ContactSample from "./ContactSample.ts"

/** The input of {@link remove}. */
export interface DeleteInput extends ConfirmFlags {
  readonly ids: ReadonlyArray<string>
  readonly concurrency: number
}

const all = Effect.fnUntraced(function* (input: DeleteInput) {
  const rows = yield* Stream.runCollect(yield* Input.ids(input.ids))
  // A contact that is named twice is one contact.
  const ids = [...new Set(rows.flatMap(({ value }) => (Result.isSuccess(value) ? [value.success] : [])))]
  const { settings } = yield* Client
  const sample = yield* ContactSample.of(ids)
  const plan: Confirm.Plan = {
    operation: "Contact.delete",
    action: `Delete ${countText(ids.length, "contact")}`,
    count: ids.length,
    sample,
    lines: sample.map(Confirm.describe),
    digest: Confirm.digestOf("Contact.delete", settings.prefix, { ...settings.headers }, ids)
  }
  const [id, ...others] = input.ids
  const writes =
    id !== undefined && others.length === 0
      ? Output.result(Contact.delete(id), refShape)
      : Results.writes(Results.forEach(Stream.fromIterable(rows), Contact.delete, input.concurrency))
  yield* rows.length === 0 ? Effect.void : Confirm.run(plan, input, writes)
})

/** Deletes the contacts with these ids, after a confirmation. */
export const remove = (input: DeleteInput) => ApiClient.provide(all(input))
