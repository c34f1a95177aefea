import * as Effect from "effect/Effect"
import { startTime, type Case, type Setup, type Step } from "../../Case.ts"
import { clock, get, notFound, ok, received, send, serverError, stored } from "../../Steps.ts"
import {
  act,
  authenticated,
  authorizationRequired,
  conflicting,
  revokeRefused,
  saysMissing,
  seeded,
  unauthenticated,
  upstream,
  upstreamUrl
} from "./Secrets.ts"
import { givesFailure, givesMissing, givesNothing, personal, sends } from "./SecretValues.ts"

const tokenUrl = "https://provider.example.com/token"
const validateUrl = "https://provider.example.com/validate"
const revokeUrl = "https://provider.example.com/revoke"

const client = { clientId: "our client", clientSecret: "our secret" }
const config = { tokenUrl, ...client }
const expired = { accessToken: "old", accessTokenExpiresAt: startTime - 1000 }
const refreshable = { ...expired, refreshToken: "refresh-1", refreshTokenExpiresAt: startTime + 1_000_000 }

/** A case with the personal secret `oauth` of this configuration and stored value. */
const oauth = (
  id: string,
  clauses: Case["clauses"],
  secretConfig: NonNullable<Parameters<typeof personal>[0]["config"]>,
  value: unknown,
  setup: Setup,
  steps: ReadonlyArray<Step>,
  needs: NonNullable<Case["needs"]> = []
): Case =>
  seeded(
    `oauth-${id}`,
    clauses,
    {
      rows: personal(
        { id: "oauth", type: "oauth", config: secretConfig },
        typeof value === "string" ? value : JSON.stringify(value)
      ),
      ...setup,
      upstream: { ...upstream, ...setup.upstream }
    },
    steps,
    needs
  )

const mints = (token: string, expiresAt: number | null): Step =>
  send(act("mint", "oauth"), { ...ok, text: JSON.stringify({ token, expiresAt }) })

/** The stored values of `ada`, read as JSON. */
const storedValues = (expected: ReadonlyArray<unknown>): Step =>
  stored(
    (api) => Effect.map(api.secretValues("ada"), (rows) => rows.map(({ value }): unknown => JSON.parse(value))),
    expected
  )

const isStored = (count: number): Step =>
  stored((api) => Effect.map(api.secretValues("ada"), ({ length }) => length), count)

const deletesTheRow: ReadonlyArray<Step> = [
  send(act("mint", "oauth"), authorizationRequired("oauth")),
  isStored(0),
  send(get("/contact/ada/secret/list"), { ...ok, text: '{"items":[]}' }),
  ...givesMissing("oauth")
]

const renewed = { access_token: "new", expires_in: 3600, refresh_token: "refresh-2" }
const renewedForm = "access_token=new&expires_in=3600&refresh_token=refresh-2"
const newExpiry = startTime + 3_600_000

const refreshes: Step = received({
  method: "POST",
  url: tokenUrl,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  form: { grant_type: "refresh_token", refresh_token: "refresh-1", client_id: "our client" }
})

