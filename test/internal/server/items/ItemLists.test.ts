import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { account, layer, remove, seed, send } from "../Harness.ts"

const common = { name: "", description: "", meta: null }

describe("The list of memories (contract 3.8.1)", () => {
  it.effect("sends its fields in their order, newest first", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      const { items } = yield* ServerState.ServerState
      const row = { ...common, account: yield* account, contactId: "ada", botId: null, text: "likes tea" }
      items.memories.set({ ...row, id: "m1", createdAt: 1, updatedAt: 2 })
      items.memories.set({ ...row, id: "m2", createdAt: 3, updatedAt: 3, botId: "b", meta: { "#x": 1, k: [true] } })
      const got = yield* send({ path: "/v1/contact/ada/memory/list" })
      assert.strictEqual(
        got.text,
        '{"items":[' +
          '{"id":"m2","name":"","description":"","botId":"b","text":"likes tea","meta":{"k":[true]},"createdAt":3,"updatedAt":3},' +
          '{"id":"m1","name":"","description":"","botId":null,"text":"likes tea","meta":null,"createdAt":1,"updatedAt":2}' +
          '],"cursor":"m1"}'
      )
    }).pipe(Effect.provide(layer()))
  )
})

describe("Deleting a contact (contract 3.7)", () => {
  it.effect("deletes its memories, and no others", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }, { id: "bob" }])
      const { items } = yield* ServerState.ServerState
      const row = { ...common, account: yield* account, botId: null, text: "", createdAt: 1, updatedAt: 1 }
      items.memories.set({ ...row, id: "m1", contactId: "ada" })
      items.memories.set({ ...row, id: "m2", contactId: "bob" })
      yield* remove("ada")
      assert.deepStrictEqual(
        items.memories.rows().map(({ id }) => id),
        ["m2"]
      )
      assert.strictEqual((yield* send({ path: "/v1/contact/ada/memory/list" })).status, 404)
    }).pipe(Effect.provide(layer()))
  )
})
