/** The fields of a contact that the flags set. */
import * as Result from "effect/Result"
import * as Contact from "../../../Contact.ts"
import * as CheckedRequest from "../../../internal/call/request/CheckedRequest.ts"
import * as operations from "../../../internal/contact/ContactOperations.ts"
import { jsonIn } from "../../../internal/format/JsonText.ts"
import * as FieldPath from "../../format/FieldPath.ts"
import { UsageError } from "../../support/CliFailure.ts"
import type { ContactFlags } from "../ContactFlags.ts"

const wrong = (message: string, next: string) => Result.fail(new UsageError({ message, next }))

const fieldNames: ReadonlySet<string> = new Set([
  "name",
  "description",
  "email",
  "phone",
  "nick",
  "preferences",
  "fingerprint",
  "verifiedAt",
  "meta"
])

type Settings = ReadonlyArray<readonly [path: ReadonlyArray<string>, value: unknown]>

/** The fields to set, in the order of the flags: a later one replaces an earlier one. */
const settingsOf = (flags: ContactFlags): Result.Result<Settings, UsageError> => {
  const { set, setJson, ...fields } = flags
  const settings: Array<readonly [path: ReadonlyArray<string>, value: unknown]> = []
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined && fieldNames.has(name)) settings.push([[name], value])
  for (const [key, value] of set) settings.push([key.split("."), value])
  for (const [key, text] of setJson) {
    const value = jsonIn(text)
    if (value === undefined)
      return wrong("A value of --set-json is not JSON", "Write a text in double quotes, or use --set.")
    settings.push([key.split("."), value])
  }
  const isKnown = settings.every(
    ([[field = "", ...keys]]) =>
      fieldNames.has(field) && keys.every((key) => key !== "") && (keys.length === 0 || field === "meta")
  )
  return isKnown
    ? Result.succeed(settings)
    : wrong(
        "--set or --set-json names a field that cannot be set",
        `The fields are ${[...fieldNames].join(", ")}. Members of meta are written meta.tier.`
      )
}

/** True if there is a flag that sets a field. */
export const isGiven = (flags: ContactFlags): boolean =>
  Result.match(settingsOf(flags), {
    onSuccess: (settings) => settings.length > 0,
    onFailure: () => true
  })

/** The contact that the flags describe, for a create or an ensure. The operation checks it. */
export const toCreate = (flags: ContactFlags): Result.Result<object, UsageError> =>
  Result.map(settingsOf(flags), (settings) => {
    const request = {}
    for (const [path, value] of settings) FieldPath.setAt(request, path, value)
    return request
  })

/** The change that the flags describe. Members of `meta` are merged into the stored ones; `meta` itself is replaced. */
export const toUpdate = (flags: ContactFlags): Result.Result<object, UsageError> =>
  Result.flatMap(settingsOf(flags), (settings) => {
    const members = settings.filter(([path]) => path[0] === "meta" && path.length > 1)
    if (members.some(([path]) => path.length > 2)) {
      return wrong(
        "An update sets only members at the top of meta",
        'Set the whole member, as in --set-json \'meta.address={"city":"London"}\'.'
      )
    }
    if (members.length > 0 && settings.some(([path]) => path[0] === "meta" && path.length === 1)) {
      return wrong("meta is replaced and merged in one call", "Set either meta or its members.")
    }
    const request = {}
    for (const [path, value] of settings) {
      FieldPath.setAt(
        request,
        path[0] === "meta" && path.length === 2 ? ["meta", "$update", ...path.slice(1)] : path,
        value
      )
    }
    return Result.succeed(request)
  })

const checkRequest = CheckedRequest.make(Contact.UpdateRequest, { isUpdate: true })

/** Checks a change, as `Contact.update` does. */
export const checkUpdate = (request: object) => checkRequest(operations.update, request)
