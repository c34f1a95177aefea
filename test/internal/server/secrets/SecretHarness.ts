import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as SecretSeeds from "../../../../src/internal/server/secrets/SecretSeeds.ts"
import type * as Upstream from "../../../../src/internal/server/secrets/Upstream.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { account, accountNamed, parse, post, seed, send, type Sent } from "../Harness.ts"

export type Action = "authenticate" | "verify" | "revoke" | "mint" | "proxy"

export const actions: ReadonlyArray<Action> = ["authenticate", "verify", "revoke", "mint", "proxy"]

/** A body that every action accepts. */
export const anyBody = { url: "https://third.example/path" }

/** Sends an action on a secret, for the contact `ada` unless another one is named. */
export const act = (action: Action, secret: string, rest: Partial<Sent> & { readonly contact?: string } = {}) => {
  const { contact = "ada", ...sent } = rest
  return send(post(`/v1/contact/${contact}/secret/${secret}/${action}`, anyBody, sent))
}

/** A verified contact `ada`, and `bob` who is not verified. */
export const seedContacts = seed([{ id: "ada", verifiedAt: 1 }, { id: "bob" }])

export const seedSecrets = (seeds: ReadonlyArray<SecretSeeds.SecretSeed>, token?: string) =>
  Effect.gen(function* () {
    const state = yield* ServerState.ServerState
    return yield* SecretSeeds.seedSecrets(
      state.secrets,
      token === undefined ? yield* account : yield* accountNamed(token),
      seeds
    )
  })

/** Stores the value of a secret for a contact. */
export const seedValue = (secretId: string, value: string, contact = "ada") =>
  Effect.flatMap(ServerState.ServerState, (state) => SecretSeeds.seedValues(state, contact, [{ secretId, value }]))

/** Seeds a personal secret with the id `s`, and its value for `ada`. */
export const seedPersonal = (value: string | undefined, secret: SecretSeeds.SecretSeed = {}) =>
  Effect.gen(function* () {
    yield* seedContacts
    yield* seedSecrets([{ id: "s", kind: "personal", ...secret }])
    if (value !== undefined) yield* seedValue("s", value)
  })

/** The text of a stored value; undefined if there is none. */
export const storedValue = (secretId = "s", contact = "ada") =>
  Effect.map(ServerState.ServerState, (state) => state.secrets.findValue(secretId, contact)?.value)

/** An outside world that answers with a function, and the requests that it saw. */
export const makeUpstream = (answer: (request: Upstream.UpstreamRequest) => Upstream.UpstreamResponse) => {
  const seen: Array<Upstream.UpstreamRequest> = []
  const upstream: Upstream.Upstream = (request) =>
    Effect.sync(() => {
      seen.push(request)
      return answer(request)
    })
  return { seen, upstream }
}

/** The claims of a JSON Web Token. */
export const claims = (token: string) => parse(Result.getOrThrow(Base64Url.decodeString(token.split(".")[1] ?? "")))

const authorize =
  /^https:\/\/chatbotkit\.com\/secrets\/([^/]+)\/manager\/authenticate\?state=([^&]+)&cbk=1&auth=1&unfurl=0#target=_popup&unfurl=0$/

/** The secret id and the claims of a URL where a user authorizes. */
export const authorization = (url: string) => {
  const [, secretId, state = ""] = authorize.exec(url) ?? []
  return { secretId, claims: claims(state) }
}

/** The message of a missing value, with the short URL. */
export const missing =
  /^Missing value for secret: ask the user to visit https:\/\/chatbotkit\.com\/s\/[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}\?cbk=1&auth=1&unfurl=0 to authorize access$/
