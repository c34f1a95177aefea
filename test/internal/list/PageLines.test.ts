import { assert, it } from "@effect/vitest"
import { pageSize } from "../../../src/internal/list/ListQuery.ts"
import * as PageLines from "../../../src/internal/list/PageLines.ts"

const item = (id: string) => ({ type: "item", data: { id } })
const lines = (...events: ReadonlyArray<unknown>) => events.map((event) => `${JSON.stringify(event)}\n`).join("")

it("a page of JSON Lines has their items, and the last one's id as its cursor", () => {
  assert.deepStrictEqual(PageLines.toPage(lines(item("a"), { type: "ping" }, item("b"))), {
    items: [{ id: "a" }, { id: "b" }],
    cursor: "b"
  })
})

it("a page of no lines is empty, and has no cursor", () => {
  assert.deepStrictEqual(PageLines.toPage("\n \n"), { items: [] })
})

it("a page has no more items than the server puts into one", () => {
  const ids = Array.from({ length: pageSize + 1 }, (_, index) => `c${index}`)
  assert.deepStrictEqual(PageLines.toPage(lines(...ids.map(item))), {
    items: ids.slice(0, pageSize).map((id) => ({ id })),
    cursor: ids[pageSize - 1]
  })
})

it("an error among the lines takes the place of the page", () => {
  const error = { message: "No", code: "X" }
  assert.deepStrictEqual(PageLines.toPage(lines(item("a"), { type: "error", data: error })), error)
})

it("a line that is no object takes the place of the page, and one that is not JSON throws", () => {
  assert.strictEqual(PageLines.toPage("5\n"), 5)
  assert.throws(() => PageLines.toPage("<html>\n"), SyntaxError)
})
