import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ItemTable, type ContactRow } from "../../../../src/internal/server/items/ItemTable.ts"

const contacts = ["a", "b"] as const

const Step = Schema.Struct({
  kind: Schema.Literals(["set", "set", "set", "delete", "delete rows", "unlink rows"]),
  id: Schema.Literals(["r1", "r2", "r3", "r4", "r5"]),
  contactId: Schema.Literals(contacts),
  // Few times, so that ties are common.
  createdAt: Schema.Literals([1, 2])
})

const inOrder = (rows: Iterable<ContactRow>): ReadonlyArray<ContactRow> =>
  [...rows].toSorted((left, right) => left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1))

describe("ItemTable", () => {
  it.effect.prop("agrees with a map of rows", [Schema.Array(Step)], ([steps]) =>
    Effect.sync(() => {
      const table = new ItemTable<ContactRow>()
      const model = new Map<string, ContactRow>()
      for (const { contactId, createdAt, id, kind } of steps) {
        if (kind === "set") {
          const row = { id, contactId, createdAt, meta: null }
          table.set(row)
          model.set(id, row)
        } else if (kind === "delete") {
          table.delete(id)
          model.delete(id)
        } else {
          if (kind === "delete rows") table.deleteRowsOf(contactId)
          else table.unlinkRowsOf(contactId)
          for (const row of model.values()) {
            if (row.contactId !== contactId) continue
            if (kind === "delete rows") model.delete(row.id)
            else model.set(row.id, { ...row, contactId: null })
          }
        }
        assert.deepStrictEqual(inOrder(table.rows()), inOrder(model.values()))
        for (const of of [...contacts, null]) {
          const expected = inOrder([...model.values()].filter((row) => row.contactId === of))
          assert.deepStrictEqual(table.rowsOf(of), expected)
          if (of === null) continue
          const matches = () => "match" as const
          const asc = table.page(of, { order: "asc", take: 100, cursor: undefined, matches })
          assert.deepStrictEqual(asc, Result.succeed(expected))
          const desc = table.page(of, { order: "desc", take: 2, cursor: undefined, matches })
          assert.deepStrictEqual(desc, Result.succeed(expected.toReversed().slice(0, 2)))
        }
        for (const row of model.values()) assert.deepStrictEqual(table.get(row.id), row)
      }
    })
  )
})
