import * as Data from "effect/Data"
import type { Effect } from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { Scope } from "effect/Scope"
import type { ApiFailure } from "../http/ApiFailure.ts"
import type { OperationName } from "../OperationName.ts"

/**
 * The connection is reset, before the response or in the middle of it. In process the client gets a transport error
 * with this as its cause; over a socket the connection is destroyed.
 */
export class ConnectionReset extends Data.TaggedError("ConnectionReset")<{}> {
  /** The code that Node gives this error over a socket. */
  readonly code = "ECONNRESET"
  override get message(): string {
    return "The server closed the connection"
  }
}

/** A request that is being answered. */
export interface Intercepted {
  readonly operation: OperationName
  /** The number of the request among those of its operation, from 1. */
  readonly attempt: number
  readonly request: HttpServerRequest
}

/** A row with an id, which is the cursor for the rows after it. */
export interface Identified {
  readonly id: string
}

/** Reads the rows of one page. */
export type PageRead<Row> = Effect<ReadonlyArray<Row>, ApiFailure>

/** Reads the page after a cursor, or the first one. */
export type ReadPage<Row> = (cursor: string | undefined) => PageRead<Row>

/** A page about to be read for a list, an export or a stream of one. */
export interface InterceptedPage<Row> {
  /** The number of the page in the reply, from 0. */
  readonly index: number
  /** The cursor that it is read with. */
  readonly cursor: string | undefined
  /** True if the reply is a stream of pages; false if it is this one page. */
  readonly streamed: boolean
  readonly read: ReadPage<Row>
}

/** The places where a reply can be changed, the same in process and over a socket. */
export interface Interceptor {
  /**
   * Wraps the reply to a request with the path of an operation, whatever its method. `reply` performs the operation,
   * and always gives a response: refusals are responses too. Its body may be a stream.
   */
  readonly reply: (
    intercepted: Intercepted,
    reply: Effect<HttpServerResponse, ConnectionReset, Scope>
  ) => Effect<HttpServerResponse, ConnectionReset, Scope>
  /**
   * Wraps the reading of a page from the store. A delay here is a slow database. An `ApiFailure` is a failing database:
   * it becomes an HTTP status before the first event of a stream, and an error event after it.
   */
  readonly page: <Row extends Identified>(intercepted: Intercepted, page: InterceptedPage<Row>) => PageRead<Row>
}

/** Changes nothing. */
export const none: Interceptor = {
  reply: (_, reply) => reply,
  page: (_, page) => page.read(page.cursor)
}
