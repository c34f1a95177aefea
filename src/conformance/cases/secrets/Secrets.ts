import { startTime, type Case, type Check, type Expected, type Request, type Setup, type Step } from "../../Case.ts"
import * as WireReply from "../../WireReply.ts"
import { ok, post } from "../../Steps.ts"

/** The actions on a secret. */
export const actions = ["authenticate", "verify", "revoke", "mint", "proxy"] as const

/** One of the actions on a secret. */
export type Action = (typeof actions)[number]

/** A URL of the upstream that answers with `ok`. */
export const upstreamUrl = "https://api.example.com/v1"

/** The replies of an upstream that answers at that URL. */
export const upstream: NonNullable<Setup["upstream"]> = { [upstreamUrl]: [{ body: "ok" }] }

/** The answer of that upstream. */
export const upstreamAnswer: Expected = { status: 200, text: "ok" }

/** An action on a secret for a contact, by default `ada`, who is verified. */
export const act = (action: Action, secret: string, rest: Partial<Request> = {}, contact = "ada"): Request =>
  post(`/contact/${contact}/secret/${secret}/${action}`, action === "proxy" ? { url: upstreamUrl } : {}, rest)

/** A proxy call with this body. */
export const proxy = (secret: string, body: object, contact = "ada"): Request =>
  post(`/contact/${contact}/secret/${secret}/proxy`, body)

/** The contacts of the cases: `ada` is verified, `guest` is not. */
export const contacts = [
  { id: "ada", name: "Ada", verifiedAt: 1 },
  { id: "guest", name: "Guest" }
]

/** A case whose main account has these contacts, and secrets. */
export const seeded = (
  id: string,
  clauses: Case["clauses"],
  setup: Setup,
  steps: ReadonlyArray<Step>,
  needs: NonNullable<Case["needs"]> = []
): Case => ({
  id,
  clauses,
  needs: ["seed", "upstream", ...needs],
  setup: { seeds: [{ contacts }], upstream, ...setup },
  steps
})

const jwt = String.raw`[\w-]+\.[\w-]+\.[\w-]+`

const rawUrl = (secret: string): RegExp =>
  new RegExp(
    `^https://[^/]+/secrets/${secret}/manager/authenticate\\?state=${jwt}&cbk=1&auth=1&unfurl=0#target=_popup&unfurl=0$`
  )

/** True if a text is the raw URL of a secret. */
export const isRawUrl = (text: unknown, secret: string): boolean =>
  typeof text === "string" && rawUrl(secret).test(text)

const missing =
  /^Missing value for secret: ask the user to visit https:\/\/[^/]+\/s\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\?cbk=1&auth=1&unfurl=0 to authorize access$/

/** True if a text is that of a missing value, with a short URL. */
export const isMissing = (text: unknown): boolean => typeof text === "string" && missing.test(text)

/** The message of a reply is that of a missing value. */
export const saysMissing: Check = [
  "the message says that a value is missing, with a short URL",
  (reply) => isMissing(WireReply.field(WireReply.json(reply), "message"))
]

/** The `url` of a reply is the raw URL of a secret. */
export const hasRawUrl = (secret: string): Check => [
  "url is the raw URL",
  (reply) => isRawUrl(WireReply.field(WireReply.json(reply), "url"), secret)
]

const hasNoUrl: Check = ["there is no url", ({ text }) => !text.includes('"url"')]

const keys = (...names: ReadonlyArray<string>): Check => [
  `the keys are ${names.join()}, in this order`,
  (reply) => {
    const body = WireReply.json(reply)
    return typeof body === "object" && body !== null && Object.keys(body).join() === names.join()
  }
]

/** An error of mint or proxy: `{error, message}`, and `url` if a secret is given. */
export const ownError = (status: number, error: string, message: string | Check, secret?: string): Expected => ({
  status,
  headers: { "content-type": "application/json", "x-failure-code": null },
  has: { error, ...(typeof message === "string" ? { message } : {}) },
  checks: [
    ...(typeof message === "string" ? [] : [message]),
    ...(secret === undefined
      ? [keys("error", "message"), hasNoUrl]
      : [keys("error", "message", "url"), hasRawUrl(secret)])
  ]
})

/** 409 of mint or proxy for a missing value. */
export const authorizationRequired = (secret: string): Expected =>
  ownError(409, "authorization_required", saysMissing, secret)

/** 409 of mint or proxy for a contact that is not verified. */
export const unverified: Expected = ownError(409, "authorization_required", "Cannot obtain secret manager")

/** 200 of verify with a value. */
export const authenticated = (secret: string): Expected => ({
  ...ok,
  text: `{"id":"${secret}","status":"authenticated"}`
})

/** 200 of verify without a value. */
export const unauthenticated = (secret: string): Expected => ({
  ...ok,
  checks: [
    [
      "unauthenticated, with the raw URL as action",
      (reply) => {
        const url = WireReply.field(WireReply.field(WireReply.json(reply), "action"), "url")
        return (
          isRawUrl(url, secret) &&
          reply.text ===
            JSON.stringify({ id: secret, status: "unauthenticated", action: { type: "authenticate", url } })
        )
      }
    ]
  ]
})

/** 409 of authenticate and verify. */
export const conflicting = (message: string): Expected => ({
  status: 409,
  headers: { "content-type": "application/json" },
  text: JSON.stringify({ message, code: "CONFLICT" })
})

/** 401 of revoke, which is no problem of the API key. */
export const revokeRefused = (message: string | Check): Expected => ({
  status: 401,
  headers: { "content-type": "application/json", "x-failure-code": null },
  has: { code: "NOT_AUTHENTICATED", ...(typeof message === "string" ? { message } : {}) },
  checks: [keys("message", "code"), ...(typeof message === "string" ? [] : [message])]
})

/** The time at which cases start, in seconds. */
export const startSeconds = startTime / 1000

/** The header and the payload of a JWT. */
export const decodedJwt = (token: string): readonly [header: unknown, payload: unknown] => {
  const [header = "", payload = ""] = token.split(".").map((part) => Buffer.from(part, "base64url").toString())
  return [JSON.parse(header || "null"), JSON.parse(payload || "null")]
}
