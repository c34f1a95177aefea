/**
 * The secrets of a contact: credentials for other services, which the contact authorizes. The values stay on the server: it can
 * use one for a request ({@link proxy}), or give a token that is made from it ({@link mint}).
 *
 * A secret is given by its id, as `(Some Name)` or `@alias` of the account, as `@@alias` of the parent account, or as
 * `@user@alias` of another child of it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Client } from "./Client.ts"
import type * as Errors from "./Errors.ts"
import * as Failure from "./internal/call/failure/Failure.ts"
import * as OperationError from "./internal/call/failure/OperationError.ts"
import type * as Operation from "./internal/call/Operation.ts"
import * as OperationSpan from "./internal/call/OperationSpan.ts"
import * as CheckedRequest from "./internal/call/request/CheckedRequest.ts"
import * as ItemList from "./internal/contactItem/ItemList.ts"
import * as ListQuery from "./internal/list/ListQuery.ts"
import * as ProxyAnswers from "./internal/secret/ProxyAnswer.ts"
import * as ProxyExchange from "./internal/secret/ProxyExchange.ts"
import * as SecretFailure from "./internal/secret/SecretFailure.ts"
import * as SecretId from "./internal/secret/SecretId.ts"
import * as SecretList from "./internal/secret/SecretList.ts"
import * as operations from "./internal/secret/SecretOperations.ts"
import { ProxyRequest, SecretListRequest } from "./internal/secret/SecretRequest.ts"
import type {
  ContactSecret,
  ContactSecretPage,
  MintedToken,
  SecretAuthorization,
  SecretRef,
  SecretVerification
} from "./internal/secret/SecretSchema.ts"

export {
  ContactSecret,
  ContactSecretPage,
  MintedToken,
  SecretAuthorization,
  SecretRef,
  SecretVerification
} from "./internal/secret/SecretSchema.ts"
export type { SecretType, VerificationStatus } from "./internal/secret/SecretSchema.ts"
export { ProxyRequest, SecretListRequest as ListRequest } from "./internal/secret/SecretRequest.ts"
export type { ProxyAnswer, ProxyBodyError } from "./internal/secret/ProxyAnswer.ts"

/** The failures of {@link list} and {@link listPage}. */
export type ListError = Operation.Error<typeof operations.list>
/** The failures of {@link authenticate}. */
export type AuthenticateError = Operation.Error<typeof operations.authenticate>
/** The failures of {@link verify}. */
export type VerifyError = Operation.Error<typeof operations.verify>
/** The failures of {@link revoke}. */
export type RevokeError = Operation.Error<typeof operations.revoke>
/** The failures of {@link mint}. */
export type MintError = Operation.Error<typeof operations.mint>
/** The failures of {@link proxy}, before its answer. */
export type ProxyError = Operation.Error<typeof operations.proxy>

// `undefined` members are kept, so that they are refused as conditions. Without them, a list would have more secrets.
const checkList = /* @__PURE__ */ CheckedRequest.make(SecretListRequest, { keepsUndefined: true })
const checkProxy = /* @__PURE__ */ CheckedRequest.make(ProxyRequest)

/** Runs an action on a secret. */
const act = <A, T extends Errors.Tag>(
  operation: Operation.Operation<A, T>,
  contactId: string,
  secretId: string
): Effect.Effect<A, Operation.Error<Operation.Operation<A, T>>, Client> =>
  Effect.andThen(
    SecretId.check(operation, secretId),
    Effect.flatMap(Client, (client) =>
      Effect.map(client.run(operation, { contactId, secretId, body: {} }), ({ value }) => value)
    )
  )

// -----------------------------------------------------------------------------
// The operations
// -----------------------------------------------------------------------------

/** The list of a request, once the request is checked. */
const checkedList = /* @__PURE__ */ Effect.fnUntraced(function* (
  contactId: string,
  request: SecretListRequest
): Effect.fn.Return<Stream.Stream<ContactSecret, ListError>, ListError, Client> {
  const accepted = yield* checkList(operations.list, request)
  yield* ItemList.refuseName(operations.list, contactId)
  return SecretList.make(yield* Client, contactId, accepted)
})