const tokens: ReadonlyArray<Case> = [
  oauth(
    "stored-without-expiry",
    ["3.9.value.oauth", "3.9.oauth.stored", "3.9.mint", "3.9.mint.oauth"],
    config,
    { accessToken: "stored" },
    {},
    [
      mints("stored", null),
      received(),
      ...sends("oauth", "Bearer stored"),
      send(act("verify", "oauth"), authenticated("oauth"))
    ]
  ),
  oauth(
    "stored-with-expiry",
    ["3.9.value.oauth", "3.9.oauth.stored", "3.9.mint.oauth"],
    config,
    `accessToken: stored\naccessTokenExpiresAt: ${startTime + 5000}\n`,
    {},
    [mints("stored", startTime + 5000), clock(4000), mints("stored", startTime + 5000), received()],
    ["clock"]
  ),
  ...[JSON.stringify(renewed), renewedForm].map((body, index) =>
    oauth(
      `refreshed-by-${index === 0 ? "json" : "form"}`,
      [
        "3.9.oauth.refresh",
        "3.9.oauth.refresh.answer",
        "3.9.oauth.refresh.stored",
        "3.9.mint.oauth",
        "3.9.effects",
        "3.9.value.oauth"
      ],
      config,
      refreshable,
      { upstream: { [tokenUrl]: [{ body }, { status: 500 }] } },
      [
        mints("new", newExpiry),
        refreshes,
        stored(
          (api) =>
            Effect.map(api.secretValues("ada"), (rows) =>
              rows.map(({ value }) => value.includes('"new"') && value.includes('"refresh-2"'))
            ),
          [true]
        ),
        // The new token is stored, so it is not refreshed again.
        mints("new", newExpiry),
        received(),
        ...sends("oauth", "Bearer new")
      ]
    )
  ),
  ...(["verify", "proxy"] as const).map((action) =>
    oauth(
      `refreshed-by-${action}`,
      ["3.9.effects", "3.9.oauth.refresh.stored"],
      config,
      refreshable,
      { upstream: { [tokenUrl]: [{ body: JSON.stringify(renewed) }] } },
      [
        send(act(action, "oauth"), action === "verify" ? authenticated("oauth") : { status: 200 }),
        received({ url: tokenUrl }, ...(action === "proxy" ? [{ url: upstreamUrl }] : [])),
        mints("new", newExpiry),
        received()
      ]
    )
  ),
  oauth(
    "not-refreshed-by-authenticate",
    ["3.9.authenticate.effects", "3.9.authenticate.again"],
    { ...config, validateUrl, revokeUrl },
    refreshable,
    {},
    [
      send(act("authenticate", "oauth"), { ...ok, has: { id: "oauth" } }),
      received(),
      storedValues([refreshable]),
      send(get("/contact/ada/secret/list"), { ...ok, ids: ["oauth"] })
    ]
  ),
  oauth(
    "refreshed-by-revoke",
    ["3.9.effects", "3.9.revoke.provider"],
    { ...config, revokeUrl },
    refreshable,
    { upstream: { [tokenUrl]: [{ body: JSON.stringify(renewed) }], [revokeUrl]: [{}] } },
    [
      send(act("revoke", "oauth"), { ...ok, text: '{"id":"oauth"}' }),
      received({ url: tokenUrl }, { url: revokeUrl, form: { token: "new" } }),
      isStored(0)
    ]
  ),
  ...[{ tokenUrl }, client, {}].map((incomplete, index) =>
    oauth(
      `not-refreshed-${index}`,
      ["3.9.oauth.refresh.needs", "3.9.oauth.expired"],
      incomplete,
      refreshable,
      { upstream: { [tokenUrl]: [{ body: JSON.stringify(renewed) }] } },
      [...deletesTheRow, received()]
    )
  ),
  oauth(
    "with-an-expired-refresh-token",
    ["3.9.oauth.refresh", "3.9.oauth.expired", "3.9.effects"],
    config,
    { ...refreshable, refreshTokenExpiresAt: startTime - 1 },
    { upstream: { [tokenUrl]: [{ body: JSON.stringify(renewed) }] } },
    [...deletesTheRow, received()]
  ),
  oauth(
    "by-client-credentials",
    ["3.9.oauth.credentials", "3.9.oauth.refresh.stored"],
    { ...config, grantType: "client_credentials" },
    {},
    { upstream: { [tokenUrl]: [{ body: JSON.stringify({ access_token: "ours", expires_in: 60 }) }, { status: 500 }] } },
    [
      mints("ours", startTime + 60_000),
      received({
        method: "POST",
        url: tokenUrl,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        form: { grant_type: "client_credentials", client_id: "our client", refresh_token: null }
      }),
      mints("ours", startTime + 60_000),
      received()
    ]
  ),
  oauth("nothing-stored", ["3.9.value.oauth.nothing", "3.9.oauth.none", "3.9.revoke.nothing"], config, {}, {}, [
    ...givesNothing("oauth"),
    isStored(1),
    received()
  ]),
  ...[expired, refreshable].map((value, index) =>
    oauth(
      `expired-${index}`,
      ["3.9.oauth.expired", "3.9.oauth.refused", "3.9.effects"],
      config,
      value,
      { upstream: { [tokenUrl]: [{ status: 400, body: '{"error":"invalid_grant"}' }] } },
      [...deletesTheRow, ...(index === 0 ? [received()] : [received({ url: tokenUrl })])]
    )
  ),
  oauth(
    "refused-without-a-stored-token",
    ["3.9.oauth.refused", "3.9.oauth.none"],
    { ...config, grantType: "client_credentials" },
    {},
    { upstream: { [tokenUrl]: [{ status: 401 }] } },
    [...givesNothing("oauth"), isStored(1)]
  ),
  oauth(
    "of-a-provider-that-cannot-be-reached",
    ["3.9.oauth.failed", "3.9.verify.failed", "3.9.revoke.failed", "3.9.mint.failed"],
    config,
    refreshable,
    { upstream: { [tokenUrl]: ["fails"] } },
    [...givesFailure("oauth", "fetch failed"), storedValues([refreshable])]
  )
]

