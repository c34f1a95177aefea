import type { Case, Request, Step } from "../Case.ts"
import type { ClauseId } from "../Clauses.ts"
import {
  badRequest,
  create,
  serverError,
  fetched,
  forEachWrite,
  idOf,
  ok,
  post,
  postText,
  send,
  update
} from "../Steps.ts"

type Write = (json: unknown) => Request

/** Bodies that create, ensure and update refuse with the same message. */
const refuses = (
  id: string,
  clauses: ReadonlyArray<ClauseId>,
  bodies: ReadonlyArray<readonly [body: unknown, message: string]>
): ReadonlyArray<Case> =>
  forEachWrite((operation, write) => ({
    id: `${operation}-refuses-${id}`,
    clauses: [...clauses, "2.error", "6.400.validation"],
    steps: bodies.map(([body, message]) => send(write(body), badRequest(message)))
  }))

const strings = (field: string): ReadonlyArray<readonly [unknown, string]> =>
  [1, true, ["x"], { a: 1 }].map((value) => [{ [field]: value }, `"${field}" must be a string`])

const tooLong = (field: string, value: string, max: number): readonly [unknown, string] => [
  { [field]: value },
  `"${field}" must be less than or equal to ${max} bytes long`
]

/** Contacts created with the first object of each pair, which come back with the fields of the second. */
const keeps = (
  id: string,
  clauses: ReadonlyArray<ClauseId>,
  pairs: ReadonlyArray<readonly [object, object]>
): Case => ({
  id,
  clauses,
  steps: pairs.flatMap(([sent, stored]): ReadonlyArray<Step> => [create(sent), fetched({ ...stored })])
})

const same = (...bodies: ReadonlyArray<object>): ReadonlyArray<readonly [object, object]> =>
  bodies.map((body) => [body, body])

const shortFields = ["name", "nick"] as const
const longFields = ["description", "preferences"] as const

const texts: ReadonlyArray<Case> = [
  ...shortFields.flatMap((field): ReadonlyArray<Case> => [
    keeps(
      `${field}-is-kept`,
      [`2.${field}.accepts`, `2.${field}.kept`],
      same({ [field]: " <run>\t " }, { [field]: "" })
    ),
    keeps(
      `${field}-of-191-bytes`,
      [`2.${field}.max`],
      same({ [field]: "a".repeat(191) }, { [field]: "é".repeat(95) }, { [field]: "😀".repeat(47) })
    ),
    ...refuses(`a-bad-${field}`, [`2.${field}.refuses`, "2.message.string"], strings(field)),
    ...refuses(
      `a-long-${field}`,
      [`2.${field}.max`, "2.message.bytes"],
      ["a".repeat(192), "é".repeat(96), "😀".repeat(48)].map((value) => tooLong(field, value, 191))
    )
  ]),
  ...longFields.flatMap((field): ReadonlyArray<Case> => [
    keeps(
      `${field}-is-kept`,
      [`2.${field}.accepts`, `2.${field}.kept`],
      same({ [field]: " <run>\n " }, { [field]: "" })
    ),
    keeps(`${field}-of-65535-bytes`, [`2.${field}.max`], same({ [field]: "a".repeat(65_535) })),
    ...refuses(`a-bad-${field}`, [`2.${field}.refuses`], strings(field)),
    ...refuses(
      `a-long-${field}`,
      [`2.${field}.max`],
      ["a".repeat(65_536), "é".repeat(32_768)].map((value) => tooLong(field, value, 65_535))
    )
  ])
]

const invalidEmail = (email: string): readonly [unknown, string] => [{ email }, '"email" must be a valid email']
const invalidPhone = (phone: string): readonly [unknown, string] => [{ phone }, '"phone" must be a phone number']

