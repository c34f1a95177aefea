/**
 * The choices of the in-memory API where the wire contract is inferred ([I]) or unconfirmed ([U]), or where a version
 * or the database of the real server decides (11). Each constant is the behaviour chosen, and says what the alternative
 * is.
 *
 * Three choices have no constant. Calls do not overlap here: the loser of two racing deletes never gets the 500 that
 * the real server may send (3.7), and the loser of two racing first calls of ensure never gets the 409 (3.4); inject
 * `Fault.afterCommit(Fault.status(409))` to see it. Every item read before an error is sent before the error event; the
 * real server may drop some (5.2 [I]).
 */

/**
 * The values that Prisma 7.3.0 hands to the database, the version in the server's public lockfile (11): dates of the
 * years 0 to 9999, metadata at most 123 levels deep, 16 significant digits of a fraction, no lone surrogates. Prisma
 * 7.10 would take dates up to 8.64e15 ms from the epoch, any depth and all digits, and write U+FFFD for a lone
 * surrogate.
 */
export const prismaVersion = {
  version: "7.3.0",
  firstInstant: -62_167_219_200_000,
  lastInstant: 253_402_300_799_999,
  maxMetaDepth: 123
} as const

/**
 * The library that writes the metadata of a CSV export: js-yaml 4.3, the version in the server's public lockfile.
 * Version 4.1 would quote the texts `1_0`, `1e1000`, `0x1_F` and `1_000.5` (5.4, 11).
 */
export const yamlVersion = "4.3"

/**
 * Limit in UTF-8 bytes of name, nick, email, phone and fingerprint: MySQL's; the public SQLite build has 1e9 (2 [I]).
 */
export const maxStringBytes = 191

/** Limit in UTF-8 bytes of description and preferences: MySQL's; the public SQLite build has 1e9 (2 [I]). */
export const maxTextBytes = 65_535

/**
 * The deepest nesting of lists and objects in a body that the server can parse. It fails at 20,000 (6 [L]); the exact
 * number depends on its stack.
 */
export const maxBodyDepth = 4_000

/**
 * True if a query parameter `contactId` wins over the path. In Next.js 16.3 it does not, but behind a host that
 * forwards raw URLs it would (3.2).
 */
export const queryParametersShadowPath: boolean = false

/** True if replies are compressed for clients that accept it, as Next.js does (6, 11). */
export const compression: boolean = false

/** The time in milliseconds within which the server starts to answer (5.5). */
export const maxWaitMillis = 25_000

/** Silence in milliseconds from the start of a stream after which the one keep-alive event is sent (5.2). */
export const nopAfterMillis = 16_667

/** Time in milliseconds after which a slow JSON list commits to status 200 (5.5). */
export const commitAfterMillis = 18_750

/**
 * The part of a fingerprint that is compared: every byte, as in SQLite. MySQL may ignore case or trailing blanks (11
 * [U]).
 */
export const fingerprintKey = (fingerprint: string): string => fingerprint

/**
 * The reading of the path of a metadata filter: as in SQLite, but a label that is empty or whose quote is not closed
 * always fails, as in MySQL; in SQLite it fails only once a row makes the database read that far. Brackets without an
 * index in them fail only where a row has a list, as in SQLite; MySQL would probably always fail (4, 11).
 */
export const filterPath = { badIndexAlwaysFails: false } as const

/**
 * The window of the poll limit. `log` counts the requests of the last 60 s, as the server does with Redis: a unit is
 * free again after exactly 60,000 ms. `minutes` counts the current minute of the clock and a weighted part of the one
 * before, as the server does in a single process (4, 11).
 */
export const pollWindow: "log" | "minutes" = "log"

/**
 * The rank of a memory in a search: the number of different words of `search` that its text contains, whatever their
 * case. A word is a run of letters and digits. Memories of equal rank are in the order of their last update, newest
 * first. The server asks a rerank model (3.8.2, 11).
 */
export const memoryRank = (search: string): ((text: string) => number) => {
  const wanted = wordsOf(search)
  return (text) => [...wordsOf(text)].filter((word) => wanted.has(word)).length
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))

/**
 * The message of the 500 of a memory search without `search`, if there are memories. The server asks the model without
 * a query, which most likely fails with a text that is unknown; it may succeed (3.8.2 [I], [U]).
 */
export const searchWithoutQuery = "No query to rank by"

/** The host that the URLs of secrets lead to. It is the deployment's, and the contract does not name it (3.9.2). */
export const frontend = "https://chatbotkit.com"

/**
 * The answer to a redirect of the third party that a request is proxied to: passed through, as with Node's fetch, or
 * 502 `redirect_blocked`, as with a fetch that hides redirects (3.9.5, 11).
 */
export const proxyRedirect: "passed through" | "blocked" = "passed through"
