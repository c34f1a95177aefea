import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { AuthorizedCall, Endpoint } from "../../Endpoint.ts"
import * as ApiFailure from "../../http/ApiFailure.ts"
import * as Exceptions from "../../http/Exceptions.ts"
import * as RequestBody from "../../http/RequestBody.ts"
import * as OwnError from "../OwnError.ts"
import * as SecretAccess from "../SecretAccess.ts"
import * as Upstream from "../Upstream.ts"
import type * as SecretValue from "../value/SecretValue.ts"
import * as Destination from "./Destination.ts"
import * as Placeholders from "./Placeholders.ts"
import * as ProxyInputs from "./ProxyInput.ts"
import type { ProxyInput } from "./ProxyInput.ts"
import * as ProxyReply from "./ProxyReply.ts"

type Replied = Effect.Effect<HttpServerResponse, ApiFailure.ApiFailure>

/** `POST /contact/{contactId}/secret/{secretId}/proxy` (wire contract 3.9.5). */
export const proxy: Endpoint = {
  operation: "ContactSecret.proxy",
  method: "POST",
  path: "/contact/{contactId}/secret/{secretId}/proxy",
  handle: Effect.fnUntraced(function* (call): Effect.fn.Return<HttpServerResponse, ApiFailure.ApiFailure> {
    const input = yield* Effect.fromResult(ProxyInputs.validate(yield* RequestBody.validated(call.body)))
    const { contact, secret } = yield* Effect.fromResult(SecretAccess.addressed(call, "use"))
    if (secret.kind === "shared") return OwnError.sharedProxy
    if (!Destination.isAllowed(input.url)) return OwnError.invalidDestination
    return yield* proxied(call, { contact, secret, state: call.state }, input)
  })
}

const proxied = (call: AuthorizedCall, subject: SecretValue.Subject, input: ProxyInput): Replied =>
  Exceptions.attempt(() => given(input)).pipe(
    Effect.flatMap((headers) => withSecrets(call, subject, headers)),
    Effect.flatMap((headers) => forward(call.state.upstream, input, headers)),
    Effect.catchTag("AuthorizationMissing", ({ message }) => OwnError.authorizationRequired(subject, message))
  )

/**
 * The headers of the input. The secret is in `Authorization`, unless that header is given or another one has a
 * placeholder. A bad name or value throws the error of the runtime.
 */
const given = (input: ProxyInput): Headers => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(input.headers)) {
    if (typeof value === "string") headers.set(name, value)
  }
  if (!headers.has("authorization") && ![...headers.values()].some(Placeholders.isIn)) {
    headers.set("authorization", Placeholders.ofDefault)
  }
  return headers
}

const withSecrets = Effect.fnUntraced(function* (
  call: AuthorizedCall,
  subject: SecretValue.Subject,
  headers: Headers
): Effect.fn.Return<Headers, Effect.Error<SecretValue.Resolved<Headers>>> {
  const replace = Placeholders.makeReplace(call, subject)
  const swapped = new Headers()
  for (const [name, value] of headers) {
    const text = yield* replace(value)
    yield* Effect.try({
      try: () => swapped.append(name, text),
      // The message of the runtime would quote the value of the secret.
      catch: () => ApiFailure.genericError(`Headers.append: the value of ${name} is an invalid header value.`)
    })
  }
  return swapped
})

const forward = Effect.fnUntraced(function* (
  upstream: Upstream.Upstream,
  { body, method, url }: ProxyInput,
  headers: Headers
): Effect.fn.Return<HttpServerResponse, ApiFailure.ApiFailure> {
  // The runtime checks the request as a whole, and adds the content type of a text.
  const request = yield* Exceptions.attempt(
    () => new Request(url, { method, headers, ...(body === undefined ? {} : { body }) })
  )
  const target = new URL(request.url)
  target.hash = ""
  const response = yield* Upstream.send(upstream, {
    method,
    url: target.href,
    headers: Object.fromEntries(request.headers),
    body
  })
  return yield* ProxyReply.toReply(method, response)
})
