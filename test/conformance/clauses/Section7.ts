import type { Clause } from "./Clause.ts"

/** Authentication, as far as the contact endpoints show it. */
export const section7 = [
  { id: "7.scheme", text: "the token is what follows the first blank; the scheme is not looked at" },
  { id: "7.scheme.bare", text: "a token without a scheme is a 401" },
  { id: "7.scheme.blanks", text: "two blanks before the token are a 401" },
  { id: "7.token.secret", text: "sk- is a secret key with full access" },
  { id: "7.token.access", text: "oaac- is an OAuth access token; expired it is a 401" },
  { id: "7.token.refresh", text: "oart- is always a 401" },
  { id: "7.token.jwt", text: "three parts with dots are a JWT; expired or unknown it is a 401" },
  { id: "7.token.other", text: "any other text is a 401" },
  { id: "7.scoped", text: "a scoped JWT reaches the routes of its globs, under /v1 and /api/v1" },
  { id: "7.scoped.others", text: "other routes are a 401, not a 403" },
  { id: "7.scoped.widget", text: "end-user tokens reach no contact route" },
  { id: "7.run-as.id", text: "X-RunAs-User-Id acts as a child account" },
  { id: "7.run-as.id.other", text: "X-RunAs-UserId is the same header" },
  { id: "7.run-as.email", text: "X-RunAs-Child-User-Email does it by address" },
  { id: "7.run-as.precedence", text: "the id wins over the address" },
  { id: "7.run-as.stranger", text: "an account that is no child is a 401" },
  { id: "7.run-as.tokens", text: "sk- and oaac- tokens may run as; a JWT ignores it" },
  { id: "7.run-as.case", text: "header names have no case" },
  { id: "7.timezone", text: "X-Timezone changes nothing" },
  { id: "7.none", text: "without Authorization a GET is a 401 and a POST a 403" },
  { id: "7.none.script", text: "with X-Requested-With: XMLHttpRequest, exactly so, a POST is a 401 too" },
  { id: "7.none.csrf", text: "as it is if the csrf cookie equals the query parameter csrfToken" }
] as const satisfies ReadonlyArray<Clause>