const addresses: ReadonlyArray<Case> = [
  keeps("email-is-kept", ["2.email.accepts", "2.email.case"], same({ email: "Ada.B+c@Example.COM" }, { email: "" })),
  keeps("email-of-any-domain", ["2.email.tld"], same({ email: "a@b.museum" }, { email: "a@b.nosuchdomain" })),
  keeps("email-in-any-script", ["2.email.unicode"], same({ email: "ü@exämple.de" }, { email: "用户@例子.公司" })),
  ...refuses("an-email-without-a-dot", ["2.email.dot", "2.message.email"], [invalidEmail("a@b")]),
  ...refuses("blanks-around-email", ["2.email.blanks"], [" a@b.co", "a@b.co ", " a@b.co "].map(invalidEmail)),
  ...refuses("an-invalid-email", ["2.message.email"], ["a", "@b.co", "a@", "a@@b.co", "a b@c.de"].map(invalidEmail)),
  ...refuses("a-bad-email", ["2.email.refuses"], strings("email")),
  ...refuses("a-long-email", ["2.email.max"], [tooLong("email", `${"a".repeat(190)}@b.co`, 191)]),
  keeps("phone-is-kept", ["2.phone.accepts"], same({ phone: "+447911123456" }, { phone: "" })),
  keeps(
    "phone-in-e164",
    ["2.phone.e164", "2.phone.country"],
    ["(202) 555-0123", "202-555-0123", "+1 202 555 0123", "1 (202) 555 0123"].map((phone) => [
      { phone },
      { phone: "+12025550123" }
    ])
  ),
  keeps(
    "phone-without-extension",
    ["2.phone.extension"],
    [[{ phone: "(202) 555-0123 ext. 45" }, { phone: "+12025550123" }]]
  ),
  ...refuses(
    "an-impossible-phone",
    ["2.phone.invalid", "2.message.phone"],
    ["+1234567890", "+9876543210", "+15550100", "07911123456", "abc"].map(invalidPhone)
  ),
  ...refuses("a-bad-phone", ["2.phone.refuses"], strings("phone")),
  ...refuses("a-long-phone", ["2.phone.max"], [tooLong("phone", "1".repeat(192), 191)])
]

const tooShort = "Fingerprint is too short (fingerprint)"

const fingerprints: ReadonlyArray<Case> = [
  {
    id: "fingerprint-is-trimmed",
    clauses: ["2.fingerprint.accepts", "2.fingerprint.trimmed"],
    steps: [create({ fingerprint: " \t<run> and more \n" }), fetched({ fingerprint: "<run> and more" })]
  },
  {
    id: "fingerprint-of-blanks",
    clauses: ["2.fingerprint.blank", "2.fingerprint.accepts"],
    needs: ["empty"],
    steps: ["   ", " ".repeat(20), ""].flatMap((fingerprint) => [create({ fingerprint }), fetched({ fingerprint })])
  },
  {
    id: "fingerprint-of-191-bytes",
    clauses: ["2.fingerprint.max"],
    needs: ["empty"],
    steps: [create({ fingerprint: "f".repeat(191) }), fetched({ fingerprint: "f".repeat(191) })]
  },
  {
    id: "fingerprint-of-16",
    clauses: ["2.fingerprint.short"],
    needs: ["empty"],
    steps: [create({ fingerprint: "x".repeat(16) }), fetched({ fingerprint: "x".repeat(16) })]
  },
  {
    id: "fingerprints-are-compared-byte-by-byte",
    clauses: ["2.fingerprint.exact"],
    steps: ["Fingerprint", "fingerprint", "fíngerprint"].map((text) => create({ fingerprint: `${text} of <run>` }))
  },
  ...refuses(
    "a-short-fingerprint",
    ["2.fingerprint.short", "2.message.short"],
    ["x", "x".repeat(15), `   ${"x".repeat(15)}   `].map((fingerprint) => [{ fingerprint }, tooShort])
  ),
  ...refuses("a-bad-fingerprint", ["2.fingerprint.refuses"], strings("fingerprint")),
  ...refuses("a-long-fingerprint", ["2.fingerprint.max"], [tooLong("fingerprint", "f".repeat(192), 191)]),
  ...(["user", "api", "app", "widget"] as const).map((audience): Case => ({
    id: `fingerprints-of-a-token-for-${audience}`,
    clauses: ["2.fingerprint.audience", "2.fingerprint.audience.blank", "2.message.audience"],
    needs: ["accounts"],
    setup: {
      accounts: [{ id: "a", tokens: ["sk-main", { token: "a.b.c", audience, allowedRoutes: ["contact/**"] }] }]
    },
    steps: [
      send(
        post("/contact/create", { fingerprint: "f".repeat(20) }, { authorization: "Bearer a.b.c" }),
        audience === "widget" ? badRequest('Cannot use fingerprint with aud "widget" (fingerprint)') : ok
      ),
      ...["", "   "].map((fingerprint) =>
        send(post("/contact/create", { fingerprint }, { authorization: "Bearer a.b.c" }), ok)
      ),
      send(post("/contact/create", { fingerprint: null }, { authorization: "Bearer a.b.c" }), serverError())
    ]
  }))
]

