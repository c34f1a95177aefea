import type { Clause } from "./Clause.ts"

const bytes = ["maxStringBytes"] as const
const textBytes = ["maxTextBytes"] as const

/** Body validation of create, ensure and update. */
export const section2 = [
  { id: "2.empty", text: "{} is valid for create, ensure and update" },
  { id: "2.name.accepts", text: 'name is a string, also ""' },
  { id: "2.name.max", text: "name has at most 191 bytes of UTF-8", basis: "I", assumptions: bytes },
  { id: "2.name.kept", text: "name is stored unchanged, not trimmed" },
  { id: "2.name.refuses", text: "name cannot be a number, a boolean, an array or an object" },
  { id: "2.nick.accepts", text: 'nick is a string, also "", or null' },
  { id: "2.nick.max", text: "nick has at most 191 bytes of UTF-8", basis: "I", assumptions: bytes },
  { id: "2.nick.kept", text: "nick is stored unchanged, not trimmed" },
  { id: "2.nick.refuses", text: "nick cannot be a number, a boolean, an array or an object" },
  { id: "2.description.accepts", text: 'description is a string, also ""' },
  { id: "2.description.max", text: "description has at most 65,535 bytes", basis: "I", assumptions: textBytes },
  { id: "2.description.kept", text: "description is stored unchanged" },
  { id: "2.description.refuses", text: "description cannot be anything but a string" },
  { id: "2.preferences.accepts", text: 'preferences is a string, also "", or null' },
  { id: "2.preferences.max", text: "preferences has at most 65,535 bytes", basis: "I", assumptions: textBytes },
  { id: "2.preferences.kept", text: "preferences is stored unchanged" },
  { id: "2.preferences.refuses", text: "preferences cannot be anything but a string or null" },
  { id: "2.email.accepts", text: 'email is an address, "" or null' },
  { id: "2.email.tld", text: "email may have any top-level domain" },
  { id: "2.email.dot", text: "the domain of email needs a dot" },
  { id: "2.email.unicode", text: "email may have letters of any script" },
  { id: "2.email.case", text: "the case of email is kept" },
  { id: "2.email.max", text: "email has at most 191 bytes", basis: "I", assumptions: bytes },
  { id: "2.email.blanks", text: "blanks before or after email are refused, not trimmed" },
  { id: "2.email.refuses", text: "email cannot be a number, a boolean, an array or an object" },
  { id: "2.phone.accepts", text: 'phone is a valid number, "" or null' },
  { id: "2.phone.country", text: "a phone without a country code is read as a number of the US" },
  { id: "2.phone.e164", text: "phone is stored as E.164" },
  { id: "2.phone.extension", text: "the extension of a phone is dropped" },
  { id: "2.phone.max", text: "phone has at most 191 bytes", basis: "I", assumptions: bytes },
  { id: "2.phone.invalid", text: "invalid phone numbers are refused, also the one in the vendor's sample" },
  { id: "2.phone.refuses", text: "phone cannot be a number, a boolean, an array or an object" },
  { id: "2.fingerprint.accepts", text: 'fingerprint is a string, also ""' },
  { id: "2.fingerprint.max", text: "fingerprint has at most 191 bytes", basis: "I", assumptions: bytes },
  { id: "2.fingerprint.trimmed", text: "a fingerprint that is not blank is trimmed" },
  { id: "2.fingerprint.blank", text: "a blank fingerprint is stored unchanged" },
  {
    id: "2.fingerprint.short",
    text: "a trimmed fingerprint with fewer than 16 characters is refused, one with 16 is not"
  },
  { id: "2.fingerprint.refuses", text: "fingerprint cannot be a number, a boolean, an array or an object" },
  {
    id: "2.fingerprint.exact",
    text: "fingerprints are compared byte by byte",
    basis: "U",
    assumptions: ["fingerprintKey"]
  },
  { id: "2.fingerprint.audience", text: "only tokens for user, api and app may use fingerprints; 400 for others" },
  { id: "2.fingerprint.audience.blank", text: 'null, "" and blank fingerprints are not checked against the token' },
  { id: "2.verified-at.number", text: "verifiedAt is a number" },
  { id: "2.verified-at.text", text: "verifiedAt as a numeric string is converted" },
  { id: "2.verified-at.refuses", text: "verifiedAt cannot be an ISO date or a boolean" },
  { id: "2.verified-at.safe", text: "verifiedAt is within the safe integers" },
  { id: "2.verified-at.sets", text: "verifiedAt is set by any number but 0" },
  { id: "2.verified-at.clears", text: "null clears verifiedAt" },
  { id: "2.verified-at.zero", text: '0, "0", -0, "-0" and absence do not change verifiedAt' },
  { id: "2.verified-at.fraction", text: "a fractional verifiedAt is truncated when stored: 0.5 sets the instant 0" },
  { id: "2.meta.accepts", text: "meta is an object with any nested values" },
  { id: "2.meta.max", text: "meta has no limit other than the size of the body" },
  { id: "2.meta.refuses", text: "meta cannot be an array or a string" },
  { id: "2.meta.keys", text: "top-level meta keys that are empty or start with _ are refused" },
  { id: "2.meta.nested-keys", text: "deeper meta keys may start with _" },
  { id: "2.unknown", text: "unknown keys are refused, not dropped" },
  { id: "2.first", text: "only the first failure is reported" },
  { id: "2.error", text: "a refusal is a 400 with message and code, without a list of details" },
  { id: "2.message.unknown", text: '"foo" is not allowed' },
  { id: "2.message.string", text: '"name" must be a string' },
  { id: "2.message.bytes", text: '"name" must be less than or equal to 191 bytes long' },
  { id: "2.message.email", text: '"email" must be a valid email' },
  { id: "2.message.phone", text: '"phone" must be a phone number' },
  { id: "2.message.number", text: '"verifiedAt" must be a number' },
  { id: "2.message.safe", text: '"verifiedAt" must be a safe number' },
  { id: "2.message.object", text: '"meta" must be of type object' },
  { id: "2.message.meta-key", text: '"meta._a" is not allowed' },
  { id: "2.message.value", text: '"value" must be of type object, for an array or a scalar' },
  { id: "2.message.short", text: "Fingerprint is too short (fingerprint)" },
  { id: "2.message.audience", text: 'Cannot use fingerprint with aud "<aud>" (fingerprint)' },
  { id: "2.database.name", text: "a null name passes the schema and is a 500 of the database" },
  { id: "2.database.description", text: "a null description is a 500 of the database" },
  { id: "2.database.fingerprint", text: "a null fingerprint is a 500 of the database on create and update" },
  {
    id: "2.database.verified-at",
    text: "verifiedAt outside the years 0 to 9999 is a 500 of the database",
    assumptions: ["prismaVersion"]
  },
  { id: "2.null.columns", text: "null clears email, phone, nick and preferences" },
  { id: "2.null.meta", text: "null clears meta" },
  {
    id: "2.proto.body",
    text: "__proto__ at the top of a body is not a key: the body inherits the members of its object"
  },
  {
    id: "2.proto.meta",
    text: "__proto__ at the top of meta is not a key: create and ensure store the members of its object"
  },
  { id: "2.proto.scalar", text: "a scalar under __proto__ is lost" },
  { id: "2.proto.deeper", text: "__proto__ deeper in meta is lost, and the rest is kept" },
  { id: "2.proto.others", text: "constructor, toString, valueOf and the like are ordinary keys" },
  { id: "2.proto.clean", text: "no prototype is polluted" },
  { id: "2.nul", text: "NUL characters are stored" },
  {
    id: "2.surrogate.text",
    text: "a lone surrogate in a stored string is a 500 of the database",
    assumptions: ["prismaVersion"]
  },
  {
    id: "2.surrogate.meta",
    text: "a lone surrogate in a string or key of meta is a 500 of the database, at any depth",
    assumptions: ["prismaVersion"]
  },
  { id: "2.surrogate.ensure", text: "a lone surrogate in a hashed field of ensure is a 500 URI malformed" },
  {
    id: "2.depth",
    text: "meta with more than 123 levels of arrays and objects, itself included, is a 500 of the database",
    assumptions: ["prismaVersion"]
  },
  { id: "2.number.whole", text: "integers of up to 64 bits are kept" },
  {
    id: "2.number.rounded",
    text: "other numbers in meta are rounded to 16 significant digits, halves to even",
    assumptions: ["prismaVersion"]
  },
  { id: "2.number.overflow", text: "a number that overflows when rounded becomes null", assumptions: ["prismaVersion"] }
] as const satisfies ReadonlyArray<Clause>
