import * as Effect from "effect/Effect"
import { Client } from "../../../Client.ts"
import * as Contact from "../../../Contact.ts"
import type { Shape } from "../../format/Shape.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import * as Output from "../../support/Output.ts"
import * as Configuration from "../Configuration.ts"

const fields = ["authenticated", "server", "profile", "secret", "runAsUser"]
const shape: Shape = { fields, table: fields }

/** Writes the configuration, and checks the secret with the smallest request. */
export const status = ApiClient.provide(
  Effect.gen(function* () {
    const { profile, runAsUserId, secret } = yield* Configuration.read
    const { settings } = yield* Client
    const show = (authenticated: boolean) =>
      Output.item(
        {
          authenticated,
          server: settings.prefix.replace(/\/v1$/, ""),
          profile: profile ?? null,
          secret: secret?.description ?? null,
          runAsUser: runAsUserId ?? null
        },
        shape
      )
    yield* Contact.listPage({ take: 1 }).pipe(Effect.tapErrorTag("Unauthorized", () => show(false)))
    yield* show(true)
  })
)
