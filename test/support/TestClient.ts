import { Effect, Redacted } from "effect"
import { HttpClient } from "effect/http"
import * as Client from "../../src/Client.ts"
import * as operations from "../../src/internal/contact/ContactOperations.ts"
import * as Reply from "../../src/internal/call/reply/Reply.ts"
import * as Fake from "./FakeHttp.ts"

/** A client over a fake, with its internal methods. */
export const make = (fake: Fake.Fake, options: Partial<Client.Options> = {}) =>
  Client.make({ secret: Redacted.make(Fake.secret), ...options }).pipe(
    Effect.orDie,
    Effect.provideService(HttpClient.HttpClient, fake.http)
  )

/** The reply of a list, before its body is read. The scope closes it. */
export const openList = (fake: Fake.Fake, options?: Partial<Client.Options>) =>
  Effect.gen(function* () {
    const client = yield* make(fake, options)
    return yield* client.open(operations.list, { query: [] }, Reply.exchangeLines(operations.list, yield* Effect.scope))
  })
