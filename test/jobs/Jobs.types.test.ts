import { describe, expectTypeOf, it } from "@effect/vitest"
import { type Effect, Stream } from "effect"
import type * as Bulk from "../../src/Bulk.ts"
import type * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import type { UnreadableRow } from "../../src/internal/format/UnreadableRow.ts"
import * as Jobs from "../../src/jobs/Jobs.ts"

type Source<A> = Stream.Stream<A, "torn", "disk">

describe("the types of jobs", () => {
  it("a submit fails as its source does, and needs what its source needs", () => {
    const submit = (rows: Source<{ readonly nick: string }>) => Jobs.submit("crm", rows, { operation: "create" })
    expectTypeOf<ReturnType<typeof submit>>().toEqualTypeOf<
      Effect.Effect<Jobs.JobProgress, "torn" | Errors.InvalidOptions | Jobs.JobsError, "disk" | Jobs.Jobs>
    >()
  })

  it("each operation takes its rows, and rows that cannot be read", () => {
    expectTypeOf<Jobs.Rows["ensure"]>().toEqualTypeOf<Bulk.EnsureRow>()
    expectTypeOf<Jobs.Rows["create"]>().toEqualTypeOf<Contact.CreateRequest>()
    expectTypeOf<Jobs.Rows["update"]>().toEqualTypeOf<Bulk.UpdateRow>()
    expectTypeOf<Jobs.Rows["delete"]>().toEqualTypeOf<Bulk.DeleteRow>()
    expectTypeOf<Jobs.Rows["upsert"]>().toEqualTypeOf<Contact.CreateRequest>()
    const calls = (read: Stream.Stream<{ readonly id: string } | UnreadableRow>) => [
      Jobs.submit("crm", read, { operation: "update" }),
      Jobs.submit("crm", read, { operation: "delete", beforeImages: true }),
      // @ts-expect-error An update needs an id.
      Jobs.submit("crm", Stream.make({ nick: "ada" }), { operation: "update" }),
      // @ts-expect-error A name is text.
      Jobs.submit("crm", Stream.make({ name: 1 }), { operation: "create" }),
      // @ts-expect-error There is no such operation.
      Jobs.submit("crm", read, { operation: "drop" })
    ]
    expectTypeOf(calls).returns.toBeArray()
  })

  it("every other operation has exactly its failures", () => {
    type Failure<A> = A extends Effect.Effect<unknown, infer E, Jobs.Jobs> ? E : never
    type Of<F extends (name: string) => unknown> = Failure<ReturnType<F>>
    type Found = Jobs.JobNotFound | Jobs.JobsError
    expectTypeOf<Of<typeof Jobs.progress>>().toEqualTypeOf<Found>()
    expectTypeOf<Of<typeof Jobs.pause>>().toEqualTypeOf<Found>()
    expectTypeOf<Of<typeof Jobs.resume>>().toEqualTypeOf<Found>()
    expectTypeOf<Of<typeof Jobs.cancel>>().toEqualTypeOf<Found>()
    expectTypeOf<Of<typeof Jobs.remove>>().toEqualTypeOf<Found | Jobs.JobActive>()
    expectTypeOf<Of<typeof Jobs.undo>>().toEqualTypeOf<Found | Jobs.JobActive | Jobs.JobNotUndoable>()
    expectTypeOf<Of<typeof Jobs.wait>>().toEqualTypeOf<Found | Jobs.JobStalled | Errors.InvalidOptions>()
    expectTypeOf<typeof Jobs.list>().toEqualTypeOf<
      Effect.Effect<ReadonlyArray<Jobs.JobProgress>, Jobs.JobsError, Jobs.Jobs>
    >()
    expectTypeOf<typeof Jobs.outcomes>().returns.toEqualTypeOf<Stream.Stream<Bulk.Outcome, Found, Jobs.Jobs>>()
  })
})
