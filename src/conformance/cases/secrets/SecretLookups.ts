import * as Effect from "effect/Effect"
import type { AccountOptions } from "../../../layers/InMemory.ts"
import type { Case, Expected, Request, Step } from "../../Case.ts"
import {
  badRequest,
  methodNotAllowed,
  notAuthenticated,
  notAuthorized,
  notFound,
  ok,
  plainText,
  post,
  received,
  send,
  serverError
} from "../../Steps.ts"
import { act, type Action, actions, authenticated, ownError, seeded, upstreamUrl } from "./Secrets.ts"

const forbidden: Expected = {
  ...notAuthorized,
  headers: { ...notAuthorized.headers, "x-failure-code": "NOT_AUTHORIZED" }
}

const accounts: ReadonlyArray<AccountOptions> = [
  { id: "boss", tokens: ["sk-boss"], alias: "boss" },
  { id: "main", tokens: ["sk-main"], parent: "boss", alias: "main" },
  { id: "sibling", tokens: ["sk-sibling"], parent: "boss", alias: "sib" },
  { id: "child", tokens: ["sk-child"], parent: "main", alias: "kid" },
  { id: "stranger", tokens: ["sk-stranger"], alias: "stranger" }
]

const names = ["boss", "main", "sibling", "child", "stranger"] as const

/** Each account has a verified contact, `of-<account>`. */
const seeds = names.map((name) => ({ token: `sk-${name}`, contacts: [{ id: `of-${name}`, verifiedAt: 1 }] }))

const visibilities = ["private", "protected", "public"] as const

/** An action of an account on a secret, for its own contact. */
const of = (account: (typeof names)[number], action: Action, secret: string): Request =>
  act(action, secret, { authorization: `Bearer sk-${account}` }, `of-${account}`)

const verifies = (account: (typeof names)[number], secret: string, allowed: boolean): Step =>
  send(of(account, "verify", secret), allowed ? authenticated(secret) : forbidden)

/** A request of the parent that runs as the main account. */
const asMain = { authorization: "Bearer sk-boss", headers: { "X-RunAs-User-Id": "main" } }

const rights: ReadonlyArray<Case> = [
  seeded(
    "the-right-to-use-a-secret",
    [
      "3.9.use.owner",
      "3.9.use.public",
      "3.9.use.protected",
      "3.9.use.private",
      "3.9.use.shared",
      "3.9.use.mint",
      "3.9.order.action",
      "3.9.errors",
      "6.403.secret",
      "6.header.failure-code"
    ],
    {
      accounts,
      seeds,
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            visibilities.flatMap((visibility) => [
              { id: visibility, kind: "personal", type: "oauth", visibility },
              { id: `shared-${visibility}`, kind: "shared", visibility, value: "v" }
            ]),
            "sk-main"
          ),
          Effect.forEach(names, (name) =>
            api.seedSecretValues(
              `of-${name}`,
              visibilities.map((secretId) => ({ secretId, value: '{"accessToken":"t"}' }))
            )
          )
        )
    },
    [
      ...names.flatMap((name) => [
        verifies(name, "private", name === "main"),
        verifies(name, "protected", name !== "stranger"),
        verifies(name, "public", true),
        ...visibilities.map((visibility) => verifies(name, `shared-${visibility}`, name === "main"))
      ]),
      // Only the owner may mint.
      send(of("main", "mint", "public"), { ...ok, text: '{"token":"t","expiresAt":null}' }),
      ...(["boss", "sibling", "child", "stranger"] as const).flatMap((name) => [
        ...visibilities.map((visibility) => send(of(name, "mint", visibility), forbidden)),
        send(of(name, "mint", "shared-public"), forbidden),
        // The right comes before the kind of the secret.
        send(of(name, "proxy", "shared-public"), forbidden),
        send(of(name, "authenticate", "shared-public"), forbidden),
        send(of(name, "revoke", "shared-public"), forbidden)
      ]),
      ...(["verify", "authenticate", "revoke", "proxy"] as const).map((action) =>
        send(of("stranger", action, "protected"), forbidden)
      ),
      send(of("stranger", "authenticate", "public"), { ...ok, has: { id: "public" } }),
      send(of("stranger", "proxy", "public"), { status: 200 }),
      received({ url: upstreamUrl, headers: { authorization: "Bearer t" } }),
      send(of("stranger", "revoke", "public"), { ...ok, text: '{"id":"public"}' })
    ],
    ["accounts"]
  ),
  seeded(
    "secrets-under-run-as",
    ["3.9.run-as"],
    {
      accounts,
      seeds,
      rows: (api) =>
        Effect.andThen(
          Effect.all([
            api.seedSecrets([{ id: "of-the-parent", kind: "personal", type: "oauth" }], "sk-boss"),
            api.seedSecrets([{ id: "of-the-child", kind: "personal", type: "oauth" }], "sk-main")
          ]),
          Effect.forEach(["of-boss", "of-main"], (contact) =>
            api.seedSecretValues(
              contact,
              ["of-the-parent", "of-the-child"].map((secretId) => ({ secretId, value: '{"accessToken":"t"}' }))
            )
          )
        )
    },
    [
      send(act("verify", "of-the-child", asMain, "of-main"), authenticated("of-the-child")),
      send(act("mint", "of-the-child", asMain, "of-main"), ok),
      send(act("verify", "of-the-parent", asMain, "of-main"), forbidden),
      send(act("mint", "of-the-parent", asMain, "of-main"), forbidden),
      send(act("verify", "of-the-parent", asMain, "of-boss"), forbidden),
      send(of("boss", "verify", "of-the-parent"), authenticated("of-the-parent")),
      send(of("boss", "verify", "of-the-child"), forbidden)
    ],
    ["accounts"]
  )
]

