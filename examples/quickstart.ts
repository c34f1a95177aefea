/**
 * Every operation, over real HTTP. Without settings, this program starts the emulator and talks to it. With
 * CHATBOTKIT_API_SECRET set, it talks to the hosted service, or to the server at CHATBOTKIT_BASE_URL. It deletes every
 * contact that it creates, also when it is interrupted.
 *
 *     npm start
 */
import { NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Option, Redacted, Stream } from "effect"
import { Contact } from "effect-chatbotkit"
import * as Emulator from "effect-chatbotkit/layers/Emulator"
import * as Node from "effect-chatbotkit/layers/Node"
import { randomUUID } from "node:crypto"

const show =
  (call: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.tap(effect, (result) => Console.log(call, "->", result))

const quickstart = Effect.gen(function* () {
  // The mark of this run's contacts. It finds all of them again, even if the answer to a create was lost.
  const run = randomUUID()
  yield* Effect.addFinalizer(() => Effect.orDie(deleteAll(run)))

  const { id } = yield* Contact.create({ name: "Ada Lovelace", phone: "(202) 555-0123", meta: { run } }).pipe(
    show("create")
  )
  yield* Contact.ensure({ fingerprint: `quickstart-${run}`, name: "Grace Hopper", meta: { run } }).pipe(show("ensure"))
  yield* Contact.update(id, { nick: "ada", meta: { $update: { tier: "gold" } } }).pipe(show("update"))
  yield* Contact.fetch(id).pipe(show("fetch"))
  yield* Contact.listPage({ take: 2, meta: { run } }).pipe(
    Effect.map((page) => page.items.map((contact) => contact.name)),
    show("listPage")
  )
  yield* Contact.delete(id).pipe(show("delete"))
  yield* Contact.fetch(id).pipe(
    Effect.catchTag("NotFound", (error) => Effect.succeed(error.message)),
    show("fetch again")
  )

  yield* Effect.forEach(
    Array.from({ length: 1000 }, (_, index) => `Contact ${index}`),
    (name) => Contact.create({ name, meta: { run, batch: "1000" } }),
    { concurrency: 16, discard: true }
  )
  yield* Contact.list({ order: "asc", meta: { run, batch: "1000" } }).pipe(
    Stream.runFold(
      () => ({ count: 0, last: "" }),
      ({ count }, contact) => ({ count: count + 1, last: contact.name })
    ),
    show("list")
  )
}).pipe(Effect.scoped)

/** Deletes contacts while it lists them, many at a time. The list stays complete although its rows are deleted. */
const deleteAll = Effect.fnUntraced(function* (run: string) {
  const count = yield* Contact.list({ meta: { run } }).pipe(
    Stream.mapEffect(({ id }) => Effect.catchTag(Contact.delete(id), "NotFound", () => Effect.void), {
      concurrency: 16
    }),
    Stream.runCount
  )
  yield* Console.log(`deleted ${count} contacts`)
})

const emulated = Layer.unwrap(
  Effect.map(Emulator.Emulator, ({ url }) => Node.layer({ secret: Redacted.make("sk-quickstart"), baseUrl: url }))
).pipe(Layer.provide(Emulator.layer()))

const program = Effect.gen(function* () {
  const secret = yield* Config.option(Config.Redacted("CHATBOTKIT_API_SECRET"))
  return yield* Option.isSome(secret)
    ? Effect.provide(quickstart, Node.layerConfig())
    : Effect.provide(quickstart, emulated)
})

NodeRuntime.runMain(program)
