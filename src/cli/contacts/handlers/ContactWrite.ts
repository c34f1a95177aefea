/** A write of contacts: one from flags, or one for each row of standard input. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { Client } from "../../../Client.ts"
import type { ContactRef } from "../../../Contact.ts"
import type { ContactError } from "../../../Errors.ts"
import type { UsageError } from "../../support/CliFailure.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import * as Input from "../../support/Input.ts"
import * as Output from "../../support/Output.ts"
import * as Results from "../../support/Results.ts"
import { refShape, type Shape } from "../../format/Shape.ts"

/** A write, by its request that nothing has checked. */
export interface Write {
  /** The request as it is sent, checked. */
  readonly check: (request: object) => Effect.Effect<object, ContactError | UsageError>
  /** Sends it. */
  readonly send: (request: object) => Effect.Effect<ContactRef, ContactError | UsageError, Client>
}

const requestShape: Shape = { fields: ["row", "dryRun", "id", "request"], table: ["row", "id", "request"] }

/** The options of {@link run}. */
export interface Options {
  /** The request of the flags; undefined if there is none. */
  readonly request: Result.Result<object, UsageError> | undefined
  readonly concurrency: number
  readonly dryRun: boolean
  /** The flags that the command takes instead of rows. */
  readonly next: string
}

const one = (write: Write, request: object, { dryRun }: Options) =>
  dryRun
    ? Effect.flatMap(write.check(request), (checked) => Output.item({ dryRun: true, ...checked }, requestShape))
    : ApiClient.provide(Output.result(write.send(request), refShape))

const each = Effect.fnUntraced(function* (write: Write, { concurrency, dryRun, next }: Options) {
  const rows = yield* Input.objects(next)
  if (dryRun) {
    const checked = Results.forEach(rows, write.check, concurrency)
    const numbered = Stream.map(checked, ({ result, row }) => ({
      row,
      result: Result.map(result, (request) => ({ row, dryRun: true, ...request }))
    }))
    return yield* Results.reads(numbered, requestShape)
  }
  return yield* ApiClient.provide(Results.writes(Results.forEach(rows, write.send, concurrency)))
})

/** Writes the contact of the flags, or one for each row. A dry run checks and shows the requests, and needs no secret. */
export const run = (write: Write, options: Options) =>
  Effect.suspend(() =>
    options.request === undefined
      ? each(write, options)
      : Effect.flatMap(Effect.fromResult(options.request), (request) => one(write, request, options))
  )