const validation: ReadonlyArray<Case> = [
  oauth(
    "validated",
    ["3.9.oauth.validate", "3.9.oauth.validate.remembered"],
    { ...config, validateUrl },
    { accessToken: "stored" },
    { upstream: { [validateUrl]: [{ status: 204 }, { status: 401 }] } },
    [
      send(act("verify", "oauth"), authenticated("oauth")),
      received({ url: validateUrl, headers: { authorization: "Bearer stored" } }),
      clock(59_999),
      mints("stored", null),
      send(act("proxy", "oauth"), { status: 200 }),
      received({ url: upstreamUrl }),
      clock(60_000),
      ...deletesTheRow,
      received({ url: validateUrl })
    ],
    ["clock"]
  ),
  ...[401, 403, 302, 404, 500].map((status) =>
    oauth(
      `not-validated-${status}`,
      ["3.9.oauth.validate", "3.9.effects"],
      { ...config, validateUrl },
      { accessToken: "stored" },
      { upstream: { [validateUrl]: [{ status }] } },
      deletesTheRow
    )
  )
]

const revocations: ReadonlyArray<Case> = [
  oauth(
    "revoked",
    ["3.9.revoke", "3.9.revoke.provider", "3.9.revoke.deletes", "3.9.revoke.missing", "6.401.revoke"],
    { ...config, revokeUrl },
    { accessToken: "stored" },
    { upstream: { [revokeUrl]: [{}] } },
    [
      send(act("revoke", "oauth"), { ...ok, text: '{"id":"oauth"}' }),
      received({
        method: "POST",
        url: revokeUrl,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        form: { token: "stored", client_id: "our client", client_secret: "our secret" }
      }),
      isStored(0),
      send(get("/contact/ada/secret/list"), { ...ok, text: '{"items":[]}' }),
      ...[1, 2].map(() => send(act("revoke", "oauth"), revokeRefused(saysMissing))),
      received(),
      send(act("verify", "oauth"), unauthenticated("oauth"))
    ]
  ),
  ...(["fails", { status: 500 }, { status: 400, body: "no" }] as const).map((reply, index) =>
    oauth(
      `revoked-although-the-provider-fails-${index}`,
      ["3.9.revoke.provider.fails", "3.9.revoke.deletes"],
      { ...config, revokeUrl },
      { accessToken: "stored" },
      { upstream: { [revokeUrl]: [reply] } },
      [send(act("revoke", "oauth"), { ...ok, text: '{"id":"oauth"}' }), received({ url: revokeUrl }), isStored(0)]
    )
  )
]

const sharedValue = (expected: string | null): Step =>
  stored((api) => Effect.map(api.secrets("sk-main"), (rows) => rows.map(({ value }) => value || null)), [expected])

const shared: ReadonlyArray<Case> = [
  seeded(
    "oauth-expired-and-shared",
    ["3.9.oauth.shared", "3.9.verify.shared.nothing"],
    {
      rows: (api) =>
        api.seedSecrets(
          [{ id: "oauth", kind: "shared", type: "oauth", config, value: JSON.stringify(expired) }],
          "sk-main"
        )
    },
    [
      send(act("verify", "oauth"), conflicting("Cannot obtain secret for this secret type")),
      sharedValue(null),
      send(act("revoke", "oauth"), notFound)
    ]
  ),
  seeded(
    "oauth-revoked-and-shared",
    ["3.9.revoke.shared", "3.9.revoke.shared.told"],
    {
      upstream: { [revokeUrl]: [{}] },
      rows: (api) =>
        api.seedSecrets(
          [
            {
              id: "oauth",
              kind: "shared",
              type: "oauth",
              config: { ...config, revokeUrl },
              value: JSON.stringify({ accessToken: "stored" })
            }
          ],
          "sk-main"
        )
    },
    [
      send(act("revoke", "oauth"), serverError()),
      received({ url: revokeUrl, form: { token: "stored" } }),
      sharedValue('{"accessToken":"stored"}')
    ]
  )
]

/** The tokens of OAuth secrets (wire contract 3.9.2). */
export const oauthValues: ReadonlyArray<Case> = [...tokens, ...validation, ...revocations, ...shared]