/** A personal secret with a value for the contacts of all accounts. */
const named = (id: string, rest: { readonly alias?: string; readonly name?: string }) =>
  ({ id, kind: "personal", visibility: "public", ...rest }) as const

const identifiers: ReadonlyArray<Case> = [
  seeded(
    "ids-of-secrets",
    [
      "3.9.id.plain",
      "3.9.id.name",
      "3.9.id.alias",
      "3.9.id.parent",
      "3.9.id.sibling",
      "3.9.id.no-parent",
      "3.9.id.no-sibling",
      "3.9.id.odd",
      "3.9.real-id",
      "3.2.query.secret"
    ],
    {
      accounts,
      seeds,
      rows: (api) =>
        Effect.andThen(
          Effect.all([
            api.seedSecrets([named("mine", { alias: "mine", name: "Mine" })], "sk-main"),
            api.seedSecrets([named("of-the-parent", { alias: "parents", name: "Parents" })], "sk-boss"),
            api.seedSecrets([named("of-the-sibling", { alias: "siblings", name: "Siblings" })], "sk-sibling"),
            api.seedSecrets([named("of-a-stranger", { alias: "strangers", name: "Strangers" })], "sk-stranger")
          ]),
          Effect.forEach(["of-main", "of-boss"], (contact) =>
            api.seedSecretValues(
              contact,
              ["mine", "of-the-parent", "of-the-sibling", "of-a-stranger"].map((secretId) => ({ secretId, value: "v" }))
            )
          )
        )
    },
    [
      ...(
        [
          ["mine", "mine"],
          ["%20mine%20", "mine"],
          ["of-a-stranger", "of-a-stranger"],
          ["(Mine)", "mine"],
          ["(%20Mine%20)", "mine"],
          ["@mine", "mine"],
          ["@@parents", "of-the-parent"],
          ["@sib@siblings", "of-the-sibling"],
          ["@main@mine", "mine"]
        ] as const
      ).map(([id, secret]) => send(of("main", "verify", id), authenticated(secret))),
      ...[
        "nobody",
        "(MINE)",
        "(Parents)",
        "(Strangers)",
        "@nobody",
        "@parents",
        "@strangers",
        "@@mine",
        "@@nobody",
        "@sib@nobody",
        "@sib@parents"
      ].map((id) => send(of("main", "verify", id), notFound)),
      ...(
        [
          ["@", "Alias is required"],
          ["@@", "Alias is required"],
          ["@sib@", "Resource alias is required"],
          ["()", "Name is required"],
          ["@nobody@mine", 'User with alias "nobody" not found'],
          ["@stranger@strangers", 'User with alias "stranger" not found']
        ] as const
      ).flatMap(([id, message]) =>
        (["authenticate", "verify", "revoke", "mint", "proxy"] as const).map((action) =>
          send(of("main", action, id), serverError(message))
        )
      ),
      send(of("boss", "verify", "@@parents"), serverError("Parent ID is required for @@ identifier")),
      send(of("boss", "verify", "@main@mine"), serverError("Parent ID is required for @user@resource identifier")),
      ...["of-the-parent", "", "%20", "nobody", "of-the-parent&secretId=nobody"].map((id) =>
        send(post(`/contact/of-main/secret/mine/verify?secretId=${id}&contactId=nobody`, {}), authenticated("mine"))
      ),
      send(post("/contact/of-main/secret/%20/verify?secretId=mine", {}), badRequest()),
      // The id of the contact is odd.
      ...(
        [
          ["@x", undefined],
          ["@", "Alias is required"],
          ["()", "Name is required"]
        ] as const
      ).flatMap(([id, message]) =>
        actions.map((action) =>
          send(act(action, "mine", { authorization: "Bearer sk-main" }, id), serverError(message))
        )
      )
    ],
    ["accounts"]
  )
]

