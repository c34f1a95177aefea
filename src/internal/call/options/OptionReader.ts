import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Errors from "../../../Errors.ts"
import * as Validate from "../request/Validate.ts"

/** True for an object of options or headers. A `Map` has its entries elsewhere: they would be lost silently. */
export const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  Predicate.isObject(value) && !Predicate.isIterable(value)

/** The options that are objects, and the names of their members. */
const groups = {
  timeout: ["attempt", "idle", "total"],
  retry: ["retries", "delay", "maxDelay"],
  rateLimit: ["limit", "window", "key"]
}

/** The names of the options. */
export const names: ReadonlyArray<string> = [
  "secret",
  "baseUrl",
  "runAsUserId",
  "runAsChildUserEmail",
  "timezone",
  "headers",
  ...Object.keys(groups),
  "circuitBreaker",
  "exactlyOnce",
  "transformClient"
]

/** The failure for a wrong option. It names the option, and never shows its value. */
export const invalid = (path: ReadonlyArray<string>, description: string): Errors.InvalidOptions =>
  new Errors.InvalidOptions({ option: Validate.fieldOf(path, "options"), description })

/** Parses the value of an option to a setting, or returns what was expected. Throws only the errors that {@link invalid} makes. */
export type Parse<A> = (value: unknown) => Result.Result<A, string>

/** A reader of options, or of the members of one. It reads each once, and throws the errors that {@link invalid} makes. */
export class OptionReader {
  /** True for overrides, where null goes back to the default. */
  readonly allowsNull: boolean
  readonly #options: Readonly<Record<string, unknown>>
  readonly #group: ReadonlyArray<string>

  constructor(options: Readonly<Record<string, unknown>>, allowsNull: boolean, known = names, ...group: Array<string>) {
    this.allowsNull = allowsNull
    this.#options = options
    this.#group = group
    const unknown = Object.keys(options).find((name) => !known.includes(name) && options[name] !== undefined)
    if (unknown !== undefined) throw invalid([...group, unknown], noSuchOption(unknown, group, known))
  }

  /** The setting that a required option gives. */
  require<A>(name: string, parse: Parse<A>): A {
    return this.#parsed(name, this.#options[name], parse)
  }

  /** The setting that an option gives, or `otherwise` if it is undefined. */
  read<A, B>(name: string, otherwise: B, parse: Parse<A>): A | B {
    const value = this.#options[name]
    return value === undefined ? otherwise : this.#parsed(name, value, parse)
  }

  /** A setting as an option changes it. `null` gives the default, in overrides. */
  change<A>(name: string, setting: A, byDefault: A, parse: Parse<A>): A {
    return this.read(name, setting, (value) =>
      value === null && this.allowsNull ? Result.succeed(byDefault) : parse(value)
    )
  }

  /** A group of settings, such as `retry`, as its option changes it. */
  changeGroup<A>(name: keyof typeof groups, settings: A, byDefault: A, change: (members: OptionReader) => A): A {
    const known = groups[name]
    return this.change(name, settings, byDefault, (value) =>
      isGroup(value)
        ? Result.succeed(change(new OptionReader(value, this.allowsNull, known, name)))
        : Result.fail(`Expected an object with ${known.join(", ")}`)
    )
  }

  #parsed<A>(name: string, value: unknown, parse: Parse<A>): A {
    const parsed = tryOrElse(
      () => parse(value),
      // The value may be a proxy, or have getters that throw.
      () => Result.fail("Expected a value that can be read without an error")
    )
    if (Result.isFailure(parsed)) throw invalid([...this.#group, name], parsed.failure)
    return parsed.success
  }
}

/** Runs a function; `orElse` replaces any error but those that {@link invalid} makes. */
const tryOrElse = <A>(run: () => A, orElse: () => A): A => {
  try {
    return run()
  } catch (error) {
    if (error instanceof Errors.InvalidOptions) throw error
    return orElse()
  }
}

/** Reads options, which in JavaScript may be any value. */
export const readOptions = <A>(
  options: unknown,
  allowsNull: boolean,
  read: (options: OptionReader) => A
): Result.Result<A, Errors.InvalidOptions> =>
  Result.try({
    try: () => {
      if (!Predicate.isObject(options)) throw invalid([], "Expected an object, such as { secret: Redacted.make(…) }")
      return read(new OptionReader(options, allowsNull))
    },
    catch: (error) =>
      error instanceof Errors.InvalidOptions ? error : invalid([], "Expected a value that can be read without an error")
  })

/** The names of the options and of their members, such as `retry.retries`. */
const allNames = () => [
  ...names,
  ...Object.entries(groups).flatMap(([group, members]) => members.map((name) => `${group}.${name}`))
]

/** `left` without the characters of `right`. */
const without = (left: string, right: string): string =>
  [...right].reduce((rest, character) => rest.replace(character, ""), left)

/** The number of characters that only one of two names has, wherever they stand: typing errors often swap two. */
const distance = (left: string, right: string): number => without(left, right).length + without(right, left).length

const longestName = 32

/** The description of an unknown option. It suggests an option whose name is similar, if there is one. */
const noSuchOption = (name: string, group: ReadonlyArray<string>, known: ReadonlyArray<string>): string => {
  const written = name.slice(0, longestName).toLowerCase()
  const [closest] = allNames()
    .map((known) => {
      const last = known.slice(known.lastIndexOf(".") + 1)
      const isBeside = known === [...group, last].join(".")
      return { known, far: distance(written, last.toLowerCase()) + (isBeside ? 0 : 0.5) }
    })
    .toSorted((left, right) => left.far - right.far)
  return closest !== undefined && closest.far * 3 <= written.length + 2
    ? `There is no such option. Did you mean ${closest.known}?`
    : `Expected ${known.join(", ")}: there is no such option`
}