/**
 * Lists the secrets for which a contact has a value: all of them, or as many as `take`. A shared secret is never listed.
 *
 * The server's paging of this list is broken: only the first 100 and the last 100 values can be read. So the client reads the page
 * at the beginning of the list and, unless it has `take` secrets, the page at its end. If a secret is on both, the list is complete:
 * every secret that has a value throughout comes exactly once and in order. If none is, the stream delivers the first page, which is
 * certain, and fails with `UnexpectedResponse`; `lastId` and `received` say how far it came. Two empty pages are an empty
 * list. If secrets are authorized or revoked meanwhile, up to two more pages are read. A list cannot be continued after
 * `lastId`.
 *
 * The contact's name, such as `(Ada Lovelace)`, is refused. Fails with `NotFound` if there is no such contact, and with `Forbidden`
 * if it belongs to another account.
 *
 * @example
 * ```ts
 * const names = ContactSecret.list(contactId).pipe(Stream.map((secret) => secret.name))
 * ```
 */
export const list = (
  contactId: string,
  request: SecretListRequest = {}
): Stream.Stream<ContactSecret, ListError, Client> =>
  Stream.unwrap(checkedList(contactId, request)).pipe(Stream.withSpan("ContactSecret.list"))

/**
 * Lists one page of at most 100 secrets, even if `take` is more. There is no page after it. A page that has fewer secrets than
 * `take` need not be the last: the server leaves out values whose secret is gone. Only {@link list} finds out if that is all.
 *
 * @example
 * ```ts
 * const { items } = yield* ContactSecret.listPage(contactId, { take: 10 })
 * ```
 */
export const listPage = /* @__PURE__ */ Effect.fnUntraced(function* (
  contactId: string,
  request: SecretListRequest = {}
): Effect.fn.Return<ContactSecretPage, ListError, Client> {
  const accepted = yield* checkList(operations.listPage, request)
  if (accepted.take === 0) return { items: [] }
  const client = yield* Client
  return (yield* client.run(operations.listPage, { contactId, query: ListQuery.make(accepted) })).value
}, /* @__PURE__ */ OperationSpan.make("ContactSecret.listPage"))

/**
 * Makes a URL at which the contact authorizes access to a personal secret, even if the contact has done so before. Fails with
 * `Conflict` if the contact is not verified, or the secret is shared.
 *
 * @example
 * ```ts
 * const { url } = yield* ContactSecret.authenticate(contactId, "@calendar")
 * yield* showToUser(Redacted.value(url))
 * ```
 */
export const authenticate = (
  contactId: string,
  secretId: string
): Effect.Effect<SecretAuthorization, AuthenticateError, Client> =>
  act(operations.authenticate, contactId, secretId).pipe(OperationSpan.make("ContactSecret.authenticate"))

/**
 * Finds out if a secret has a value that can be used: `authenticated`, or `unauthenticated` with the URL at which the contact
 * authorizes access. The server may refresh an OAuth token for it, and deletes a value that is no longer valid. Fails with `Conflict`
 * if the contact is not verified, if a shared secret has no value, or if the value cannot be made.
 *
 * @example
 * ```ts
 * const { action } = yield* ContactSecret.verify(contactId, secretId)
 * if (action !== undefined) yield* showToUser(Redacted.value(action.url))
 * ```
 */
export const verify = (contactId: string, secretId: string): Effect.Effect<SecretVerification, VerifyError, Client> =>
  act(operations.verify, contactId, secretId).pipe(OperationSpan.make("ContactSecret.verify"))

/**
 * Deletes the contact's value of a secret. First the server asks the provider to revoke an OAuth token, and ignores its failure.
 * Fails with `AuthorizationRequired` if there is no value, and with `NotFound` if there is no such contact or secret. After
 * a lost answer, both are a success: the value is gone either way.
 *
 * @example
 * ```ts
 * yield* ContactSecret.revoke(contactId, secretId).pipe(Effect.catchTag("AuthorizationRequired", () => Effect.void))
 * ```
 */
