/** A number of things in words, such as `1 row` and `2 rows`. */
export const countText = (count: number, thing: "contact" | "row"): string =>
  `${count} ${thing}${count === 1 ? "" : "s"}`
