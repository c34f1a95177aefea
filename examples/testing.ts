/** A test of code that depends on `Client`: it provides the in-memory ChatBotKit instead, and inspects its contacts. */
import { Effect, Stream } from "effect"
import { Contact } from "effect-chatbotkit"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import * as assert from "node:assert/strict"

/** The code under test: gives every gold contact a nick. */
const greetGold = Contact.list({ meta: { tier: "gold" } }).pipe(
  Stream.mapEffect(({ id, name }) => Contact.update(id, { nick: `Dear ${name}` })),
  Stream.runCount
)

const test = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  yield* api.seed([
    { name: "Ada", meta: { tier: "gold" } },
    { name: "Grace", meta: { tier: "silver" } },
    { name: "Edsger", meta: { tier: "gold" } }
  ])

  assert.equal(yield* greetGold, 2)

  const contacts = yield* api.contacts()
  assert.deepEqual(
    contacts.map((contact) => contact.nick),
    ["Dear Ada", null, "Dear Edsger"]
  )
  assert.equal(yield* api.requestCount("Contact.update"), 2)
})

await Effect.runPromise(Effect.provide(test, InMemory.layer()))
console.log("The test passed")
