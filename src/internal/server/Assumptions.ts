/**
 * What the in-memory API does where the wire contract is inferred ([I]) or unconfirmed ([U]). Each constant is the
 * behaviour chosen; changing a belief about the real server means changing it here.
 *
 * Three things have no constant. The loser of two racing deletes never gets the 500 it may get from the real server (3.7
 * [I]), and that of two racing first calls of ensure never gets the 409 (3.4), because each call happens at once: inject
 * `Fault.afterCommit(Fault.status(409))` to see it. And every item read before an error is sent before the error event; the
 * real server may drop some (5.2 [I]).
 */

/**
 * What Prisma 7.3.0 hands to the database, the version in the server's public lockfile (11): dates of the years 0 to
 * 9999, metadata at most 123 levels deep, 16 significant digits of a fraction, no lone surrogates. Prisma 7.10 would take
 * dates up to 8.64e15 ms from the epoch, any depth and all digits, and write U+FFFD for a lone surrogate.
 */
export const prismaVersion = {
  version: "7.3.0",
  firstInstant: -62_167_219_200_000,
  lastInstant: 253_402_300_799_999,
  maxMetaDepth: 123
} as const

/** Limit in UTF-8 bytes of name, nick, email, phone and fingerprint: MySQL's; the public SQLite build has 1e9 (2 [I]). */
export const maxStringBytes = 191

/** Limit in UTF-8 bytes of description and preferences: MySQL's; the public SQLite build has 1e9 (2 [I]). */
export const maxTextBytes = 65_535

/** A body above this many bytes is refused: the default of the framework (6 [I]). */
export const maxBodyBytes = 1_048_576

/**
 * Status and plain text of a body that is not JSON (6 [I]). The text is the reason phrase too, and there is no content
 * type (6 [U]).
 */
export const malformedBody = { status: 400, text: "Invalid JSON" } as const

/** Status and plain text of a body above the limit (6 [I]). */
export const oversizedBody = { status: 413, text: "Body exceeded 1mb limit" } as const

/** Status and plain text of a body in a charset nobody knows, or that was cut while it was sent (6 [I]). */
export const unreadableBody = { status: 400, text: "Invalid body" } as const

/** Code of the answer to a path that no route has; the vendor's own 404 page was not read (0 [U]). */
export const unknownRouteCode = "NOT_FOUND"

/** Message of the answer to a path that no route has (0 [U]). */
export const unknownRouteMessage = "Not found"

/** Without credentials, the verbs that the CSRF guard answers with 403 before the session check says 401 (6, 7 [I]). */
export const csrfGuardedVerbs: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"])

/**
 * Query keys that win over the path parameter of the same name: `/contact/A/fetch?contactId=B` resolves B (3.2 [I]).
 */
export const queryParametersShadowPath = true

/** The time in milliseconds the server gives itself to start answering (5.5). */
export const maxWaitMillis = 25_000

/** Silence in milliseconds from the start of a stream after which the one keep-alive event is sent (5.2). */
export const nopAfterMillis = 16_667

/** Time in milliseconds after which a slow JSON list commits to status 200 (5.5). */
export const commitAfterMillis = 18_750

/** If a keep-alive comes first, a CSV body has no header line (5.4 [I]). */
export const nopDropsCsvHeader = true

/** The headers that let browsers in, on every answer (6). */
export const corsHeaders = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST",
  "access-control-allow-headers": "X-Requested-With, Accept, Content-Length, Content-Type, Authorization"
} as const

/** The charset of the content type decides how a body is decoded; this one if it names none (6 [I]). */
export const defaultCharset = "utf-8"

/** What a POST with a JSON content type and an empty body is taken to have sent (6 [I]). */
export const emptyJsonBody = {} as const

/**
 * The refusal of a JSON body of `null`, `false`, `0` or `""` where a body is validated; the real server may stall
 * instead. Delete, which ignores its body, accepts it (6 [U]).
 */
export const falsyJsonBodyMessage = "Bad request"

/** What of a fingerprint is compared: every byte, as in SQLite. MySQL may ignore case or trailing blanks (11 [U]). */
export const fingerprintKey = (fingerprint: string): string => fingerprint

/**
 * How the path of a metadata filter is read: as SQLite does, but a label that is empty or whose quote is not closed
 * always fails, as in MySQL; in SQLite it fails only once a row makes the database read that far. Brackets without an
 * index in them fail only where a row has a list, as in SQLite; MySQL would probably always fail (4, 11).
 */
export const filterPath = { badIndexAlwaysFails: false } as const

/**
 * The window of the poll limit: a log of the last minute, as with Redis, so that a unit is free again after exactly
 * 60,000 ms. In process the server would weight this fixed minute and the one before (4, 11).
 */
export const pollWindow = { kind: "exact log", millis: 60_000 } as const

/** A path whose percent-encoding can't be decoded; the framework refuses it before any route sees it (0 [U]). */
export const undecodablePathMessage = "Bad request"

/**
 * The audiences of tokens that may use every route where none are listed. Tokens for the end users of a widget or a
 * conversation reach no contact route (7 [I]).
 */
export const unrestrictedAudiences: ReadonlySet<string> = new Set(["api", "user"])
