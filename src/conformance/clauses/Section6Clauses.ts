import type { Clause } from "./Clause.ts"

/** Errors, headers, the order of checks and request oddities. */
export const section6 = [
  { id: "6.body", text: "an error is {message, code}, both strings" },
  { id: "6.body.order", text: "errors of handlers have message first, exceptions have code first" },
  { id: "6.body.own", text: "errors of mint and proxy have {error, message, url?} instead" },
  { id: "6.400.content-type", text: "400 Bad request for a POST of another content type or none" },
  { id: "6.400.validation", text: "400 with the specific message for a bad body" },
  { id: "6.400.blank-id", text: "400 Bad request for a blank id" },
  { id: "6.400.accept", text: "400 for a bad Accept" },
  { id: "6.400.falsy", text: 'null, false, 0 and "" as a body are a 400 Bad request where a body is validated' },
  { id: "6.400.falsy.ignored", text: 'a body of null, false, 0 or "" is a 200 where the body is ignored' },
  { id: "6.400.malformed", text: "malformed JSON is a 400 with the plain text Invalid JSON, without a content type" },
  { id: "6.400.unreadable", text: "an unknown charset or a cut body is a 400 with the plain text Invalid body" },
  {
    id: "6.reason",
    text: "a plain-text error is also the reason phrase",
    checkedBy: "test/layers/EmulatorBytes.test.ts"
  },
  { id: "6.401", text: "401 NOT_AUTHENTICATED for a bad token, or a GET without one" },
  { id: "6.401.revoke", text: "401 NOT_AUTHENTICATED for a revoke without a stored value, although the key is fine" },
  { id: "6.402", text: "402 is never produced" },
  { id: "6.403.foreign", text: "403 NOT_AUTHORIZED for a row of another account" },
  { id: "6.403.secret", text: "403 NOT_AUTHORIZED for a secret that the account may not use" },
  { id: "6.403.csrf", text: "403 for a POST without Authorization" },
  { id: "6.404", text: "404 NOT_FOUND for no such contact" },
  { id: "6.404.revoke", text: "404 NOT_FOUND for a revoke whose value resolves to nothing" },
  { id: "6.405", text: "405 METHOD_NOT_ALLOWED for another verb" },
  { id: "6.409", text: "409 CONFLICT for a used fingerprint" },
  { id: "6.409.secret", text: "409 CONFLICT for a kind or type of secret that an action cannot be taken on" },
  { id: "6.413", text: "a body above 1,048,576 bytes is a 413 with the plain text Body exceeded 1mb limit" },
  { id: "6.413.exact", text: "a body of exactly 1,048,576 bytes is accepted" },
  { id: "6.422", text: "422 is never produced" },
  { id: "6.429", text: "429 LIMITS_REACHED for the poll limit of lists; never TOO_MANY_REQUESTS" },
  { id: "6.500.database", text: "500 GENERIC_ERROR with System error occurred for an error of the database" },
  { id: "6.500.exception", text: "500 GENERIC_ERROR with the message of any other exception" },
  {
    id: "6.500.deep",
    text: "a body nested too deep to parse is a 500 with the plain text Internal Server Error",
    basis: "U",
    assumptions: ["maxBodyDepth"]
  },
  {
    id: "6.50x",
    text: "502, 503 and 504 are not produced by these handlers",
    basis: "U",
    unnamed: "no gateway stands before the emulator"
  },
  { id: "6.header.retry-after", text: "no reply has Retry-After or X-RateLimit-*" },
  { id: "6.header.failure-code", text: "X-Failure-Code is on a 403 of an ordinary handler or the session" },
  { id: "6.header.failure-code.lists", text: "X-Failure-Code is not on errors raised inside list and export" },
  { id: "6.header.request-id", text: "no reply has a request id" },
  { id: "6.header.date", text: "every reply has a Date, from the server's clock" },
  { id: "6.header.others", text: "replies of handlers have no WWW-Authenticate, Allow, ETag or Cache-Control" },
  { id: "6.header.pages", text: "HTML pages have ETag and Cache-Control" },
  { id: "6.header.cookie", text: "Set-Cookie is chatbotkit.host=<host>; Path=/; Secure; SameSite=Lax, also on errors" },
  { id: "6.header.cookie.none", text: "the redirect of // and the 400 page have no Set-Cookie" },
  { id: "6.header.chunked", text: "bodies are chunked, without Content-Length" },
  { id: "6.header.vary", text: "JSON, CSV, SSE and HTML have Vary: Accept-Encoding" },
  { id: "6.header.vary.none", text: "JSON Lines and plain text have no Vary" },
  {
    id: "6.header.encoding",
    text: "bodies are compressed with gzip, else deflate, for any order, q or size; never with br or zstd",
    assumptions: ["compression"],
    checkedBy: "test/layers/EmulatorBytes.test.ts"
  },
  {
    id: "6.header.encoding.none",
    text: "JSON Lines and plain text are never compressed",
    checkedBy: "test/layers/EmulatorBytes.test.ts"
  },
  {
    id: "6.cors",
    text: "paths under /v1 and /api/v1 have Allow-Origin *, Allow-Methods GET,POST and the Allow-Headers"
  },
  { id: "6.cors.others", text: "other paths have no CORS headers" },
  { id: "6.cors.bare", text: "no reply has Allow-Credentials or Expose-Headers" },
  {
    id: "6.order.body",
    text: "the body is parsed before all other checks, also for GET, PUT and OPTIONS"
  },
  { id: "6.order.shortcut", text: "HEAD and OPTIONS are answered before the verb is checked" },
  { id: "6.order.verb", text: "the verb is checked before the content type" },
  { id: "6.order.content-type", text: "the content type is checked before the credentials" },
  { id: "6.order.auth", text: "the credentials are checked before the schema of the body" },
  { id: "6.order.schema", text: "the schema of the body is checked before the contact is looked up" },
  { id: "6.order.lookup", text: "the contact is looked up before the action" },
  { id: "6.odd.head", text: "HEAD on any route is an empty 200, also without credentials" },
  { id: "6.odd.options", text: "OPTIONS on any route is a 200 with {}, also without credentials" },
  { id: "6.odd.empty", text: "a POST of JSON with an empty body is read as {}" },
  { id: "6.odd.charset", text: "application/json; charset=utf-8 is accepted" },
  { id: "6.odd.charset.other", text: "another charset decides how the body is decoded" },
  { id: "6.odd.charset.latin1", text: "iso-8859-1 is Latin-1, not windows-1252: the byte 0x80 is U+0080" },
  { id: "6.odd.type", text: "a malformed JSON content type is accepted, but the body stays a string" },
  { id: "6.odd.bom", text: "one byte order mark before the JSON is removed" },
  { id: "6.odd.verb", text: "GET on create and POST on list are 405" },
  { id: "6.odd.trace", text: "TRACE and CONNECT are a 500 with the plain text Internal Server Error" },
  {
    id: "6.odd.transient",
    text: "a create may be applied, fail, and be a 409 when the server retries it, seconds later",
    basis: "I",
    unnamed: "the emulator has no transient errors; a case simulates one"
  }
] as const satisfies ReadonlyArray<Clause>
