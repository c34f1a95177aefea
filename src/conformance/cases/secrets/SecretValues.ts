import * as Effect from "effect/Effect"
import { generateKeyPairSync, verify } from "node:crypto"
import type { ServerOptions, Service as InMemory } from "../../../layers/InMemory.ts"
import type { Case, Check, Expected, Step } from "../../Case.ts"
import * as WireReply from "../../WireReply.ts"
import { notFound, ok, received, send, serverError, stored } from "../../Steps.ts"
import {
  act,
  authenticated,
  authorizationRequired,
  conflicting,
  decodedJwt,
  ownError,
  proxy,
  revokeRefused,
  saysMissing,
  seeded,
  startSeconds,
  unauthenticated,
  unverified,
  upstreamAnswer,
  upstreamUrl
} from "./Secrets.ts"

/** A secret to seed. */
export type SecretSeed = Parameters<InMemory["seedSecrets"]>[0] extends Iterable<infer Seed> ? Seed : never

/** Seeds a personal secret of the main account, with this value for `ada` and `guest`. */
export const personal = (secret: SecretSeed & { readonly id: string }, value: string) => (api: InMemory) =>
  Effect.andThen(
    api.seedSecrets([{ kind: "personal", ...secret }], "sk-main"),
    Effect.forEach(["ada", "guest"], (contact) => api.seedSecretValues(contact, [{ secretId: secret.id, value }]))
  )

const allOf =
  (...seeds: ReadonlyArray<(api: InMemory) => Effect.Effect<unknown>>) =>
  (api: InMemory): Effect.Effect<unknown> =>
    Effect.forEach(seeds, (seed) => seed(api), { discard: true })

/** Sends a proxy call, and expects this Authorization at the upstream. */
export const sends = (secret: string, authorization: string): ReadonlyArray<Step> => [
  send(act("proxy", secret), upstreamAnswer),
  received({ url: upstreamUrl, headers: { authorization } })
]

const nothingForProxy = (secret: string): Expected =>
  ownError(
    409,
    "authorization_required",
    "A linked secret exists but has no value configured. Please authenticate or set up the secret value.",
    secret
  )

/** The outcomes of the actions on a personal secret whose value resolves to nothing. */
export const givesNothing = (secret: string): ReadonlyArray<Step> => [
  send(act("verify", secret), unauthenticated(secret)),
  send(
    act("mint", secret),
    ownError(409, "authorization_required", "The secret has no value; authenticate it first.", secret)
  ),
  send(act("proxy", secret), nothingForProxy(secret)),
  send(act("revoke", secret), notFound)
]

/** The outcomes of the actions on a personal secret without a value. */
export const givesMissing = (secret: string): ReadonlyArray<Step> => [
  send(act("verify", secret), unauthenticated(secret)),
  send(act("mint", secret), authorizationRequired(secret)),
  send(act("proxy", secret), authorizationRequired(secret)),
  send(act("revoke", secret), revokeRefused(saysMissing))
]

/** The outcomes of the actions on a personal secret whose value fails with this text. */
export const givesFailure = (secret: string, message: string): ReadonlyArray<Step> => [
  send(act("verify", secret), conflicting(message)),
  send(act("mint", secret), serverError(message)),
  send(act("proxy", secret), serverError(message)),
  send(act("revoke", secret), serverError(message))
]

const base64 = (text: string): string => Buffer.from(text).toString("base64")

const missing: ReadonlyArray<Case> = [
  seeded(
    "secrets-without-a-value",
    [
      "3.9.value.missing",
      "3.9.value.unverified",
      "3.9.url.short",
      "3.9.verify.missing",
      "3.9.revoke.missing",
      "3.9.revoke.unverified",
      "3.9.mint.missing",
      "3.9.mint.unverified",
      "3.9.mint.order",
      "3.9.mint.errors",
      "3.9.proxy.missing",
      "3.9.proxy.unverified",
      "3.9.proxy.errors",
      "3.9.verify.unverified",
      "3.9.authenticate.unverified",
      "6.401.revoke",
      "6.body.own"
    ],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            (["plain", "basic", "bearer", "jwt", "oauth"] as const).flatMap((type) => [
              { id: `${type}-none`, type, kind: "personal" },
              { id: `${type}-empty`, type, kind: "personal" }
            ]),
            "sk-main"
          ),
          Effect.forEach(["ada", "guest"], (contact) =>
            api.seedSecretValues(
              contact,
              ["plain", "basic", "bearer", "jwt", "oauth"].map((type) => ({ secretId: `${type}-empty`, value: "" }))
            )
          )
        )
    },
    ["plain", "basic", "bearer", "jwt", "oauth"].flatMap((type) =>
      ["none", "empty"].flatMap((value) => {
        const secret = `${type}-${value}`
        return [
          ...givesMissing(secret),
          ...givesMissing(secret),
          send(act("verify", secret, {}, "guest"), conflicting("Cannot verify secret for this secret configuration")),
          send(
            act("authenticate", secret, {}, "guest"),
            conflicting("Cannot authenticate secret for this secret configuration")
          ),
          send(act("revoke", secret, {}, "guest"), revokeRefused("Cannot obtain secret manager")),
          send(act("mint", secret, {}, "guest"), unverified),
          send(act("proxy", secret, {}, "guest"), unverified)
        ]
      })
    )
  )
]

