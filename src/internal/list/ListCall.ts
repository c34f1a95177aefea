/** The calls of a list, with their requests checked. */
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import type * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import * as CheckedRequest from "../call/request/CheckedRequest.ts"
import * as CompleteList from "./CompleteList.ts"
import type { Page } from "./ListPage.ts"
import * as ListQuery from "./ListQuery.ts"
import { ListRequest } from "./ListRequest.ts"
import type { Key } from "./ResumePoint.ts"

type ListError<A, T extends Errors.Tag> = Operation.Error<Operation.Operation<ReadonlyArray<A>, T>>

/** Members that are `undefined` are kept, so that they are refused as conditions. Without them, a list would have more items. */
const check = /* @__PURE__ */ CheckedRequest.make(ListRequest, { keepsUndefined: true })

/** The complete list of a request. */
export const list = /* @__PURE__ */ Effect.fnUntraced(function* <A extends Key, T extends Errors.Tag, R>(
  client: Effect.Effect<OperationRunner, ListError<A, T>, R>,
  source: CompleteList.Source<A, T>,
  request: unknown,
  input?: CompleteList.Input
): Effect.fn.Return<Stream.Stream<A, ListError<A, T>>, ListError<A, T>, R> {
  const accepted = yield* check(source.list, request)
  return CompleteList.make(yield* client, source, accepted, input)
})

/** The page of a request. */
export const listPage = /* @__PURE__ */ Effect.fnUntraced(function* <A extends Key, T extends Errors.Tag, R>(
  client: Effect.Effect<OperationRunner, never, R>,
  { listPage }: CompleteList.Source<A, T>,
  request: unknown,
  input?: CompleteList.Input
): Effect.fn.Return<Page<A>, ListError<A, T>, R> {
  const accepted = yield* check(listPage, request)
  if (accepted.take === 0) return { items: [] }
  const runner = yield* client
  return (yield* runner.run(listPage, { ...input, query: ListQuery.make(accepted) })).value
})
