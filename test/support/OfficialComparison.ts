import type { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import { assert } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type * as Client from "../../src/Client.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"

/** The options of the official client. */
export type OfficialOptions = ConstructorParameters<typeof ContactClient>[0]

/** The same call with both clients. A result leaves out the parts that are random, such as a new id. */
export interface Call {
  readonly name: string
  readonly theirs: (options: OfficialOptions) => Promise<unknown>
  readonly ours: Effect.Effect<unknown, unknown, Client.Client>
  /** The options of both clients. */
  readonly options?: CommonOptions
}

/** The options that both clients have. */
export interface CommonOptions {
  readonly runAsUserId?: string
  readonly timezone?: string
}

/** Our client over each transport. */
export const transports = [
  { transport: "Fetch", client: Fetch.layer },
  { transport: "Node", client: Node.layer }
]

/** The events of a stream of the official client, as items. */
export const items = async (events: AsyncIterable<unknown>): Promise<ReadonlyArray<unknown>> => {
  const found: Array<unknown> = []
  for await (const event of events) {
    if (typeof event === "object" && event !== null && "data" in event) found.push(event.data)
  }
  return found
}

/** The requests that the emulator has received, without the parts in which the clients may differ. */
const sent = Effect.flatMap(InMemory.InMemory, (api) =>
  Effect.map(api.requests, (requests) =>
    requests.map(({ account, body, headers, method, path, query }) => ({
      request: `${method} ${path}?${query}`,
      // Only our client generates a fingerprint, which makes a create safe to send again.
      body: body?.replace(/,?"fingerprint":"[0-9a-f]{32}"/, ""),
      // Both mean JSON.
      accept: headers["accept"]?.replace("*/*", "application/json"),
      contentType: headers["content-type"],
      authorization: headers["authorization"],
      account,
      runAs: headers["x-runas-user-id"],
      timezone: headers["x-timezone"]
    }))
  )
)

/**
 * Makes a call with the official client and with ours, each after `reset`, and asserts that the request and the result are the
 * same. Only our client may send more requests, such as the one that confirms the end of a stream.
 */
export const assertSame = Effect.fnUntraced(function* <E, R>(
  { options, ours, theirs }: Call,
  client: (typeof transports)[number]["client"],
  reset: Effect.Effect<unknown, E, R>
) {
  const { url } = yield* Emulator.Emulator
  yield* reset
  const theirResult = yield* Effect.promise(async () =>
    theirs({ secret: Redacted.value(InMemory.secret), baseUrl: url, ...options })
  )
  const theirRequests = yield* sent

  yield* reset
  const ourResult = yield* ours.pipe(Effect.provide(client({ secret: InMemory.secret, baseUrl: url, ...options })))
  assert.isNotEmpty(theirRequests)
  assert.deepStrictEqual((yield* sent).slice(0, 1), theirRequests)
  assert.deepStrictEqual(withoutTimes(ourResult), withoutTimes(theirResult))
})

/** A result without `updatedAt`, which differs since the second call comes later. */
const withoutTimes = (result: unknown): unknown =>
  JSON.parse(JSON.stringify(result), (key, value: unknown) => (key === "updatedAt" ? undefined : value))
