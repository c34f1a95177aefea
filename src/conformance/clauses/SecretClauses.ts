import type { Clause } from "./Clause.ts"

/** Secrets, and the way to their values. */
const found = [
  { id: "3.9.content-type", text: "every action is a POST of application/json" },
  { id: "3.9.body", text: "every action but proxy ignores its body" },
  { id: "3.9.id.plain", text: "a plain secret id is looked up across all accounts; none is a 404" },
  { id: "3.9.id.name", text: "(Some Name) is a secret of the caller's account with that name; none is a 404" },
  { id: "3.9.id.alias", text: "@alias is a secret of the caller's account; none is a 404" },
  { id: "3.9.id.parent", text: "@@alias is a secret of the parent; none is a 404" },
  { id: "3.9.id.sibling", text: "@user@alias is a secret of the sibling account with that alias; none is a 404" },
  { id: "3.9.id.no-parent", text: "@@alias and @user@alias without a parent are a 500 that says so" },
  { id: "3.9.id.no-sibling", text: "@user@alias without such a sibling is a 500 that says so" },
  { id: "3.9.id.odd", text: "the 500s of odd ids have code first, for the contact and the secret" },
  { id: "3.9.id.blank", text: "a blank secret id is a 400" },
  { id: "3.9.use.owner", text: "the owner may use a secret" },
  { id: "3.9.use.public", text: "anyone may use a secret that is personal and public" },
  { id: "3.9.use.protected", text: "parent, child and sibling may use a secret that is personal and protected" },
  { id: "3.9.use.private", text: "no other account may use a private secret: 403" },
  { id: "3.9.use.shared", text: "only its owner may use a shared secret, whatever its visibility: 403" },
  { id: "3.9.use.mint", text: "only its owner may mint a secret: 403" },
  { id: "3.9.run-as", text: "an account run as has its own rights, and not those of the caller" },
  { id: "3.9.order.verb", text: "another verb is a 405, before the content type: 400" },
  { id: "3.9.order.credentials", text: "the content type is checked before the credentials: 401 or 403" },
  { id: "3.9.order.body", text: "proxy checks its body after the credentials and before the contact" },
  { id: "3.9.order.contact", text: "the contact is checked before the secret: 400, 404, 403" },
  { id: "3.9.order.secret", text: "the secret is looked up before the right to use it: 400, 404, then 403" },
  { id: "3.9.order.action", text: "the right to use a secret is checked before the action" },
  { id: "3.9.errors", text: "errors of the checks have message first, and X-Failure-Code on the 403s" }
] as const satisfies ReadonlyArray<Clause>

const values = [
  { id: "3.9.value.unverified", text: "a personal secret of an unverified contact: Cannot obtain secret manager" },
  {
    id: "3.9.value.missing",
    text: "a personal secret without a value, or with an empty one: Missing value for secret, with a short URL"
  },
  { id: "3.9.value.shared", text: "a shared secret without a value gives nothing" },
  { id: "3.9.value.plain", text: "plain: the stored text" },
  { id: "3.9.value.basic", text: "basic: Basic and the base64 of user:password" },
  { id: "3.9.value.basic.structured", text: "basic: stored as JSON, YAML or key=value lines, with two names for each" },
  { id: "3.9.value.basic.nothing", text: "basic: nothing if blank, or if structured with neither" },
  { id: "3.9.value.bearer", text: "bearer: config.schema or Bearer, and the stored text, trimmed" },
  { id: "3.9.value.bearer.nothing", text: "bearer: nothing if blank" },
  { id: "3.9.value.jwt", text: "jwt: config.schema or Bearer, and a JWT made now, signed with the stored PKCS8 PEM" },
  {
    id: "3.9.value.jwt.config",
    text: "jwt: algorithm (RS256), expiresInSeconds (600) and claims; iat and exp are added"
  },
  { id: "3.9.value.jwt.nothing", text: "jwt: nothing if blank" },
  { id: "3.9.value.jwt.bad-key", text: "jwt: a bad key is another error" },
  { id: "3.9.value.oauth", text: "oauth: Bearer and the access token, stored as JSON or YAML" },
  { id: "3.9.value.oauth.nothing", text: "oauth: nothing if none is stored and none can be had" },
  { id: "3.9.value.template", text: "template: as the secret of config.template, with the contact's own value" },
  { id: "3.9.value.reference", text: "reference: as the secret of config.reference, secretId or id" },
  { id: "3.9.value.template.unknown", text: "an unknown template is another error: Cannot find secret template" },
  { id: "3.9.value.reference.unknown", text: "an unknown reference is another error: Cannot find secret reference" },
  { id: "3.9.oauth.stored", text: "oauth 1: a stored access token without expiry, or that has not expired" },
  { id: "3.9.oauth.refresh", text: "oauth 2: an unexpired refresh token is posted to tokenUrl as a form" },
  { id: "3.9.oauth.refresh.answer", text: "oauth 2: the answer is read as JSON or as a form" },
  { id: "3.9.oauth.refresh.stored", text: "oauth 2: the new tokens are stored" },
  { id: "3.9.oauth.refresh.needs", text: "oauth 2: needs config tokenUrl and clientId" },
  { id: "3.9.oauth.credentials", text: "oauth 3: grantType client_credentials is the same with that grant" },
  { id: "3.9.oauth.expired", text: "oauth 4: after an expired access token the row is deleted: Missing value" },
  { id: "3.9.oauth.none", text: "oauth 4: nothing if no access token was stored" },
  { id: "3.9.oauth.refused", text: "a refusal of the provider counts as no token" },
  { id: "3.9.oauth.failed", text: "a failed connection to the provider is another error: fetch failed" },
  {
    id: "3.9.oauth.validate",
    text: "oauth 5: validateUrl is called with the token; any answer but 2xx deletes the row"
  },
  { id: "3.9.oauth.validate.remembered", text: "oauth 5: an answer of validateUrl is remembered for 60 s" },
  { id: "3.9.oauth.shared", text: "the value of a shared secret is emptied instead, and the outcome is nothing" },
  {
    id: "3.9.url.raw",
    text: "the raw URL: /secrets/<secret id>/manager/authenticate?state=<JWT>&cbk=1&auth=1&unfurl=0#…"
  },
  {
    id: "3.9.url.jwt",
    text: "the JWT of a raw URL says owner, secret and contact; it is HS256, valid for 15 min, and new each time"
  },
  { id: "3.9.url.short", text: "the short URL in texts: /s/<uuid>?cbk=1&auth=1&unfurl=0" }
] as const satisfies ReadonlyArray<Clause>

/** Secrets and their values. */
export const secrets = [...found, ...values] as const
