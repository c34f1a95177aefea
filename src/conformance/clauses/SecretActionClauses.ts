import type { Clause } from "./Clause.ts"

const outcomes = [
  { id: "3.9.authenticate", text: "authenticate: 200 {id, url} with the raw URL" },
  { id: "3.9.authenticate.again", text: "authenticate: the same if there is a value already" },
  { id: "3.9.authenticate.unverified", text: "authenticate, unverified: 409 Cannot authenticate secret …" },
  { id: "3.9.authenticate.shared", text: "authenticate, shared: 409 Cannot obtain secret for this secret type" },
  { id: "3.9.authenticate.effects", text: "authenticate changes nothing" },
  { id: "3.9.verify", text: "verify with a value: 200 {id, status: authenticated}, without action" },
  { id: "3.9.verify.missing", text: "verify without a value: 200 unauthenticated, with action {type, url}" },
  { id: "3.9.verify.failed", text: "verify, another error: 409 with its text" },
  { id: "3.9.verify.unverified", text: "verify, unverified: 409 Cannot verify secret for this secret configuration" },
  { id: "3.9.verify.shared", text: "verify, shared, with a value: 200 authenticated" },
  { id: "3.9.verify.shared.nothing", text: "verify, shared, nothing: 409 Cannot obtain secret for this secret type" },
  { id: "3.9.verify.shared.failed", text: "verify, shared, another error: 409 with its text" },
  { id: "3.9.revoke", text: "revoke with a value: 200 {id}" },
  {
    id: "3.9.revoke.missing",
    text: "revoke without a value, so also a repeated one: 401 NOT_AUTHENTICATED with the text"
  },
  { id: "3.9.revoke.nothing", text: "revoke, nothing: 404" },
  { id: "3.9.revoke.failed", text: "revoke, another error: 500" },
  { id: "3.9.revoke.unverified", text: "revoke, unverified: 401 Cannot obtain secret manager" },
  { id: "3.9.revoke.shared", text: "revoke, shared, with a value: 500 System error occurred" },
  { id: "3.9.revoke.shared.told", text: "revoke, shared, oauth: the provider has been told before the 500" },
  { id: "3.9.revoke.shared.nothing", text: "revoke, shared, nothing: 404" },
  { id: "3.9.revoke.provider", text: "revoke, oauth: posts token, client_id and client_secret to revokeUrl as a form" },
  { id: "3.9.revoke.provider.fails", text: "revoke, oauth: a failure of revokeUrl is ignored" },
  { id: "3.9.revoke.deletes", text: "revoke deletes the value: the secret is no longer listed" },
  {
    id: "3.9.bodies",
    text: "409 is {message, code: CONFLICT}, 401 {message, code: NOT_AUTHENTICATED}, 500 code first"
  },
  { id: "3.9.real-id", text: "id is the id of the secret, not the text of the path" },
  { id: "3.9.effects", text: "verify, revoke, mint and proxy may store new oauth tokens, or delete the row" }
] as const satisfies ReadonlyArray<Clause>

const mint = [
  { id: "3.9.mint", text: "mint: 200 {token, expiresAt}, the token without its scheme" },
  { id: "3.9.mint.oauth", text: "mint, oauth: expiresAt is the stored or the new expiry, null if unknown" },
  { id: "3.9.mint.jwt", text: "mint, jwt: expiresAt is now and the lifetime" },
  {
    id: "3.9.mint.errors",
    text: "errors of mint are {error, message, url?}, without code and X-Failure-Code, as JSON"
  },
  { id: "3.9.mint.shared", text: "mint, shared: 403 not_mintable" },
  { id: "3.9.mint.missing", text: "mint, auth error: 409 authorization_required with its text, and the raw URL" },
  { id: "3.9.mint.unverified", text: "mint, unverified: 409 authorization_required without url" },
  { id: "3.9.mint.nothing", text: "mint, nothing: 409 authorization_required, authenticate it first, with url" },
  { id: "3.9.mint.order", text: "mint: a missing value comes before the type" },
  { id: "3.9.mint.type", text: "mint of plain, basic and bearer: 409 not_mintable with the type" },
  { id: "3.9.mint.platform", text: "mint of a token that is the platform's own: 409 not_mintable" },
  { id: "3.9.mint.failed", text: "mint, another error: 500 GENERIC_ERROR with its text, code first" }
] as const satisfies ReadonlyArray<Clause>

