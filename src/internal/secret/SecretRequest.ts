/** The requests of the operations on secrets. */
import * as Schema from "effect/Schema"
import { ListRequest } from "../list/ListRequest.ts"

const { meta, order, take } = ListRequest.fields

/** The selection and order of the secrets to list. There is no `cursor`: the server finds nothing after the one that it sends. */
export const SecretListRequest = /* @__PURE__ */ Schema.Struct({ order, take, meta })
export interface SecretListRequest extends Schema.Struct.Type<typeof SecretListRequest.fields> {}

/** `http` or `https` in lower case, and then only characters that a URI may have, with complete percent escapes. */
const uri = /^https?:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\dA-Fa-f]{2})+$/

/** A token of RFC 9110. */
const headerName = /^[!#$%&'*+.^_`|~\w-]+$/

/** Text that `Headers` of the runtime take: bytes without NUL and line breaks. */
const headerValue = /^[^\0\r\n\u0100-\u{10ffff}]*$/u

const problemOfHeaders = (headers: Readonly<Record<string, string>>) => {
  for (const [name, value] of Object.entries(headers)) {
    if (!headerName.test(name)) return "Expected names of headers with letters, digits and !#$%&'*+-.^_`|~ only"
    if (!headerValue.test(value)) {
      return { path: [name], issue: "Expected a value without NUL, line breaks and characters above U+00FF" }
    }
  }
  return undefined
}

/** A request that the server sends on, with the value of the secret in its headers (wire contract 3.9.5). */
export const ProxyRequest = /* @__PURE__ */ Schema.Struct({
  /** @default "GET" */
  method: /* @__PURE__ */ Schema.optional(
    /* @__PURE__ */ Schema.Literals(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
  ),
  /** An `http` or `https` URL of a public host, with other characters than those of a URI percent-encoded. */
  url: /* @__PURE__ */ Schema.String.check(
    /* @__PURE__ */ Schema.makeFilter((url) => uri.test(url), {
      expected: "a URI that begins with http: or https:, without blanks and unencoded characters"
    })
  ),
  /**
   * Headers to send. In a value, `${SECRET_DEFAULT}` or `{{SECRET_DEFAULT}}` stands for the value of this secret, with its scheme
   * such as `Bearer`, and `${SECRET_<NAME>}` for that of another secret of the account, by its name. Without any of these and
   * without a header `Authorization`, that header is added with the value of this secret.
   */
  headers: /* @__PURE__ */ Schema.optional(
    /* @__PURE__ */ Schema.Record(Schema.String, Schema.String).check(
      /* @__PURE__ */ Schema.makeFilter(problemOfHeaders)
    )
  ),
  /** Not with `GET` and `HEAD`. Without a `Content-Type` it is sent as `text/plain`. `null` is the same as none. */
  body: /* @__PURE__ */ Schema.optional(/* @__PURE__ */ Schema.NullOr(Schema.String))
}).check(
  /* @__PURE__ */ Schema.makeFilter(({ body, method = "GET" }) =>
    typeof body === "string" && (method === "GET" || method === "HEAD")
      ? { path: ["body"], issue: "Expected no body with GET or HEAD" }
      : undefined
  )
)
export interface ProxyRequest extends Schema.Schema.Type<typeof ProxyRequest> {}
