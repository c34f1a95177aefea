/** The lists of the items of a contact. */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import * as OperationSpan from "../call/OperationSpan.ts"
import type * as CompleteList from "../list/CompleteList.ts"
import * as ListCall from "../list/ListCall.ts"
import type { Page } from "../list/ListPage.ts"
import * as PageLines from "../list/PageLines.ts"
import type { Key } from "../list/ResumePoint.ts"
import * as CursorSearch from "./CursorSearch.ts"
import * as OwnItems from "./OwnItems.ts"

/** The list of the items of one kind that a contact has. */
export type Source<A extends Key> = CompleteList.Source<A, "NotFound">

type ListError<A extends Key> = Operation.Error<Source<A>["list"]>

/** The schema of a page of items, and that of its items. */
interface PageSchema<A> extends Schema.ConstraintDecoder<Page<A>> {
  readonly fields: { readonly items: Schema.ConstraintDecoder<ReadonlyArray<A>> }
}

/** Describes the list of the items of one kind. `module` is the public module that has it, such as `ContactMemory`. */
export const make = <A extends Key>(module: string, kind: string, page: PageSchema<A>): Source<A> => {
  const common = {
    method: "GET",
    path: `/contact/{contactId}/${kind}/list`,
    safety: "read",
    failures: ["NotFound"]
  } as const
  const list = Operation.make({ ...common, name: `${module}.list`, streams: kind, success: page.fields.items })
  const source: Source<A> = {
    list,
    listOf: ({ contactId }) => OwnItems.only(list, contactId),
    listPage: Operation.make({ ...common, name: `${module}.listPage`, fromLines: PageLines.toPage, success: page }),
    hasCursor: (runner, cursor, order, input) => CursorSearch.run(runner, source, cursor, order, input)
  }
  return source
}

/** True for the name of a contact, in parentheses (wire contract 3.2). */
const isName = (contactId: unknown): contactId is string => {
  if (typeof contactId !== "string") return false
  const trimmed = contactId.trim()
  return trimmed.startsWith("(") && trimmed.endsWith(")")
}

/** Refuses the name of a contact: the server looks it up for every page, and could list the items of several contacts. */
export const refuseName = <O extends Operation.Any>(
  operation: O,
  contactId: unknown
): Effect.Effect<void, Operation.Error<O>> =>
  isName(contactId)
    ? Effect.fail(
        OperationError.refusal(
          operation,
          Failure.refused(
            "contactId",
            "expected an id, since a name can be that of another contact on the next page (Contact.fetch gives the id)"
          ),
          contactId
        )
      )
    : Effect.void

/** The complete list of a request, as a span. */
export const list = <A extends Key, R>(
  client: Effect.Effect<OperationRunner, never, R>,
  source: Source<A>,
  contactId: string,
  request: unknown
): Stream.Stream<A, ListError<A>, R> =>
  Stream.unwrap(
    ListCall.list(Effect.andThen(refuseName(source.list, contactId), client), source, request, { contactId })
  ).pipe(Stream.withSpan(source.list.name))

/** The page of a request, as a span. */
export const listPage = <A extends Key, R>(
  client: Effect.Effect<OperationRunner, never, R>,
  source: Source<A>,
  contactId: string,
  request: unknown
): Effect.Effect<Page<A>, ListError<A>, R> =>
  ListCall.listPage(OwnItems.onlyPages(client, contactId), source, request, { contactId }).pipe(
    OperationSpan.make(source.listPage.name)
  )
