import { Schema } from "effect"
import * as Operation from "../../src/internal/call/Operation.ts"

const spec = { method: "POST", safety: "idempotent", success: Schema.Struct({ id: Schema.String }) } as const

export const path = "/contact/{contactId}/x"

/** Operations, named by the failures that they can have in addition to the common ones. */
export const operations = {
  none: Operation.make({ ...spec, path, name: "Test.none" }),
  NotFound: Operation.make({ ...spec, path, name: "Test.notFound", failures: ["NotFound"] }),
  Conflict: Operation.make({ ...spec, path, name: "Test.conflict", failures: ["Conflict"] }),
  both: Operation.make({ ...spec, path, name: "Test.both", failures: ["NotFound", "Conflict"] })
}

/** The context of a call, from which its error is made. */
export const context = { safety: "idempotent", attempts: 2, outcome: "unknown", contactId: "c1" } as const
