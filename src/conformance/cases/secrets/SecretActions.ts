import * as Effect from "effect/Effect"
import { type Case, type Check, startTime, type Step } from "../../Case.ts"
import * as WireReply from "../../WireReply.ts"
import { get, ok, seed, send, stored } from "../../Steps.ts"
import {
  act,
  authenticated,
  conflicting,
  decodedJwt,
  hasRawUrl,
  isRawUrl,
  ownError,
  revokeRefused,
  saysMissing,
  seeded,
  startSeconds,
  unauthenticated,
  upstreamAnswer
} from "./Secrets.ts"
import { personal } from "./SecretValues.ts"

/** The JWT of a raw URL. */
const stateOf = (reply: WireReply.Reply): string => {
  const url = WireReply.field(WireReply.json(reply), "url")
  return typeof url === "string" ? (new URL(url).searchParams.get("state") ?? "") : ""
}

const namesOwnerSecretAndContact: Check = [
  "the JWT is HS256, names owner, secret and contact, and is valid for 15 min",
  (reply) => {
    const [header, payload] = decodedJwt(stateOf(reply))
    const text = JSON.stringify(payload)
    return (
      WireReply.field(header, "alg") === "HS256" &&
      text.includes('"the-owner"') &&
      text.includes('"secret"') &&
      text.includes('"ada"') &&
      WireReply.field(payload, "exp") === startSeconds + 900
    )
  }
]

/** Authenticates, and expects the raw URL. */
const authenticates = (secret: string, of = secret): Step =>
  send(act("authenticate", secret), {
    ...ok,
    has: { id: of },
    checks: [
      hasRawUrl(of),
      ["the body is {id, url}", (reply) => /^\{"id":"[^"]+","url":"[^"]+"\}$/.test(reply.text)],
      ...(of === "secret" ? [namesOwnerSecretAndContact] : [])
    ]
  })

const theRow = [{ secretId: "secret", value: "v", updatedAt: startTime }]

const values: Step = stored(
  (api) =>
    Effect.map(api.secretValues("ada"), (rows) =>
      rows.map(({ secretId, updatedAt, value }) => ({ secretId, value, updatedAt }))
    ),
  theRow
)

