/** The operations on secrets, as data. They are marked as pure, so that a bundle has only those that are used. */
import * as Schema from "effect/Schema"
import * as Errors from "../../Errors.ts"
import * as Operation from "../call/Operation.ts"
import * as PageLines from "../list/PageLines.ts"
import * as SecretFailure from "./SecretFailure.ts"
import { ContactSecretPage, MintedToken, SecretAuthorization, SecretRef, SecretVerification } from "./SecretSchema.ts"

/** Unlike the pages of other lists, its pages may not come as JSON Lines, which a cut connection can shorten unnoticed. */
export const list = /* @__PURE__ */ Operation.make({
  name: "ContactSecret.list",
  method: "GET",
  path: "/contact/{contactId}/secret/list",
  safety: "read",
  isList: true,
  success: ContactSecretPage,
  failures: ["NotFound"]
})

export const listPage = /* @__PURE__ */ Operation.make({
  name: "ContactSecret.listPage",
  method: "GET",
  path: "/contact/{contactId}/secret/list",
  fromLines: PageLines.toPage,
  safety: "read",
  success: ContactSecretPage,
  failures: ["NotFound"]
})

/** A second request makes another URL. */
export const authenticate = /* @__PURE__ */ Operation.make({
  name: "ContactSecret.authenticate",
  method: "POST",
  path: "/contact/{contactId}/secret/{secretId}/authenticate",
  safety: "unsafe",
  success: SecretAuthorization,
  failures: ["NotFound", "Conflict"],
  readError: SecretFailure.read
})

export const verify = /* @__PURE__ */ Operation.make({
  name: "ContactSecret.verify",
  method: "POST",
  path: "/contact/{contactId}/secret/{secretId}/verify",
  safety: "read",
  success: SecretVerification,
  failures: ["NotFound", "Conflict"],
  readError: SecretFailure.read
})

/** A second request fails, and deletes nothing more. */
export const revoke = /* @__PURE__ */ Operation.make({
  name: "ContactSecret.revoke",
  method: "POST",
  path: "/contact/{contactId}/secret/{secretId}/revoke",
  safety: "idempotent",
  success: SecretRef,
  failures: ["NotFound", "AuthorizationRequired"],
  secretErrors: { AuthorizationRequired: Errors.AuthorizationRequired },
  readError: SecretFailure.readRevoke
})

/** A second request makes another token. */
export const mint = /* @__PURE__ */ Operation.make({
  name: "ContactSecret.mint",
  method: "POST",
  path: "/contact/{contactId}/secret/{secretId}/mint",
  safety: "unsafe",
  success: MintedToken,
  failures: ["NotFound", "AuthorizationRequired", "NotMintable"],
  secretErrors: { AuthorizationRequired: Errors.AuthorizationRequired, NotMintable: Errors.NotMintable },
  readError: /* @__PURE__ */ SecretFailure.makeRead({
    authorization_required: "AuthorizationRequired",
    not_mintable: "NotMintable"
  })
})

const proxyBase = {
  name: "ContactSecret.proxy",
  method: "POST",
  path: "/contact/{contactId}/secret/{secretId}/proxy",
  // The reply is read by an exchange of its own.
  success: Schema.Unknown,
  failures: ["NotFound", "AuthorizationRequired", "DestinationRefused"],
  secretErrors: {
    AuthorizationRequired: Errors.AuthorizationRequired,
    DestinationRefused: Errors.DestinationRefused
  },
  readError: /* @__PURE__ */ SecretFailure.makeRead({
    authorization_required: "AuthorizationRequired",
    invalid_destination: "DestinationRefused",
    forbidden_secret_kind: "Forbidden",
    redirect_blocked: "UnexpectedResponse"
  })
} as const

/** A second request acts a second time on the service that it is sent to. */
export const proxy = /* @__PURE__ */ Operation.make({ ...proxyBase, safety: "unsafe" })

/** The same for a request that the caller has said may be sent more than once. */
export const proxyRepeatable = /* @__PURE__ */ Operation.make({ ...proxyBase, safety: "idempotent" })
