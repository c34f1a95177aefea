/** The calls of a list, with their requests checked. */
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import type * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import * as CheckedRequest from "../call/request/CheckedRequest.ts"
import type * as PlainJson from "../call/request/PlainJson.ts"
import * as Validate from "../call/request/Validate.ts"
import * as CompleteList from "./CompleteList.ts"
import type { Page } from "./ListPage.ts"
import * as ListQuery from "./ListQuery.ts"
import { ListRequest } from "./ListRequest.ts"
import type { Key } from "./ResumePoint.ts"

type ListError<A, T extends Errors.Tag> = Operation.Error<Operation.Operation<ReadonlyArray<A>, T>>

const check = /* @__PURE__ */ Validate.make(ListRequest, "request")

/** Keeps conditions that are `undefined`, so that they are refused. Without them, a list would have more items. */
const copyOptions: PlainJson.CopyOptions = { keepsUndefined: true }

/** The complete list of a request. */
export const list = /* @__PURE__ */ Effect.fnUntraced(function* <A extends Key, T extends Errors.Tag, R>(
  client: Effect.Effect<OperationRunner, never, R>,
  source: CompleteList.Source<A, T>,
  request: unknown,
  input?: CompleteList.Input
): Effect.fn.Return<Stream.Stream<A, ListError<A, T>>, ListError<A, T>, R> {
  const accepted = yield* CheckedRequest.make(source.list, request, check, copyOptions)
  return CompleteList.make(yield* client, source, accepted, input)
})

/** The page of a request. */
export const listPage = /* @__PURE__ */ Effect.fnUntraced(function* <A extends Key, T extends Errors.Tag, R>(
  client: Effect.Effect<OperationRunner, never, R>,
  source: CompleteList.Source<A, T>,
  request: unknown,
  input?: CompleteList.Input
): Effect.fn.Return<Page<A>, ListError<A, T>, R> {
  const accepted = yield* CheckedRequest.make(source.listPage, request, check, copyOptions)
  if (accepted.take === 0) return { items: [] }
  const runner = yield* client
  return (yield* runner.run(source.listPage, { ...input, query: ListQuery.make(accepted) })).value
})