/** The outcomes of the actions on personal secrets (wire contract 3.9.3). */
export const secretActions: ReadonlyArray<Case> = [
  seeded(
    "authenticating-secrets",
    [
      "3.1.authenticate",
      "3.9.authenticate",
      "3.9.authenticate.again",
      "3.9.authenticate.unverified",
      "3.9.authenticate.effects",
      "3.9.url.raw",
      "3.9.url.jwt",
      "3.9.bodies",
      "3.9.real-id",
      "6.409.secret"
    ],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            [
              { id: "secret", kind: "personal", alias: "alias", name: "A Name" },
              ...(["basic", "bearer", "jwt", "oauth", "template", "reference"] as const).map((type) => ({
                id: type,
                type,
                kind: "personal" as const
              }))
            ],
            "sk-main"
          ),
          api.seedSecretValues("ada", [{ secretId: "secret", value: "v" }])
        ),
      accounts: [{ id: "the-owner", tokens: ["sk-main"] }]
    },
    [
      authenticates("secret"),
      ...["@alias", "(A%20Name)", "%20secret"].map((id) => authenticates(id, "secret")),
      ...["basic", "bearer", "jwt", "oauth", "template", "reference"].map((id) => authenticates(id)),
      values,
      send(act("authenticate", "secret"), { ...ok, save: { url: "url" } }),
      send(act("authenticate", "secret"), {
        ...ok,
        save: { again: "url" },
        checks: [["another raw URL", (reply) => isRawUrl(WireReply.field(WireReply.json(reply), "url"), "secret")]]
      }),
      send(
        act("authenticate", "secret", {}, "guest"),
        conflicting("Cannot authenticate secret for this secret configuration")
      )
    ],
    ["accounts"]
  ),
  seeded(
    "authenticating-a-secret-twice",
    ["3.9.url.jwt", "8.new-each-time"],
    { rows: personal({ id: "secret" }, "v") },
    [
      ...["one", "two"].map((name) => send(act("authenticate", "secret"), { ...ok, save: { [name]: "url" } })),
      stored((_, remembered) => Effect.succeed(remembered("one") !== remembered("two")), true)
    ]
  ),
  seeded(
    "verifying-secrets",
    [
      "3.1.verify",
      "3.9.verify",
      "3.9.verify.missing",
      "3.9.verify.unverified",
      "3.9.bodies",
      "3.9.real-id",
      "8.repeatable"
    ],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            [
              { id: "secret", kind: "personal", alias: "alias", name: "A Name" },
              { id: "none", kind: "personal", alias: "none" }
            ],
            "sk-main"
          ),
          api.seedSecretValues("ada", [{ secretId: "secret", value: "v" }])
        )
    },
    [
      ...["secret", "secret", "@alias", "(A%20Name)"].map((id) => send(act("verify", id), authenticated("secret"))),
      ...["none", "none", "@none"].map((id) => send(act("verify", id), unauthenticated("none"))),
      ...["secret", "none"].map((id) =>
        send(act("verify", id, {}, "guest"), conflicting("Cannot verify secret for this secret configuration"))
      ),
      values
    ]
  ),
  seeded(
    "revoking-secrets",
    [
      "3.1.revoke",
      "3.9.revoke",
      "3.9.revoke.deletes",
      "3.9.revoke.missing",
      "3.9.revoke.unverified",
      "3.9.bodies",
      "3.9.real-id",
      "6.401.revoke",
      "8.revoke"
    ],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            [
              { id: "secret", kind: "personal", alias: "alias" },
              { id: "other", kind: "personal" }
            ],
            "sk-main"
          ),
          Effect.forEach(["ada", "guest"], (contact) =>
            api.seedSecretValues(
              contact,
              ["secret", "other"].map((secretId) => ({ secretId, value: "v" }))
            )
          )
        )
    },
    [
      send(act("revoke", "secret", {}, "guest"), revokeRefused("Cannot obtain secret manager")),
      send(act("revoke", "@alias"), { ...ok, text: '{"id":"secret"}' }),
      ...[1, 2].map(() => send(act("revoke", "secret"), revokeRefused(saysMissing))),
      send(act("verify", "secret"), unauthenticated("secret")),
      send(get("/contact/ada/secret/list"), { ...ok, ids: ["other"] }),
      // The values of other contacts, and of other secrets, stay.
      send(get("/contact/guest/secret/list"), {
        ...ok,
        checks: [["two secrets", (reply) => WireReply.ids(reply).length === 2]]
      }),
      send(act("verify", "other"), authenticated("other"))
    ]
  ),
  seeded(
    "minting-a-token-of-the-platform",
    ["3.9.mint.platform", "3.9.mint.errors"],
    {
      rows: (api) =>
        api.seedSecrets(
          ["secret", "oauth"].map((id) => ({ id, kind: "personal", type: "oauth" })),
          "sk-main"
        )
    },
    [
      send(act("authenticate", "secret"), { ...ok, save: { url: "url" } }),
      // The JWT of the URL is signed by the platform.
      seed((api, remembered) =>
        api.seedSecretValues("ada", [
          {
            secretId: "oauth",
            value: JSON.stringify({ accessToken: new URL(remembered("url")).searchParams.get("state") })
          }
        ])
      ),
      send(
        act("mint", "oauth"),
        ownError(
          409,
          "not_mintable",
          "Platform-managed secrets cannot be minted for a token; use the egress proxy instead."
        )
      ),
      send(act("proxy", "oauth"), upstreamAnswer)
    ]
  ),
  seeded(
    "minting-secrets",
    ["3.1.mint", "3.9.mint", "3.9.mint.type", "3.9.mint.errors", "3.9.mint.order", "6.body.own", "8.new-each-time"],
    {
      rows: (api) =>
        Effect.forEach(["plain", "basic", "bearer"] as const, (type) => personal({ id: type, type }, "u:p")(api)).pipe(
          Effect.andThen(personal({ id: "oauth", type: "oauth" }, '{"accessToken":"token"}')(api))
        )
    },
    [
      ...["plain", "basic", "bearer"].map((type) =>
        send(
          act("mint", type),
          ownError(
            409,
            "not_mintable",
            `Secrets of type '${type}' cannot be minted for a token; use the egress proxy instead.`
          )
        )
      ),
      ...[1, 2].map(() => send(act("mint", "oauth"), { ...ok, text: '{"token":"token","expiresAt":null}' })),
      send(act("proxy", "oauth"), upstreamAnswer)
    ]
  )
]