const texts: ReadonlyArray<Case> = [
  seeded(
    "values-of-plain-secrets",
    ["3.9.value.plain", "3.9.proxy.added"],
    { rows: personal({ id: "plain", type: "plain" }, "stored text") },
    sends("plain", "stored text")
  ),
  seeded(
    "values-of-bearer-secrets",
    [
      "3.9.value.bearer",
      "3.9.value.bearer.nothing",
      "3.9.mint.nothing",
      "3.9.proxy.nothing",
      "3.9.revoke.nothing",
      "6.404.revoke"
    ],
    {
      rows: allOf(
        personal({ id: "bearer", type: "bearer" }, "  abc\n"),
        personal({ id: "schema", type: "bearer", config: { schema: "Token" } }, "abc"),
        personal({ id: "blank", type: "bearer" }, " \n")
      )
    },
    [...sends("bearer", "Bearer abc"), ...sends("schema", "Token abc"), ...givesNothing("blank")]
  ),
  seeded(
    "values-of-basic-secrets",
    ["3.9.value.basic", "3.9.value.basic.structured", "3.9.value.basic.nothing"],
    {
      rows: allOf(
        ...[
          "user:pass word",
          '{"username":"user","password":"pass word"}',
          '{"user":"user","pass":"pass word"}',
          "username: user\npassword: pass word\n",
          "user: user\npass: pass word",
          "username=user\npassword=pass word",
          "user=user\npass=pass word\n"
        ].map((value, index) => personal({ id: `basic-${index}`, type: "basic" }, value)),
        personal({ id: "blank", type: "basic" }, " "),
        personal({ id: "neither", type: "basic" }, '{"foo":"bar"}')
      )
    },
    [
      ...[0, 1, 2, 3, 4, 5, 6].flatMap((index) => sends(`basic-${index}`, `Basic ${base64("user:pass word")}`)),
      ...givesNothing("blank"),
      ...givesNothing("neither")
    ]
  )
]

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" }
})

/** The reply has a signed JWT with this header and payload. */
const mintsJwt = (algorithm: "RS256" | "RS512", payload: object): Check => [
  `a JWT of ${algorithm} with the payload ${JSON.stringify(payload)}`,
  (reply) => {
    const token = WireReply.field(WireReply.json(reply), "token")
    if (typeof token !== "string") return false
    const [header, actual] = decodedJwt(token)
    const end = token.lastIndexOf(".")
    return (
      WireReply.field(header, "alg") === algorithm &&
      sortedJson(actual) === sortedJson(payload) &&
      verify(
        algorithm === "RS256" ? "RSA-SHA256" : "RSA-SHA512",
        Buffer.from(token.slice(0, end)),
        publicKey,
        Buffer.from(token.slice(end + 1), "base64url")
      )
    )
  }
]

const sortedJson = (value: unknown): string =>
  JSON.stringify(typeof value === "object" && value !== null ? Object.entries(value).toSorted() : value)

const jwts: ReadonlyArray<Case> = [
  seeded(
    "values-of-jwt-secrets",
    [
      "3.9.value.jwt",
      "3.9.value.jwt.config",
      "3.9.value.jwt.nothing",
      "3.9.value.jwt.bad-key",
      "3.9.mint.jwt",
      "3.9.mint.failed",
      "3.9.verify.failed",
      "3.9.revoke.failed"
    ],
    {
      rows: allOf(
        personal({ id: "jwt", type: "jwt" }, privateKey),
        personal(
          {
            id: "configured",
            type: "jwt",
            config: { schema: "Token", algorithm: "RS512", expiresInSeconds: 60, claims: { iss: "us", sub: "them" } }
          },
          privateKey
        ),
        personal({ id: "blank", type: "jwt" }, " "),
        personal({ id: "bad", type: "jwt" }, "no key")
      )
    },
    [
      send(act("mint", "jwt"), {
        ...ok,
        has: { expiresAt: (startSeconds + 600) * 1000 },
        checks: [mintsJwt("RS256", { iat: startSeconds, exp: startSeconds + 600 })]
      }),
      send(act("mint", "configured"), {
        ...ok,
        has: { expiresAt: (startSeconds + 60) * 1000 },
        checks: [mintsJwt("RS512", { iss: "us", sub: "them", iat: startSeconds, exp: startSeconds + 60 })]
      }),
      send(proxy("configured", { url: upstreamUrl, headers: { "x-a": "${SECRET_DEFAULT}" } }), upstreamAnswer),
      received({ url: upstreamUrl }),
      send(act("verify", "jwt"), authenticated("jwt")),
      ...givesNothing("blank"),
      ...(["mint", "proxy", "revoke"] as const).map((action) =>
        send(act(action, "bad"), {
          status: 500,
          checks: [["code first", ({ text }) => text.startsWith('{"code":"GENERIC_ERROR","message":"')]]
        })
      ),
      send(act("verify", "bad"), {
        status: 409,
        checks: [["message first", ({ text }) => /^\{"message":".+","code":"CONFLICT"\}$/.test(text)]]
      })
    ]
  )
]

