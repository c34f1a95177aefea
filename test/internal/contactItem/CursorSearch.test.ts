import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ContactSpacePage } from "../../../src/ContactSpace.ts"
import * as CursorSearch from "../../../src/internal/contactItem/CursorSearch.ts"
import * as ItemList from "../../../src/internal/contactItem/ItemList.ts"
import * as Fake from "../../support/FakeHttp.ts"
import * as TestClient from "../../support/TestClient.ts"

const spaces = ItemList.make("ContactSpace", "space", ContactSpacePage)

/** A space as the API sends it. The higher its number, the older it is. */
const space = (id: string) => ({
  id,
  name: "",
  description: "",
  blueprintId: null,
  contactId: "ada",
  meta: null,
  createdAt: 1_700_000_000_000 - Number(id.slice(1)),
  updatedAt: 1_700_000_000_000
})

const line = (id: string) => `${JSON.stringify({ type: "item", data: space(id) })}\n`
const lines = (...ids: ReadonlyArray<string>) => Fake.jsonLines(...ids.map(line))
/** Lines whose last one is cut. */
const cut = (...ids: ReadonlyArray<string>) => Fake.jsonLines(...ids.map(line), '{"type":"item"')
const page = (...ids: ReadonlyArray<string>) => Fake.json(200, { items: ids.map(space) })

/** Searches a cursor of a list that is oldest first, so from the newest item on. */
const search = (cursor: string, ...steps: readonly [...ReadonlyArray<Fake.Step>, Fake.Step]) =>
  Effect.gen(function* () {
    const fake = Fake.script(...steps)
    const client = yield* TestClient.make(fake)
    const found = yield* Fake.drive(CursorSearch.run(client, spaces, cursor, "asc", { contactId: "ada" }))
    return { ...(yield* found), queries: fake.sent.map(({ url }) => url.search) }
  })

describe("the search for a cursor", () => {
  it.effect("ends with the item that has it, whatever the blanks around it", () =>
    Effect.gen(function* () {
      for (const cursor of ["i2", " i2 "]) {
        assert.deepStrictEqual(yield* search(cursor, lines("i1", "i2", "i3")), {
          attempts: 1,
          value: true,
          queries: ["?order=desc"]
        })
      }
    })
  )

  it.effect("does not take an id in another case for it, since a list after it may have ended too early", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* search("I2", lines("i1", "i2"), page("i2")), { value: false })
    })
  )

  it.effect("ends with the list if no item has it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* search("i9", lines("i1", "i2"), page("i2")), {
        attempts: 2,
        value: false,
        queries: ["?order=desc", "?order=desc&cursor=i1&take=100"]
      })
    })
  )

  it.effect("goes on after a cut, and counts every attempt", () =>
    Effect.gen(function* () {
      const found = yield* search("i4", cut("i1", "i2", "i3"), Fake.json(503, {}), lines("i3", "i4"))
      assert.deepStrictEqual(found, {
        attempts: 3,
        value: true,
        queries: ["?order=desc", "?order=desc&cursor=i2", "?order=desc&cursor=i2"]
      })
    })
  )

  it.effect("goes on if a body ends early without a sign of it", () =>
    Effect.gen(function* () {
      const found = yield* search("i4", lines("i1", "i2"), page("i2", "i3"), lines("i2", "i3", "i4"))
      assert.deepInclude(found, { attempts: 3, value: true })
    })
  )
})