const orders: ReadonlyArray<Case> = actions.map((action) => {
  const path = (contact: string, secret: string) => `/contact/${contact}/secret/${secret}/${action}`
  /** A body that the action accepts. */
  const json = action === "proxy" ? { url: upstreamUrl } : {}
  const nobody = { authorization: "Bearer nonsense" } as const
  return seeded(
    `order-of-checks-of-${action}`,
    [
      "3.9.content-type",
      "3.9.order.verb",
      "3.9.order.credentials",
      "3.9.order.contact",
      "3.9.order.secret",
      "3.9.order.action",
      "3.9.id.blank",
      "3.9.errors",
      "3.1.content-type.others",
      "4.limit.others",
      ...(action === "proxy" ? (["3.9.order.body"] as const) : (["3.9.body"] as const))
    ],
    {
      limit: 1,
      seeds: [
        { contacts: [{ id: "ada", verifiedAt: 1 }] },
        { token: "sk-other", contacts: [{ id: "theirs", verifiedAt: 1 }] }
      ],
      rows: (api) =>
        Effect.all([
          api.seedSecrets([{ id: "mine", kind: "shared" }], "sk-main"),
          api.seedSecrets([{ id: "of-another", kind: "shared", value: "v" }], "sk-other")
        ])
    },
    [
      send({ method: "POST", path: path("%20", "%20"), body: "{", ...nobody }, plainText(400, "Invalid JSON")),
      send({ method: "HEAD", path: path("%20", "%20"), ...nobody }, { status: 200, text: "" }),
      send({ method: "OPTIONS", path: path("%20", "%20"), ...nobody }, { ...ok, text: "{}" }),
      ...(["GET", "PUT", "PATCH", "DELETE"] as const).map((method) =>
        send(
          { method, path: path("%20", "%20"), body: "x", headers: { "content-type": "text/plain" }, ...nobody },
          methodNotAllowed
        )
      ),
      send({ method: "POST", path: path("%20", "%20"), ...nobody }, badRequest()),
      ...["text/plain", "application/x-www-form-urlencoded"].map((type) =>
        send({ path: path("%20", "%20"), body: "{}", headers: { "content-type": type }, ...nobody }, badRequest())
      ),
      send(post(path("%20", "%20"), { foo: 1 }, nobody), { ...notAuthenticated, headers: { "x-failure-code": null } }),
      send(post(path("%20", "%20"), { foo: 1 }, { authorization: null }), forbidden),
      ...(action === "proxy"
        ? [
            send(post(path("%20", "%20"), { foo: 1 }), badRequest('"url" is required')),
            send(post(path("nobody", "nobody"), { ...json, foo: 1 }), badRequest('"foo" is not allowed'))
          ]
        : [
            // The body is ignored.
            send(post(path("nobody", "mine"), { foo: 1 }), notFound),
            ...["[1]", '"text"', "7", "null", ""].map((body) =>
              send(
                { method: "POST", path: path("nobody", "mine"), body, headers: { "content-type": "application/json" } },
                notFound
              )
            )
          ]),
      send(post(path("%20", "%20"), json), badRequest()),
      send(post(path("nobody", "%20"), json), notFound),
      send(post(path("theirs", "%20"), json), forbidden),
      send(post(path("theirs", "nobody"), json), forbidden),
      ...["%20", "%09"].map((secret) => send(post(path("ada", secret), json), badRequest())),
      send(post(path("ada", "nobody"), json), notFound),
      send(post(path("ada", "of-another"), json), forbidden),
      // The action itself: it is refused for a shared secret without a value.
      send(
        post(path("ada", "mine"), json),
        action === "revoke"
          ? notFound
          : action === "mint" || action === "proxy"
            ? {
                ...ownError(
                  403,
                  action === "mint" ? "not_mintable" : "forbidden_secret_kind",
                  `Shared secrets cannot be ${action === "mint" ? "minted in" : "used through"} a contact context; use the unscoped /secret/{secretId}/${action} endpoint.`
                )
              }
            : {
                status: 409,
                text: '{"message":"Cannot obtain secret for this secret type","code":"CONFLICT"}'
              }
      ),
      received()
    ],
    ["accounts", "limit"]
  )
})

/** The secrets that an action finds, the rights to them, and the order of checks (wire contract 3.9.1). */
export const secretLookups: ReadonlyArray<Case> = [...rights, ...identifiers, ...orders]
