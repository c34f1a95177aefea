/** Calls from code without Effect: one program with `Effect.runPromise`, or many calls on one `ManagedRuntime`. */
import { Effect, ManagedRuntime, Stream } from "effect"
import { Contact } from "effect-chatbotkit"
// In an application: import * as Fetch from "effect-chatbotkit/layers/Fetch"
import * as InMemory from "effect-chatbotkit/layers/InMemory"

// const client = Fetch.layer({ secret: Redacted.make(process.env.CHATBOTKIT_API_SECRET ?? "") })
const client = InMemory.layer()

// One program: the client lives as long as it runs. A failure rejects the promise.
const ada = await Effect.runPromise(
  Effect.gen(function* () {
    const { id } = yield* Contact.create({ name: "Ada Lovelace" })
    return yield* Contact.fetch(id)
  }).pipe(Effect.provide(client))
)
console.log("created", ada.name)

// Many calls: the runtime keeps the client and its connections until it is disposed of.
const runtime = ManagedRuntime.make(client)

export const ensureContact = (fingerprint: string) => runtime.runPromise(Contact.ensure({ fingerprint }))

/** The contact, or null if there is none: an expected failure becomes part of the result. */
export const findContact = (id: string) =>
  runtime.runPromise(Contact.fetch(id).pipe(Effect.catchTag("NotFound", () => Effect.succeed(null))))

const { id } = await ensureContact("crm-0001-ada-lovelace")
console.log("ensured", (await findContact(id))?.id === id)
console.log("missing", await findContact("c000000000000000000000000"))

// A stream becomes an async iterable. Leaving the loop closes the connection.
for await (const contact of await runtime.runPromise(Stream.toAsyncIterableEffect(Contact.list()))) {
  console.log("listed", contact.fingerprint)
}

await runtime.dispose()
