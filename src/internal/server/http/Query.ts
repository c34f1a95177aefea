/** The parameters of a query. Of a repeated key only the first occurrence counts (wire contract 4). */
export type Query = ReadonlyMap<string, string>

/** Parses the text after the question mark. */
export const parse = (text: string): Query => {
  const query = new Map<string, string>()
  if (text === "") return query
  for (const [key, value] of new URLSearchParams(text)) {
    if (!query.has(key)) query.set(key, value)
  }
  return query
}
