/**
 * Reads a date as RFC 9110, 5.6.7 has it, in milliseconds since 1970; not in the forms from before it, which nothing sends
 * any more. Effect's own parser would bring all it knows of dates into every app.
 */
export const parse = (text: string): number | undefined => {
  const date = Date.parse(text)
  // What is written as it was read is neither of another form nor of a day that does not exist.
  return !Number.isNaN(date) && new Date(date).toUTCString() === text ? date : undefined
}