export const revoke = (contactId: string, secretId: string): Effect.Effect<SecretRef, RevokeError, Client> =>
  act(operations.revoke, contactId, secretId).pipe(
    Effect.catchIf(
      (error) =>
        error.outcome === "unknown" &&
        (error._tag === "NotFound" ||
          (error._tag === "AuthorizationRequired" && error.description === SecretFailure.missingValue)),
      () => Effect.succeed({ id: secretId.trim() })
    ),
    OperationSpan.make("ContactSecret.revoke")
  )

/**
 * Makes a token from a secret of type `oauth` or `jwt`. Fails with `AuthorizationRequired` if the contact has not authorized access,
 * and with `NotMintable` if the secret is of another type or shared, or its tokens are the platform's own.
 *
 * @example
 * ```ts
 * const { token } = yield* ContactSecret.mint(contactId, "@calendar")
 * ```
 */
export const mint = (contactId: string, secretId: string): Effect.Effect<MintedToken, MintError, Client> =>
  act(operations.mint, contactId, secretId).pipe(OperationSpan.make("ContactSecret.mint"))

/** The options of {@link proxy}. */
export interface ProxyOptions {
  /**
   * The number of times that the request may be sent again after a failure, at most 100. The service may then get it more than once.
   * After a lost answer it is sent again only if the contact and the secret are given by their ids: a name or an alias could be
   * that of another secret by then. An answer of the service, such as a 503, is never a reason to send it again.
   *
   * @default 0
   */
  readonly retries?: number | undefined
}

const once = { retry: { retries: 0 } }

/** The number of retries. If it cannot be read, it is not a number, which the client refuses. */
const retriesOf = (options: ProxyOptions | undefined): number =>
  Result.getOrElse(
    Result.try(() => options?.retries ?? 0),
    () => Number.NaN
  )

/**
 * Has the server send a request to another service, with the value of a secret in its headers. Gives the answer of the service,
 * whatever its status. Redirects are not followed. If nobody reads the body, the connection stays open until the scope closes.
 *
 * Fails with `AuthorizationRequired` if the contact has not authorized access, with `DestinationRefused` if the server does not
 * send requests to this host, with `Forbidden` (`forbidden_secret_kind`) if the secret is shared, and with `ServerError` if it
 * could not connect. `timeout.attempt` covers the request up to the headers of the answer, and `timeout.idle` the time between two parts
 * of the body.
 *
 * The API does not mark its own failures. A reply is taken for one if its status, keys and texts are exactly those of the API;
 * any other reply is the service's answer, such as an HTML page of a gateway in front of the API. So a service can imitate a failure
 * of the API, even an `AuthorizationRequired` with a `url` of its own: unless you trust the service, show the contact the URL of
 * {@link authenticate} instead. If the service is this API itself, its errors cannot be told apart.
 *
 * @example
 * ```ts
 * const events = Effect.gen(function* () {
 *   const answer = yield* ContactSecret.proxy(contactId, "@calendar", { url: "https://calendar.example/v1/events" })
 *   return yield* answer.body.pipe(Stream.decodeText, Stream.mkString)
 * }).pipe(Effect.scoped)
 * ```
 */
export const proxy = /* @__PURE__ */ Effect.fnUntraced(function* (
  contactId: string,
  secretId: string,
  request: ProxyRequest,
  options?: ProxyOptions
): Effect.fn.Return<ProxyAnswers.ProxyAnswer, ProxyError, Client | Scope.Scope> {
  const retries = retriesOf(options)
  const operation = retries === 0 ? operations.proxy : operations.proxyRepeatable
  yield* SecretId.check(operation, secretId)
  const body = yield* checkProxy(operation, request)
  const client = yield* Client
  const repeating = yield* client
    .withOptions(retries === 0 ? once : { retry: { retries } })
    .pipe(
      Effect.mapError(({ description }) => OperationError.refusal(operation, Failure.refused("retries", description)))
    )
  const exchange = ProxyExchange.make(operation, yield* Effect.scope)
  return ProxyAnswers.make(yield* repeating.open(operation, { contactId, secretId, body }, exchange))
}, /* @__PURE__ */ OperationSpan.make("ContactSecret.proxy"))
