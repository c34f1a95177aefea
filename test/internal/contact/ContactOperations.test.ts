import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { readFileSync } from "node:fs"
import type * as Operation from "../../../src/internal/call/Operation.ts"
import * as operations from "../../../src/internal/contact/ContactOperations.ts"
import * as Fake from "../../support/FakeHttp.ts"

const all = Object.entries<Operation.Any>(operations)

/** The requests of the table in section 3.1 of the wire contract, by operation. */
const contract = new Map(
  Array.from(
    readFileSync(new URL("../../../docs/wire-contract.md", import.meta.url), "utf8").matchAll(
      /^\| ([a-z]+) \| ((?:GET|POST) \/contact\/\S+) \|/gm
    ),
    ([, name = "", request = ""]) => [name, request.replace("{id}", "{contactId}")]
  )
)

describe("the operations", () => {
  it.each(all)("%s has the method and path of the wire contract", (_, { method, name, path }) => {
    const [, member = ""] = name.split(".")
    assert.strictEqual(`${method} ${path}`, contract.get(member === "listPage" ? "list" : member))
  })

  it.each(all)("%s is safe to repeat if it is a GET", (_, { method, safety }) => {
    assert.strictEqual(safety === "read", method === "GET")
  })

  it.each(all)("%s can fail with NotFound if it names a contact", (_, { failures, path }) => {
    assert.strictEqual(failures.includes("NotFound"), path.includes("{contactId}"))
  })

  it("that set a fingerprint can fail with Conflict", () => {
    const names = all.flatMap(([, { failures, name }]) => (failures.includes("Conflict") ? [name] : []))
    assert.sameMembers(names, ["Contact.create", "Contact.update", "Contact.ensure"])
  })

  it("that are unsafe to repeat are creates", () => {
    const names = all.flatMap(([, { name, safety }]) => (safety === "unsafe" ? [name] : []))
    assert.deepStrictEqual(names, ["Contact.create"])
  })

  it("that are retried after a 409 are those that then find the contact", () => {
    const names = all.flatMap(([, { maxConflictRetries, name }]) => (maxConflictRetries > 0 ? [name] : []))
    assert.deepStrictEqual(names, ["Contact.ensure"])
  })
})

describe("the replies", () => {
  it("of a list are decoded item by item, and any other reply as a whole", () => {
    const contact = Fake.contact("c1")
    assert.deepStrictEqual(Result.getOrThrow(operations.list.decode([contact])), [contact])
    assert.isTrue(Result.isFailure(operations.list.decode(contact)))
    assert.deepStrictEqual(
      all.flatMap(([, { name, streams }]) => (streams ? [name] : [])),
      ["Contact.list"]
    )
    assert.deepStrictEqual(Result.getOrThrow(operations.fetch.decode(contact)), contact)
  })

  it("of a list as one page are converted from JSON Lines", () => {
    const page = operations.listPage.fromLines?.(Fake.item("c1"))
    assert.deepStrictEqual(Result.getOrThrow(operations.listPage.decode(page)), {
      items: [Fake.contact("c1")],
      cursor: "c1"
    })
  })

  it("of a write are the id", () => {
    for (const { decode } of [operations.create, operations.update, operations.remove, operations.ensure]) {
      assert.deepStrictEqual(Result.getOrThrow(decode({ id: "c1", name: "Ada" })), { id: "c1" })
    }
  })
})
