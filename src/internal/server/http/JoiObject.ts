import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as ApiFailure from "./ApiFailure.ts"

/** The result of a check, or its refusal. */
export type Checked<A> = Result.Result<A, ApiFailure.ApiFailure>

/** An object whose members are not checked yet. Its members can be inherited. */
export interface JoiObject {
  readonly [key: PropertyKey]: unknown
}

/** The 400 of a failed check. */
export const refuse = (message: string): Checked<never> => Result.fail(ApiFailure.badRequest(message))

/** The body as joi checks it, or the refusal of one that is no object (wire contract 2). */
export const fromBody = (given: unknown): Checked<JoiObject> =>
  Predicate.isObject(given) ? Result.succeed(clone(given)) : refuse('"value" must be of type object')

/**
 * joi checks a copy made by assignment. Assigning `__proto__` sets the prototype, so an object given there is not a
 * member, but its members are inherited. Anything else given there is lost.
 */
export const clone = <A extends object>(object: A): A => Object.assign({}, object)

/** Refuses the first member that is none of the fields. joi checks this after the fields. */
export const onlyFields = (body: JoiObject, fields: ReadonlySet<string>): Checked<void> => {
  const unknown = Object.keys(body).find((key) => !fields.has(key))
  // joi calls an empty key by the label of the whole body.
  return unknown === undefined ? Result.void : refuse(`"${unknown || "value"}" is not allowed`)
}