const noNumber = (verifiedAt: unknown): readonly [unknown, string] => [{ verifiedAt }, '"verifiedAt" must be a number']
const unsafe = (verifiedAt: unknown): readonly [unknown, string] => [
  { verifiedAt },
  '"verifiedAt" must be a safe number'
]

const instants: ReadonlyArray<Case> = [
  keeps(
    "verifiedAt-as-a-number",
    ["2.verified-at.number", "2.verified-at.sets"],
    [
      [{ verifiedAt: 1_700_000_000_000 }, { verifiedAt: 1_700_000_000_000 }],
      [{ verifiedAt: -5000 }, { verifiedAt: -5000 }]
    ]
  ),
  keeps(
    "verifiedAt-as-a-text",
    ["2.verified-at.text"],
    [
      [{ verifiedAt: "1700000000000" }, { verifiedAt: 1_700_000_000_000 }],
      [{ verifiedAt: "1e12" }, { verifiedAt: 1_000_000_000_000 }]
    ]
  ),
  keeps(
    "verifiedAt-that-sets-nothing",
    ["2.verified-at.zero", "2.verified-at.clears"],
    [
      [{ verifiedAt: 0 }, { verifiedAt: null }],
      [{ verifiedAt: "0" }, { verifiedAt: null }],
      [{ verifiedAt: "-0" }, { verifiedAt: null }],
      [{ verifiedAt: "0.0" }, { verifiedAt: null }],
      [{ verifiedAt: null }, { verifiedAt: null }],
      [{}, { verifiedAt: null }]
    ]
  ),
  {
    id: "verifiedAt-set-and-cleared",
    clauses: ["2.verified-at.sets", "2.verified-at.zero", "2.verified-at.clears"],
    steps: [
      create({ name: "<run>" }),
      update({ verifiedAt: 1_600_000_000_000 }),
      ...[0, "0", "-0"].map((verifiedAt) => update({ verifiedAt })),
      send(postText("/contact/<id>/update", '{"verifiedAt":-0}'), idOf("id")),
      update({ name: "b" }),
      fetched({ verifiedAt: 1_600_000_000_000 }),
      update({ verifiedAt: 1_600_000_000_001 }),
      fetched({ verifiedAt: 1_600_000_000_001 }),
      update({ verifiedAt: null }),
      fetched({ verifiedAt: null })
    ]
  },
  keeps(
    "verifiedAt-as-a-fraction",
    ["2.verified-at.fraction"],
    [
      [{ verifiedAt: 0.5 }, { verifiedAt: 0 }],
      [{ verifiedAt: "0.5" }, { verifiedAt: 0 }],
      [{ verifiedAt: -0.5 }, { verifiedAt: 0 }],
      [{ verifiedAt: 1_600_000_000_000.75 }, { verifiedAt: 1_600_000_000_000 }],
      [{ verifiedAt: -1500.9 }, { verifiedAt: -1500 }]
    ]
  ),
  keeps(
    "verifiedAt-of-the-first-and-last-year",
    ["2.database.verified-at", "2.verified-at.sets"],
    same({ verifiedAt: 253_402_300_799_999 }, { verifiedAt: -62_167_219_200_000 })
  ),
  ...refuses(
    "a-bad-verifiedAt",
    ["2.verified-at.refuses", "2.message.number"],
    ["2024-01-01T00:00:00.000Z", "2024-01-01", "", "x", true, false, {}, []].map(noNumber)
  ),
  ...refuses(
    "an-unsafe-verifiedAt",
    ["2.verified-at.safe", "2.message.safe"],
    [9_007_199_254_740_992, -9_007_199_254_740_992, "9007199254740993"].map(unsafe)
  )
]

