import * as Data from "effect/Data"
import type { Effect } from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { Scope } from "effect/Scope"
import type { ApiFailure } from "../http/ApiFailure.ts"
import type { OperationName } from "../OperationName.ts"

/**
 * The connection is reset, before the response or in the middle of it. In process the client gets a transport error with
 * this as its cause; over a socket the connection is destroyed.
 */
export class ConnectionReset extends Data.TaggedError("ConnectionReset")<{}> {
  /** The code that Node gives this error over a socket. */
  readonly code = "ECONNRESET"
  override get message(): string {
    return "The server closed the connection"
  }
}

/** Which request of which operation is being answered. */
export interface Intercepted {
  readonly operation: OperationName
  /** Which request of the operation it is, from 1. */
  readonly attempt: number
  readonly request: HttpServerRequest
}

/** A row has an id, which is the cursor for what comes after it. */
export interface Identified {
  readonly id: string
}

/** Reads the rows of one page. */
export type PageRead<Row> = Effect<ReadonlyArray<Row>, ApiFailure>

/** Reads the page after a cursor, or the first one. */
export type ReadPage<Row> = (cursor: string | undefined) => PageRead<Row>

/** A page about to be read for a list, an export or a stream of one. */
export interface InterceptedPage<Row> {
  /** Which page of the reply it is, from 0. */
  readonly index: number
  /** The cursor it is read with. */
  readonly cursor: string | undefined
  /** True if the reply is a stream of pages, and not this one page. */
  readonly streamed: boolean
  readonly read: ReadPage<Row>
}

/** The places where a reply can be changed, the same in process and over a socket. */
export interface Interceptor {
  /**
   * Around the whole answer to a request whose path is that of an operation, whatever its verb. `reply` does the work
   * and always has a response: refusals are responses by now. Its body may be a stream.
   */
  readonly reply: (
    intercepted: Intercepted,
    reply: Effect<HttpServerResponse, ConnectionReset, Scope>
  ) => Effect<HttpServerResponse, ConnectionReset, Scope>
  /**
   * Around each page read from the store. A delay here is a slow database; an `ApiFailure` is a database that fails:
   * an HTTP status before the first event of a stream, an error event after it.
   */
  readonly page: <Row extends Identified>(intercepted: Intercepted, page: InterceptedPage<Row>) => PageRead<Row>
}

/** Changes nothing. */
export const none: Interceptor = {
  reply: (_, reply) => reply,
  page: (_, page) => page.read(page.cursor)
}
