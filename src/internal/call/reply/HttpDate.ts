/**
 * Parses a date in the preferred form of RFC 9110, 5.6.7, to milliseconds since 1970. The obsolete forms are not supported.
 * Effect's parser would add its whole date module to every app.
 */
export const parse = (text: string): number | undefined => {
  const date = Date.parse(text)
  // A date in another form, or of a day that does not exist, is not formatted as the same text.
  return !Number.isNaN(date) && new Date(date).toUTCString() === text ? date : undefined
}
