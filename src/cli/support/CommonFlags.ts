/** Flags that several commands have. */
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"

/** The value of a flag, or undefined. */
const orUndefined = <A>(flag: Flag.Flag<A>): Flag.Flag<A | undefined> =>
  Flag.map(Flag.optional(flag), Option.getOrUndefined)

/** A flag with a text that may be absent. */
export const text = (name: string, description: string): Flag.Flag<string | undefined> =>
  orUndefined(Flag.String(name).pipe(Flag.withDescription(description)))

/** Pairs such as `--meta tier=gold`, any number of times. */
export const pairs = (name: string, description: string): Flag.Flag<Readonly<Record<string, string>> | undefined> =>
  orUndefined(Flag.KeyValuePair(name).pipe(Flag.withDescription(description)))

/** The order of a list. */
export const order = /* @__PURE__ */ orUndefined(
  /* @__PURE__ */ Flag.Literals("order", ["asc", "desc"]).pipe(
    Flag.withDescription("The order by the time of creation. Default: desc, the newest first")
  )
)

/** The largest number of items of a list. */
export const take = /* @__PURE__ */ orUndefined(
  /* @__PURE__ */ Flag.Int("take").pipe(Flag.withDescription("The largest number of items. Default: all"))
)

/** The flags of every list: those of `ListRequest`. */
export const listFlags = {
  order,
  take,
  cursor: /* @__PURE__ */ text("cursor", "The id of an item: only the items after it are listed"),
  meta: /* @__PURE__ */ pairs("meta", "Only items whose meta has this value, as in tier=gold. Several must all hold")
}
