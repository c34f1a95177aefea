import { Predicate, Schema } from "effect"
import * as Errors from "../../src/Errors.ts"
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

/** An operation on a secret, which reads errors of the form `{ error }` and texts that are no JSON. */
export const onSecret = Operation.make({
  ...spec,
  path: "/contact/{contactId}/secret/{secretId}/x",
  name: "Test.onSecret",
  failures: ["NotFound", "NotMintable"],
  secretErrors: { NotMintable: Errors.NotMintable },
  readError: (body, { status }) => {
    if (typeof body === "string") return { description: `${status} without JSON` }
    return Predicate.hasProperty(body, "error") ? { tag: "NotMintable", description: "It cannot" } : undefined
  }
})

/** The context of a call, from which its error is made. */
export const context = { safety: "idempotent", attempts: 2, outcome: "unknown", contactId: "c1" } as const
