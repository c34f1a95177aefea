import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ApiFailure from "../http/ApiFailure.ts"

/** A request of the server to the outside world. */
export interface UpstreamRequest {
  readonly method: string
  /** Without the fragment. */
  readonly url: string
  /** Names in lower case. Those that a runtime adds, such as `host` and `user-agent`, are not among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** A response from the outside world. */
export interface UpstreamResponse {
  /** From 200 to 599. */
  readonly status: number
  /** A header that occurs several times has a list of values. Default: none. */
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string>>>
  /** A text is sent as UTF-8. A failure of a stream breaks the connection. Default: no body. */
  readonly body?: string | Uint8Array | Stream.Stream<Uint8Array, unknown>
}

/** The outside world. Any failure stands for a connection that can't be made. */
export type Upstream = (request: UpstreamRequest) => Effect.Effect<UpstreamResponse, unknown>

/** The message of Node's `fetch` when there is no connection. */
const noConnection = "fetch failed"

/** An outside world that can't be reached. */
export const unreachable: Upstream = () => Effect.fail(new Error(noConnection))

/** Sends a request. A failure is the 500 of the real server, whatever its cause: the cause may hold secrets. */
export const send = (
  upstream: Upstream,
  request: UpstreamRequest
): Effect.Effect<UpstreamResponse, ApiFailure.ApiFailure> =>
  Effect.mapError(upstream(request), () => ApiFailure.genericError(noConnection))

/** Sends a form with POST. */
export const postForm = (
  upstream: Upstream,
  url: string,
  fields: Readonly<Record<string, string>>
): Effect.Effect<UpstreamResponse, ApiFailure.ApiFailure> =>
  send(upstream, {
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString()
  })

/** True if the status says success. */
export const isOk = ({ status }: UpstreamResponse): boolean => status >= 200 && status <= 299

const encoder = new TextEncoder()

/** The body as a stream of bytes. */
export const bytes = ({ body }: UpstreamResponse): Stream.Stream<Uint8Array, unknown> => {
  if (body === undefined) return Stream.empty
  if (typeof body === "string") return Stream.succeed(encoder.encode(body))
  return body instanceof Uint8Array ? Stream.succeed(body) : body
}

/** The body as text. A body that breaks off is the 500 of the real server. */
export const text = (response: UpstreamResponse): Effect.Effect<string, ApiFailure.ApiFailure> =>
  bytes(response).pipe(
    Stream.decodeText,
    Stream.mkString,
    // The message of Node's `fetch` for a body that breaks off.
    Effect.mapError(() => ApiFailure.genericError("terminated"))
  )
