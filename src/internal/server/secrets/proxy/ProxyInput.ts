import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as JoiObject from "../../http/JoiObject.ts"
import * as UriSyntax from "./UriSyntax.ts"

/** A body of proxy that passed its schema. */
export interface ProxyInput {
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: unknown }
  readonly body: string | undefined
}

const { refuse } = JoiObject

type Checked<A> = JoiObject.Checked<A>

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

const fields: ReadonlySet<string> = new Set(["method", "url", "headers", "body"] satisfies ReadonlyArray<
  keyof ProxyInput
>)

/** Checks a body, stopping at the first failure: the fields in this order, then unknown keys (wire contract 3.9.5). */
export const validate = (given: unknown): Checked<ProxyInput> =>
  Result.gen(function* () {
    const input = yield* JoiObject.fromBody(given)
    const method = yield* methodOf(input["method"])
    const url = yield* urlOf(input["url"])
    const headers = yield* headersOf(input["headers"])
    const body = yield* bodyOf(input["body"])
    yield* JoiObject.onlyFields(input, fields)
    return { method, url, headers, body }
  })

const methodOf = (value: unknown): Checked<string> => {
  if (value === undefined) return Result.succeed("GET")
  return typeof value === "string" && methods.includes(value)
    ? Result.succeed(value)
    : refuse(`"method" must be one of [${methods.join(", ")}]`)
}

const urlOf = (value: unknown): Checked<string> => {
  if (value === undefined) return refuse('"url" is required')
  if (typeof value !== "string") return refuse('"url" must be a string')
  if (value === "") return refuse('"url" is not allowed to be empty')
  return UriSyntax.isHttpUri(value)
    ? Result.succeed(value)
    : refuse('"url" must be a valid uri with a scheme matching the http|https pattern')
}

const headersOf = (value: unknown): Checked<ProxyInput["headers"]> => {
  if (value === undefined) return Result.succeed({})
  return Predicate.isObject(value) ? Result.succeed(value) : refuse('"headers" must be of type object')
}

const bodyOf = (value: unknown): Checked<string | undefined> => {
  if (value === undefined || value === null) return Result.succeed(undefined)
  return typeof value === "string" ? Result.succeed(value) : refuse('"body" must be a string')
}
