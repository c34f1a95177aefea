import { assert, describe, it } from "@effect/vitest"
import { Effect, type Redacted, type Scope, Stream } from "effect"
import type { Headers } from "effect/http"
import { expectTypeOf } from "vitest"
import type * as Client from "../src/Client.ts"
import * as ContactSecret from "../src/ContactSecret.ts"
import type * as Errors from "../src/Errors.ts"
import type { CommonError as Common } from "./support/CommonError.ts"

// Checked by the compiler: `npm test` type-checks before it runs anything.

describe("the error unions are exact", () => {
  it("each operation has the failures that it can have, and no others", () => {
    expectTypeOf(ContactSecret.list("c")).toEqualTypeOf<
      Stream.Stream<ContactSecret.ContactSecret, Common | Errors.NotFound, Client.Client>
    >()
    expectTypeOf(ContactSecret.listPage("c")).toEqualTypeOf<
      Effect.Effect<ContactSecret.ContactSecretPage, Common | Errors.NotFound, Client.Client>
    >()
    expectTypeOf(ContactSecret.authenticate("c", "s")).toEqualTypeOf<
      Effect.Effect<ContactSecret.SecretAuthorization, Common | Errors.NotFound | Errors.Conflict, Client.Client>
    >()
    expectTypeOf(ContactSecret.verify("c", "s")).toEqualTypeOf<
      Effect.Effect<ContactSecret.SecretVerification, Common | Errors.NotFound | Errors.Conflict, Client.Client>
    >()
    expectTypeOf(ContactSecret.revoke("c", "s")).toEqualTypeOf<
      Effect.Effect<ContactSecret.SecretRef, Common | Errors.NotFound | Errors.AuthorizationRequired, Client.Client>
    >()
    expectTypeOf(ContactSecret.mint("c", "s")).toEqualTypeOf<
      Effect.Effect<
        ContactSecret.MintedToken,
        Common | Errors.NotFound | Errors.AuthorizationRequired | Errors.NotMintable,
        Client.Client
      >
    >()
    expectTypeOf(ContactSecret.proxy("c", "s", { url: "https://a.test" })).toEqualTypeOf<
      Effect.Effect<
        ContactSecret.ProxyAnswer,
        Common | Errors.NotFound | Errors.AuthorizationRequired | Errors.DestinationRefused,
        Client.Client | Scope.Scope
      >
    >()
  })

  it("reading the body of an answer can time out, be cut, or be corrupt", () => {
    expectTypeOf<ContactSecret.ProxyAnswer["body"]>().toEqualTypeOf<
      Stream.Stream<Uint8Array, Errors.Timeout | Errors.TransportError | Errors.UnexpectedResponse>
    >()
    expectTypeOf<ContactSecret.ProxyAnswer["headers"]>().toEqualTypeOf<Headers.Headers>()
  })

  it("making an operation runs nothing", () => {
    assert.isTrue(Effect.isEffect(ContactSecret.mint("c", "s")))
    assert.isTrue(Stream.isStream(ContactSecret.list("c")))
  })
})

describe("the types of the replies", () => {
  it("URLs and tokens are redacted", () => {
    expectTypeOf<ContactSecret.SecretAuthorization["url"]>().toEqualTypeOf<Redacted.Redacted<string>>()
    expectTypeOf<ContactSecret.MintedToken["token"]>().toEqualTypeOf<Redacted.Redacted<string>>()
    expectTypeOf<ContactSecret.MintedToken["expiresAt"]>().toEqualTypeOf<number | null>()
    expectTypeOf<Errors.AuthorizationRequired["url"]>().toEqualTypeOf<Redacted.Redacted<string> | undefined>()
  })

  it("the status of a verification and the type of a secret are open", () => {
    expectTypeOf<"authenticated">().toExtend<ContactSecret.SecretVerification["status"]>()
    expectTypeOf<"expired">().toExtend<ContactSecret.SecretVerification["status"]>()
    expectTypeOf<"passkey">().toExtend<ContactSecret.SecretType>()
    const urlOf = ({ action }: ContactSecret.SecretVerification) => action?.url
    expectTypeOf(urlOf).returns.toEqualTypeOf<Redacted.Redacted<string> | undefined>()
  })

  it("a list has no cursor, and a proxied request needs a URL", () => {
    // @ts-expect-error the server finds nothing after it
    const list = ContactSecret.list("c", { cursor: "s" })
    // @ts-expect-error url is required
    const proxied = ContactSecret.proxy("c", "s", { method: "GET" })
    assert.isTrue(Stream.isStream(list) && Effect.isEffect(proxied))
  })
})
