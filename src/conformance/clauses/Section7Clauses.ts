import type { Clause } from "./Clause.ts"

/** Authentication, as far as the contact endpoints show it. */
export const section7 = [
  { id: "7.scheme", text: "the token is the text after the first blank; the scheme is ignored" },
  { id: "7.scheme.bare", text: "a token without a scheme is a 401" },
  { id: "7.scheme.blanks", text: "two blanks before the token are a 401" },
  { id: "7.token.secret", text: "sk- is a secret key with full access" },
  { id: "7.token.access", text: "oaac- is an OAuth access token, and a 401 once it has expired" },
  { id: "7.token.refresh", text: "oart- is always a 401" },
  { id: "7.token.jwt", text: "three parts with dots are a JWT, and a 401 if it is unknown or has expired" },
  { id: "7.token.other", text: "any other token is a 401" },
  { id: "7.scoped", text: "a scoped JWT is valid for the routes of its globs, under /v1 and /api/v1" },
  { id: "7.scoped.others", text: "a scoped JWT is a 401 for other routes, not a 403" },
  { id: "7.scoped.widget", text: "end-user tokens are valid for no contact route" },
  { id: "7.run-as.id", text: "X-RunAs-User-Id acts as a child account" },
  { id: "7.run-as.id.other", text: "X-RunAs-UserId is the same header" },
  { id: "7.run-as.email", text: "X-RunAs-Child-User-Email acts as the child account with that address" },
  { id: "7.run-as.precedence", text: "X-RunAs-User-Id wins over X-RunAs-Child-User-Email" },
  { id: "7.run-as.stranger", text: "run-as with an account that is no child is a 401" },
  { id: "7.run-as.tokens", text: "sk- and oaac- tokens can run as a child; a JWT ignores the headers" },
  { id: "7.run-as.case", text: "the case of header names does not matter" },
  { id: "7.timezone", text: "X-Timezone changes nothing" },
  { id: "7.none", text: "without Authorization a GET is a 401 and a POST a 403" },
  { id: "7.none.script", text: "without Authorization, a POST with exactly X-Requested-With: XMLHttpRequest is a 401" },
  {
    id: "7.none.csrf",
    text: "without Authorization, a POST whose csrf cookie equals the query parameter csrfToken is a 401"
  }
] as const satisfies ReadonlyArray<Clause>