const proxy = [
  { id: "3.9.proxy.method", text: "method is GET by default, or one of seven in upper case" },
  { id: "3.9.proxy.url", text: "url is required, a text and not empty" },
  {
    id: "3.9.proxy.url.uri",
    text: "url is a URI of http or https in lower case, without blanks or unencoded non-ASCII"
  },
  { id: "3.9.proxy.headers", text: "headers is an object, {} by default; values that are no text are skipped" },
  { id: "3.9.proxy.body", text: 'body is a text, "" or null, which is none' },
  { id: "3.9.proxy.keys", text: "unknown keys are refused, after the failures of all others" },
  { id: "3.9.proxy.first", text: "the first failure in the order of the fields counts" },
  { id: "3.9.proxy.order", text: "proxy: kind 403, destination 400, headers, value 409, the call, in this order" },
  { id: "3.9.proxy.shared", text: "proxy, shared: 403 forbidden_secret_kind" },
  { id: "3.9.proxy.destination", text: "a refused host is a 400 invalid_destination" },
  { id: "3.9.proxy.missing", text: "proxy, auth error: 409 authorization_required with its text, and url" },
  { id: "3.9.proxy.unverified", text: "proxy, unverified: 409 authorization_required without url" },
  { id: "3.9.proxy.nothing", text: "proxy, nothing: 409 authorization_required, no value configured, with url" },
  { id: "3.9.proxy.errors", text: "errors of proxy have the form of those of mint" },
  { id: "3.9.proxy.hosts", text: "local and private hosts are refused, by name and by IPv4 and IPv6 address" },
  {
    id: "3.9.proxy.hosts.parsed",
    text: "the URL is parsed first: 127.1, 0x7f000001, 0177.0.0.1 and 2130706433 are refused"
  },
  { id: "3.9.proxy.hosts.unparsed", text: "a URL that cannot be parsed is refused as a destination" },
  { id: "3.9.proxy.hosts.others", text: "other hosts are allowed" },
  { id: "3.9.proxy.default", text: "${SECRET_DEFAULT} and {{SECRET_DEFAULT}} in header values are the secret's value" },
  { id: "3.9.proxy.default.scheme", text: "Bearer ${…} does not repeat Bearer; Basic neither" },
  {
    id: "3.9.proxy.default.headers-only",
    text: "placeholders in the URL and in the body are sent as they are"
  },
  {
    id: "3.9.proxy.named",
    text: "${SECRET_<NAME>} is the first secret of the caller whose name is NAME, in lower case with _"
  },
  { id: "3.9.proxy.named.shared", text: "${SECRET_<NAME>} can be a shared secret" },
  { id: "3.9.proxy.named.none", text: "${SECRET_<NAME>} without such a secret is sent as it is" },
  { id: "3.9.proxy.added", text: "without placeholders and Authorization, Authorization is added with the value" },
  { id: "3.9.proxy.own", text: "an own Authorization without placeholder is sent as given, without the secret" },
  { id: "3.9.proxy.any-placeholder", text: "any ${…} or {{…}} in a header value keeps Authorization from being added" },
  { id: "3.9.proxy.failed.header", text: "a bad header name or value is a 500 GENERIC_ERROR, code first" },
  { id: "3.9.proxy.failed.body", text: 'a body with GET or HEAD, "" too, is a 500 GENERIC_ERROR' },
  { id: "3.9.proxy.failed.connection", text: "no connection is a 500 GENERIC_ERROR: fetch failed" },
  { id: "3.9.proxy.no-retry", text: "a call is not repeated, and has no timeout" },
  { id: "3.9.proxy.content-type", text: "a body without Content-Type goes out as text/plain;charset=UTF-8" },
  { id: "3.9.proxy.answer", text: "the answer has the upstream's status and body" },
  {
    id: "3.9.proxy.reason",
    text: "the answer has the standard reason phrase of its status",
    checkedBy: "test/layers/EmulatorSecrets.test.ts"
  },
  { id: "3.9.proxy.answer.headers", text: "the answer has the upstream's headers, without eleven of them" },
  { id: "3.9.proxy.answer.decompressed", text: "the body of the answer is decompressed, and has no Content-Encoding" },
  { id: "3.9.proxy.answer.cookie", text: "of several Set-Cookie the last replaces the server's own" },
  { id: "3.9.proxy.answer.cors", text: "the upstream's CORS headers replace the server's" },
  {
    id: "3.9.proxy.redirect",
    text: "a redirect of the upstream is passed on with its Location, and not followed",
    assumptions: ["proxyRedirect"]
  },
  { id: "3.9.proxy.ambiguous", text: "an answer of the upstream can look like an error of ours" }
] as const satisfies ReadonlyArray<Clause>

/** The five actions on a secret. */
export const secretActions = [...outcomes, ...mint, ...proxy] as const
