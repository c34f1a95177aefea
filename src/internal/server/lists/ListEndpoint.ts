import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type { Scope } from "effect/Scope"
import type { AuthorizedCall, Endpoint } from "../Endpoint.ts"
import type { Identified } from "../faults/Interceptor.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import * as Negotiation from "../http/Negotiation.ts"
import * as Reply from "../http/ServerReply.ts"
import type { ListOperation } from "../OperationName.ts"
import type { PageQuery } from "../store/RowPage.ts"
import * as EventEncoder from "./EventEncoder.ts"
import * as ListReply from "./ListReply.ts"
import * as MetaFilter from "./MetaFilter.ts"
import * as Paging from "./Paging.ts"
import type { RowShape } from "./RowShape.ts"

type Checked<A> = Result.Result<A, ApiFailure.ApiFailure>

/** The source of a list: its pages, and the forms of its rows. */
export interface ListSource<Row extends Identified> extends RowShape<Row> {
  /**
   * Reads a page. Called once for every page. The query is a failure if the database can't run it, which other failures
   * may precede.
   */
  readonly page: (call: AuthorizedCall, query: Checked<PageQuery>) => Checked<ReadonlyArray<Row>>
}

const rateLimitedPath = "/list"

/**
 * An endpoint that answers with a list, in the format that `Accept` names, paged or streamed (wire contract 4 and 5).
 * Its refusals have the form of the stream wrapper, not that of a handler.
 */
export const make = <Row extends Identified>(
  operation: ListOperation,
  path: string,
  source: ListSource<Row>
): Endpoint => {
  const encoders = EventEncoder.make(source)
  const handle = Effect.fnUntraced(function* (
    call: AuthorizedCall
  ): Effect.fn.Return<HttpServerResponse, ApiFailure.ApiFailure, Scope> {
    const format = yield* Effect.fromResult(Negotiation.negotiate(call.request.headers["accept"]))
    yield* takeFromRateLimit(call)
    const paging = Paging.fromQuery(call.query)
    const selection = Result.all({ order: paging.order, matches: MetaFilter.fromQuery(call.query) })
    const query = (cursor: string | undefined) =>
      Result.map(selection, (selected) => ({ ...selected, take: paging.pageSize, cursor }))
    let index = 0
    const read = (cursor: string | undefined) =>
      call.interceptor.page(call, {
        index: index++,
        cursor,
        streamed: format !== "json",
        read: (cursor) => Effect.suspend(() => Effect.fromResult(source.page(call, query(cursor))))
      })
    return yield* format === "json"
      ? ListReply.page({ rows: read(paging.cursor), toJson: source.toJson, startedAt: call.startedAt })
      : ListReply.stream({
          read,
          paging,
          encoder: encoders[format],
          contentType: Negotiation.contentTypes[format]
        })
  })
  return {
    operation,
    method: "GET",
    path,
    handle: (call) =>
      handle(call).pipe(Effect.catchTag("ApiFailure", (failure) => Effect.succeed(Reply.streamFailure(failure))))
  }
}

const takeFromRateLimit = Effect.fnUntraced(function* (call: AuthorizedCall) {
  if (!call.path.endsWith(rateLimitedPath)) return
  const now = yield* Clock.currentTimeMillis
  if (!call.state.pollLimit.take(call.account, now)) return yield* Effect.fail(ApiFailure.limitsReached)
})