const templates: ServerOptions["secretTemplates"] = {
  github: { type: "bearer", config: { schema: "token" } },
  signed: { type: "oauth", config: null }
}

const standIns: ReadonlyArray<Case> = [
  seeded(
    "values-of-templates",
    ["3.9.value.template", "3.9.value.template.unknown", "3.9.mint.failed"],
    {
      templates,
      rows: allOf(
        personal({ id: "template", type: "template", config: { template: "github" } }, "abc"),
        personal({ id: "mintable", type: "template", config: { template: "signed" } }, '{"accessToken":"t"}'),
        personal({ id: "unknown", type: "template", config: { template: "nobody" } }, "abc")
      )
    },
    [
      ...sends("template", "token abc"),
      send(act("mint", "mintable"), { ...ok, text: '{"token":"t","expiresAt":null}' }),
      ...givesFailure("unknown", "Cannot find secret template")
    ]
  ),
  seeded(
    "values-of-references",
    ["3.9.value.reference", "3.9.value.reference.unknown"],
    {
      rows: allOf(
        personal({ id: "target", type: "bearer", config: { schema: "Token" } }, "abc"),
        ...["reference", "secretId", "id"].map((key) =>
          personal({ id: `by-${key}`, type: "reference", config: { [key]: "target" } }, "abc")
        ),
        personal({ id: "unknown", type: "reference", config: { reference: "nobody" } }, "abc")
      )
    },
    [
      ...["reference", "secretId", "id"].flatMap((key) => sends(`by-${key}`, "Token abc")),
      ...givesFailure("unknown", "Cannot find secret reference")
    ]
  )
]

const shared: ReadonlyArray<Case> = [
  seeded(
    "values-of-shared-secrets",
    [
      "3.9.value.shared",
      "3.9.verify.shared",
      "3.9.verify.shared.nothing",
      "3.9.verify.shared.failed",
      "3.9.revoke.shared",
      "3.9.revoke.shared.nothing",
      "3.9.authenticate.shared",
      "3.9.mint.shared",
      "3.9.proxy.shared",
      "6.409.secret",
      "6.404.revoke"
    ],
    {
      rows: (api) =>
        api.seedSecrets(
          [
            { id: "value", kind: "shared", value: "v" },
            { id: "none", kind: "shared" },
            { id: "blank", kind: "shared", type: "bearer", value: " " },
            { id: "failing", kind: "shared", type: "template", value: "v", config: { template: "nobody" } }
          ],
          "sk-main"
        )
    },
    ["ada", "guest"].flatMap((contact) => [
      send(act("verify", "value", {}, contact), authenticated("value")),
      ...["none", "blank"].flatMap((secret) => [
        send(act("verify", secret, {}, contact), conflicting("Cannot obtain secret for this secret type")),
        send(act("revoke", secret, {}, contact), notFound)
      ]),
      send(act("verify", "failing", {}, contact), conflicting("Cannot find secret template")),
      send(act("revoke", "value", {}, contact), serverError()),
      ...["value", "none", "blank", "failing"].flatMap((secret) => [
        send(act("authenticate", secret, {}, contact), conflicting("Cannot obtain secret for this secret type")),
        send(
          act("mint", secret, {}, contact),
          ownError(
            403,
            "not_mintable",
            "Shared secrets cannot be minted in a contact context; use the unscoped /secret/{secretId}/mint endpoint."
          )
        ),
        send(
          act("proxy", secret, {}, contact),
          ownError(
            403,
            "forbidden_secret_kind",
            "Shared secrets cannot be used through a contact context; use the unscoped /secret/{secretId}/proxy endpoint."
          )
        )
      ]),
      received(),
      stored(
        (api) => Effect.map(api.secrets("sk-main"), (rows) => rows.map(({ value }) => value)),
        ["v", null, " ", "v"]
      )
    ])
  )
]

/** The values of secrets by their types (wire contract 3.9.2). */
export const secretValues: ReadonlyArray<Case> = [...missing, ...texts, ...jwts, ...standIns, ...shared]
