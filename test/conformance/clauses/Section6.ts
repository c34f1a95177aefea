import type { Clause } from "./Clause.ts"

/** Errors, headers, the order of checks and request oddities. */
export const section6 = [
  { id: "6.body", text: "an error is {message, code}, both texts" },
  { id: "6.body.order", text: "handlers write message first, exceptions code first" },
  { id: "6.400.content-type", text: "400 Bad request for a POST of another content type or none" },
  { id: "6.400.validation", text: "400 with the specific message for a bad body" },
  { id: "6.400.blank-id", text: "400 Bad request for a blank id" },
  { id: "6.400.accept", text: "400 for a bad Accept" },
  { id: "6.400.falsy", text: 'null, false, 0 and "" as a body are a 400 Bad request where a body is validated' },
  { id: "6.400.falsy.ignored", text: "and a 200 where it is ignored" },
  { id: "6.400.malformed", text: "malformed JSON is 400 and the plain text Invalid JSON, of no content type" },
  { id: "6.400.unreadable", text: "an unknown charset and a body that is cut are 400 and the plain text Invalid body" },
  { id: "6.reason", text: "the plain text is the reason phrase too", checkedBy: "test/layers/EmulatorBytes.test.ts" },
  { id: "6.401", text: "401 NOT_AUTHENTICATED for a bad token, and a GET without one" },
  { id: "6.402", text: "402 is never produced" },
  { id: "6.403.foreign", text: "403 NOT_AUTHORIZED for a row of another account" },
  { id: "6.403.csrf", text: "403 for a POST without Authorization" },
  { id: "6.404", text: "404 NOT_FOUND for no such contact" },
  { id: "6.405", text: "405 METHOD_NOT_ALLOWED for another verb" },
  { id: "6.409", text: "409 CONFLICT for a used fingerprint" },
  { id: "6.413", text: "a body above 1,048,576 bytes is 413 and the plain text Body exceeded 1mb limit" },
  { id: "6.413.exact", text: "exactly that many pass" },
  { id: "6.422", text: "422 is never produced" },
  { id: "6.429", text: "429 LIMITS_REACHED for the poll limit of lists; never TOO_MANY_REQUESTS" },
  { id: "6.500.database", text: "500 GENERIC_ERROR System error occurred for what the database refuses" },
  { id: "6.500.exception", text: "500 GENERIC_ERROR with the text of any other exception" },
  {
    id: "6.500.deep",
    text: "a body nested too deep to parse is 500 and the plain text Internal Server Error",
    basis: "U",
    assumptions: ["maxBodyDepth"]
  },
  {
    id: "6.50x",
    text: "502, 503 and 504 are not produced by these handlers",
    basis: "U",
    unnamed: "nothing stands before this server"
  },
  { id: "6.header.retry-after", text: "Retry-After and X-RateLimit-* are never set" },
  { id: "6.header.failure-code", text: "X-Failure-Code is on a 403 of an ordinary handler or the session" },
  { id: "6.header.failure-code.lists", text: "X-Failure-Code is not on errors raised inside list and export" },
  { id: "6.header.request-id", text: "no request id" },
  { id: "6.header.date", text: "every reply has a Date, by the server's clock" },
  { id: "6.header.others", text: "no WWW-Authenticate, Allow, ETag or Cache-Control from a handler" },
  { id: "6.header.pages", text: "HTML pages have ETag and Cache-Control" },
  { id: "6.header.cookie", text: "Set-Cookie chatbotkit.host=<host>; Path=/; Secure; SameSite=Lax, on errors too" },
  { id: "6.header.cookie.none", text: "but not on the redirect of // and the 400 page" },
  { id: "6.header.chunked", text: "bodies are chunked, without Content-Length" },
  { id: "6.header.vary", text: "Vary: Accept-Encoding on JSON, CSV, SSE and HTML" },
  { id: "6.header.vary.none", text: "not on JSON Lines and plain text" },
  {
    id: "6.header.encoding",
    text: "gzip, else deflate, whatever the order, q or size; never br or zstd",
    assumptions: ["compression"],
    checkedBy: "test/layers/EmulatorBytes.test.ts"
  },
  {
    id: "6.header.encoding.none",
    text: "JSON Lines and plain text are never compressed",
    checkedBy: "test/layers/EmulatorBytes.test.ts"
  },
  { id: "6.cors", text: "Allow-Origin *, Allow-Methods GET,POST and the Allow-Headers under /v1 and /api/v1" },
  { id: "6.cors.others", text: "not on other paths" },
  { id: "6.cors.bare", text: "no credentials and no Expose-Headers" },
  {
    id: "6.order.body",
    text: "the body is parsed before anything else is looked at, that of GET, PUT and OPTIONS too"
  },
  { id: "6.order.shortcut", text: "HEAD and OPTIONS come before the verb" },
  { id: "6.order.verb", text: "the verb before the content type" },
  { id: "6.order.content-type", text: "the content type before the credentials" },
  { id: "6.order.auth", text: "the credentials before the body's schema" },
  { id: "6.order.schema", text: "the schema before the lookup: a bad body before an unknown id" },
  { id: "6.order.lookup", text: "the lookup before the action" },
  { id: "6.odd.head", text: "HEAD on any route is 200, empty, without credentials" },
  { id: "6.odd.options", text: "OPTIONS on any route is 200 {}, without credentials" },
  { id: "6.odd.empty", text: "a POST of JSON with an empty body is {}" },
  { id: "6.odd.charset", text: "application/json; charset=utf-8 is accepted" },
  { id: "6.odd.charset.other", text: "another charset decides how the body is decoded" },
  { id: "6.odd.charset.latin1", text: "iso-8859-1 is true Latin-1: the byte 0x80 is U+0080" },
  { id: "6.odd.type", text: "a malformed JSON content type passes, but the body stays a text" },
  { id: "6.odd.bom", text: "a byte order mark before the JSON is stripped once" },
  { id: "6.odd.verb", text: "GET on create and POST on list are 405" },
  { id: "6.odd.trace", text: "TRACE and CONNECT are 500 and the plain text Internal Server Error" },
  {
    id: "6.odd.transient",
    text: "a create may be applied, fail and on the server's own retry be a 409, after seconds",
    basis: "I",
    unnamed: "nothing in memory is transient; a case stages it"
  }
] as const satisfies ReadonlyArray<Clause>
