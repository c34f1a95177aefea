/** Flags that several commands have. */
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"

/** A flag that may be absent. Its value is then undefined. */
export const optional = <A>(flag: Flag.Flag<A>): Flag.Flag<A | undefined> =>
  Flag.map(Flag.optional(flag), Option.getOrUndefined)

/** A flag with a text that may be absent. */
export const text = (name: string, description: string): Flag.Flag<string | undefined> =>
  optional(Flag.String(name).pipe(Flag.withDescription(description)))

/** A flag with the path of a file that may be absent. */
export const path = (name: string, description: string): Flag.Flag<string | undefined> =>
  optional(Flag.Path(name, { pathType: "file" }).pipe(Flag.withDescription(description)))

/** The key and the value of a pair such as `tier=gold`. The value may be empty, and may have more `=`. */
const pairOf = (text: string): readonly [key: string, value: string] => {
  const at = text.indexOf("=")
  if (at < 1) throw new Error("Expected key=value")
  return [text.slice(0, at), text.slice(at + 1)]
}

/** Pairs such as `--set name=Ada`, any number of times. */
export const pairs = (
  name: string,
  description: string
): Flag.Flag<ReadonlyArray<readonly [key: string, value: string]>> =>
  Flag.String(name).pipe(
    Flag.withMetavar("key=value"),
    Flag.withDescription(description),
    Flag.atLeast(0),
    Flag.mapTryCatch(
      (texts) => texts.map(pairOf),
      () => "Expected key=value"
    )
  )

/** Pairs as an object, in which the last value of a key counts; undefined if there are none. */
export const record = (name: string, description: string): Flag.Flag<Readonly<Record<string, string>> | undefined> =>
  Flag.map(pairs(name, description), (entries) => (entries.length === 0 ? undefined : Object.fromEntries(entries)))

/** A flag that can be given any number of times. */
export const texts = (name: string, description: string): Flag.Flag<ReadonlyArray<string>> =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.atLeast(0))

/** A flag that is on or off. */
export const toggle = (name: string, description: string): Flag.Flag<boolean> =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withoutNegation, Flag.withDefault(false))

/** The number of requests at the same time. */
export const concurrencyOf = (count: number): Flag.Flag<number> =>
  Flag.Int("concurrency").pipe(
    Flag.withDescription(`The number of requests at the same time, at most 100. Default: ${count}`),
    Flag.withDefault(count),
    Flag.filter(
      (value) => value >= 1 && value <= 100,
      () => "Expected a number from 1 to 100"
    )
  )

/** The number of requests at the same time, where the order of the rows does not matter to the server. */
export const concurrency = /* @__PURE__ */ concurrencyOf(4)

/** Shows the writes of a command, and sends none. */
export const dryRun = /* @__PURE__ */ toggle("dry-run", "Show what would be written, and write nothing")

/** The order of a list. */
export const order = /* @__PURE__ */ optional(
  /* @__PURE__ */ Flag.Literals("order", ["asc", "desc"]).pipe(
    Flag.withDescription("The order by the time of creation. Default: desc, the newest first")
  )
)

/** The largest number of items of a list. */
export const take = /* @__PURE__ */ optional(
  /* @__PURE__ */ Flag.Int("take").pipe(Flag.withDescription("The largest number of items. Default: all"))
)

/** The flags of every list: those of `ListRequest`. */
export const listFlags = {
  order,
  take,
  cursor: /* @__PURE__ */ text("cursor", "The id of an item: only the items after it are listed"),
  meta: /* @__PURE__ */ record("meta", "Only items whose meta has this value, as in tier=gold. Several must all hold")
}
