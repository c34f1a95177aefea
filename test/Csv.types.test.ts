import { assert, describe, it } from "@effect/vitest"
import { Stream } from "effect"
import type * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import * as Csv from "../src/Csv.ts"
import * as Jsonl from "../src/Jsonl.ts"

/** Compiles only if both types are the same. */
const same = <A, B>(..._equal: [A] extends [B] ? ([B] extends [A] ? [] : [never]) : [never]) => true

describe("the types of the formats", () => {
  it("have the failures of the source, and those of a header", () => {
    const source = Stream.concat(Stream.make("name\n"), Stream.fail("gone" as const))
    const csv = source.pipe(Csv.read())
    assert.isTrue(same<Stream.Error<typeof csv>, "gone" | Csv.InvalidHeader>())
    assert.isTrue(same<Stream.Success<typeof csv>, Csv.ContactRow | Csv.UnreadableRow>())
    const jsonl = Jsonl.read(source)
    assert.isTrue(same<Stream.Error<typeof jsonl>, "gone">())
    assert.isTrue(same<Csv.ContactRow, Jsonl.ContactRow>())
  })

  it("take the contacts of all lists, and give rows that writes take", () => {
    const texts = [
      Csv.write(Contact.list()),
      Contact.export().pipe(Csv.write({ columns: ["id", "meta.tier"] })),
      Contact.find().pipe(Csv.write()),
      Jsonl.write(Contact.list())
    ]
    assert.isTrue(same<Stream.Services<(typeof texts)[number]>, Client.Client>())
    const row: Csv.ContactRow = { fingerprint: "crm-0001-ada-lovelace", meta: { tier: "gold" } }
    const request: Contact.UpdateRequest = row
    assert.strictEqual(request.fingerprint, "crm-0001-ada-lovelace")
    // @ts-expect-error no field has this name
    Csv.write(Contact.list(), { columns: ["emial"] })
    // @ts-expect-error no field has this name
    Csv.read({ columns: { Mail: "emial" } })
  })
})