const noObject = (meta: unknown): readonly [unknown, string] => [{ meta }, '"meta" must be of type object']

const metadata: ReadonlyArray<Case> = [
  keeps(
    "meta-is-kept",
    ["2.meta.accepts", "2.meta.nested-keys"],
    [...same({ meta: {} }, { meta: { a: [1, null, { _b: { c: "d" } }], e: { _f: true, "": 1.5 } } })]
  ),
  {
    id: "meta-as-large-as-a-body",
    clauses: ["2.meta.max"],
    steps: [
      create({ meta: { run: "<run>", text: "x".repeat(1_000_000) } }),
      send(
        { path: "/contact/<id>/fetch" },
        { ...ok, checks: [["meta is complete", ({ text }) => text.length > 1_000_000]] }
      )
    ]
  },
  ...refuses("a-bad-meta", ["2.meta.refuses", "2.message.object"], [[], ["x"], "x", '{"a":1}', 1, true].map(noObject)),
  ...refuses(
    "bad-meta-keys",
    ["2.meta.keys", "2.message.meta-key"],
    [
      [{ meta: { ok: 1, _a: 1 } }, '"meta._a" is not allowed'],
      [{ meta: { "": 1 } }, '"meta." is not allowed'],
      [{ meta: { _: 1 } }, '"meta._" is not allowed']
    ]
  )
]

const general: ReadonlyArray<Case> = [
  ...forEachWrite((operation, write: Write): Case => ({
    id: `${operation}-takes-an-empty-object`,
    clauses: ["2.empty"],
    ...(operation === "ensure" ? { needs: ["empty"] } : {}),
    steps: [send(write({}), operation === "update" ? idOf("target") : ok)]
  })),
  ...refuses(
    "unknown-keys",
    ["2.unknown", "2.message.unknown"],
    [
      [{ foo: 1 }, '"foo" is not allowed'],
      [{ name: "a", userId: "b" }, '"userId" is not allowed'],
      [{ id: "c" }, '"id" is not allowed'],
      [{ createdAt: 1 }, '"createdAt" is not allowed']
    ]
  ),
  ...refuses(
    "more-than-one-bad-field",
    ["2.first"],
    [
      [{ foo: 1, name: 2 }, '"name" must be a string'],
      [{ email: "x", phone: "y", meta: 1 }, '"email" must be a valid email'],
      [{ foo: 1, fingerprint: "short" }, '"foo" is not allowed']
    ]
  ),
  ...refuses(
    "a-body-that-is-not-an-object",
    ["2.message.value"],
    [[], [{}], "text", 5, true].map((body) => [body, '"value" must be of type object'] as const)
  ),
  ...(["create", "update"] as const).flatMap((operation) =>
    forEachWrite((of, write) => ({
      id: `${of}-with-values-that-the-database-refuses`,
      clauses: [
        "2.database.name",
        "2.database.description",
        "2.database.fingerprint",
        "2.database.verified-at",
        "6.500.database"
      ],
      steps: [
        { name: null },
        { description: null },
        { fingerprint: null },
        ...[
          253_402_300_800_000,
          -62_167_219_200_001,
          "253402300800000",
          8_640_000_000_000_001,
          -8_640_000_000_000_001
        ].map((verifiedAt) => ({ verifiedAt }))
      ].map((body) => send(write(body), serverError()))
    })).filter(({ id }) => id.startsWith(operation))
  ),
  {
    id: "null-clears",
    clauses: [
      "2.null.columns",
      "2.null.meta",
      "2.nick.accepts",
      "2.preferences.accepts",
      "2.email.accepts",
      "2.phone.accepts"
    ],
    steps: [
      create({ email: "a@b.co", phone: "+12025550123", nick: "<run>", preferences: "p", meta: { a: 1 } }),
      update({ email: null, phone: null, nick: null, preferences: null, meta: null }),
      fetched({ email: null, phone: null, nick: null, preferences: null, meta: null })
    ]
  }
]

/** Body validation (wire contract 2). */
export const section2: ReadonlyArray<Case> = [
  ...texts,
  ...addresses,
  ...fingerprints,
  ...instants,
  ...metadata,
  ...general
]
