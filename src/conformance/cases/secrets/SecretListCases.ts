import * as Effect from "effect/Effect"
import type { Case } from "../../Case.ts"
import { count, csv, get, jsonl, ok, okAs, send, sse, withAccept } from "../../Steps.ts"
import { seeded } from "./Secrets.ts"

const path = "/contact/ada/secret/list"

const secretId = (index: number) => `secret-${String(index).padStart(4, "0")}`
const valueId = (index: number) => `value-${String(index).padStart(4, "0")}`

/** The ids of the secrets from one number to another, both included, up or down. */
const secretIds = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => secretId(from + (to < from ? -index : index)))

const indices = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index)

const types = ["plain", "basic", "bearer", "jwt", "oauth", "template", "reference"] as const

/** The items of two secrets, as their list sends them. */
const a = '{"name":"Secret A","description":"of A","meta":null,"createdAt":5,"updatedAt":6,"id":"a","type":"plain"}'
const b =
  '{"name":"Value B","description":"of the value","meta":{"of":"value"},"createdAt":7,"updatedAt":7,"id":"b","type":"oauth"}'

/** The list of a contact's secrets (wire contract 3.8.1). */
export const secretLists: ReadonlyArray<Case> = [
  seeded(
    "records-of-secrets",
    [
      "3.1.secrets",
      "3.8.secret",
      "3.8.secret.rows",
      "3.8.secret.shared",
      "3.8.secret.hidden",
      "3.8.secret.id",
      "3.8.secret.name",
      "3.8.secret.meta",
      "3.8.format.csv",
      "3.8.format.csv.meta"
    ],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            [
              {
                id: "a",
                kind: "personal",
                name: "Secret A",
                description: "of A",
                meta: { of: "secret" },
                createdAt: 1
              },
              { id: "b", kind: "personal", type: "oauth", name: "Secret B", description: "of B", createdAt: 2 },
              { id: "without", kind: "personal", name: "Without a value" },
              { id: "shared", kind: "shared", name: "Shared", value: "hidden-value" }
            ],
            "sk-main"
          ),
          Effect.all([
            api.seedSecretValues("ada", [
              { secretId: "a", value: "hidden-value", createdAt: 5, updatedAt: 6 },
              {
                secretId: "b",
                value: "hidden-value",
                name: "Value B",
                description: "of the value",
                meta: { of: "value" },
                createdAt: 7
              }
            ]),
            api.seedSecretValues("guest", [{ secretId: "without", value: "hidden-value" }])
          ])
        )
    },
    [
      send(get(path), { ...ok, text: `{"items":[${b},${a}],"cursor":"a"}` }),
      send(
        withAccept(path, jsonl),
        okAs(jsonl, { text: [b, a].map((item) => `{"type":"item","data":${item}}\n`).join("") })
      ),
      send(withAccept(path, sse), okAs(sse, { text: [b, a].map((item) => `event: item\ndata: ${item}\n\n`).join("") })),
      send(
        withAccept(path, csv),
        okAs(csv, {
          text:
            "name,description,meta,createdAt,updatedAt,id,type\n" +
            '"Value B","of the value","[object Object]","7","7","b","oauth"\n' +
            '"Secret A","of A","","5","6","a","plain"\n'
        })
      ),
      send(get("/contact/guest/secret/list"), { ...ok, ids: ["without"] }),
      ...["contactId=guest", "secretId=b"].map((query) => send(get(`${path}?${query}`), { ...ok, ids: ["b", "a"] })),
      send(get(`${path}?meta.of=value`), { ...ok, ids: ["b"] }),
      send(get(`${path}?meta.of=secret`), { ...ok, text: '{"items":[]}' })
    ]
  ),
  seeded(
    "types-of-secrets",
    ["3.8.secret.type"],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            types.map((type) => ({ id: type, type, kind: "personal" })),
            "sk-main"
          ),
          api.seedSecretValues(
            "ada",
            types.map((type, createdAt) => ({ secretId: type, value: "v", createdAt }))
          )
        )
    },
    [
      send(get(`${path}?order=asc`), {
        ...ok,
        ids: types,
        checks: [
          ["the type of each", ({ text }) => types.every((type) => text.includes(`"id":"${type}","type":"${type}"}`))]
        ]
      })
    ]
  ),
  seeded(
    "secrets-of-another-account-in-a-list",
    ["3.8.secret.foreign"],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            [
              { id: "theirs", kind: "personal", visibility: "public" },
              { id: "private", kind: "personal" }
            ],
            "sk-other"
          ),
          api.seedSecretValues("ada", [
            { secretId: "theirs", value: "v", createdAt: 2 },
            { secretId: "private", value: "v", createdAt: 1 }
          ])
        )
    },
    [send(get(path), { ...ok, ids: ["theirs", "private"] })],
    ["accounts"]
  ),
  seeded(
    "values-without-a-secret",
    ["3.8.secret.dropped"],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            indices(4).map((index) => ({ id: secretId(index), kind: "personal" })),
            "sk-main"
          ),
          api.seedSecretValues("ada", [
            ...indices(4).map((index) => ({ secretId: secretId(index), value: "v", createdAt: index })),
            { secretId: "gone", value: "v", createdAt: 1.5 },
            { secretId: "gone-too", value: "v", createdAt: 9 }
          ])
        )
    },
    [
      send(get(`${path}?take=3`), { ...ok, ids: secretIds(3, 2), has: { cursor: secretId(2) } }),
      send(get(path), { ...ok, ids: secretIds(3, 0) }),
      send(get(`${path}?take=1`), { ...ok, checks: [count(0)] })
    ]
  ),
  seeded(
    "pages-of-secrets",
    ["3.8.secret.cursor", "3.8.secret.stream", "3.8.secret.both", "3.8.query"],
    {
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets(
            indices(250).map((index) => ({ id: secretId(index), kind: "personal" })),
            "sk-main"
          ),
          api.seedSecretValues(
            "ada",
            indices(250).map((index) => ({
              id: valueId(index),
              secretId: secretId(index),
              value: "v",
              createdAt: index
            }))
          )
        )
    },
    [
      send(get(path), { ...ok, ids: secretIds(249, 150), has: { cursor: secretId(150) } }),
      send(get(`${path}?order=asc`), { ...ok, ids: secretIds(0, 99), has: { cursor: secretId(99) } }),
      send(get(`${path}?cursor=${secretId(150)}`), { ...ok, text: '{"items":[]}' }),
      send(get(`${path}?order=asc&cursor=${secretId(99)}`), { ...ok, text: '{"items":[]}' }),
      send(get(`${path}?take=3`), { ...ok, ids: secretIds(249, 247), has: { cursor: secretId(247) } }),
      send(get(`${path}?take=3&cursor=${secretId(247)}`), { ...ok, text: '{"items":[]}' }),
      // Rows are paged by the id of the value.
      send(get(`${path}?take=3&cursor=${valueId(150)}`), { ...ok, ids: secretIds(149, 147) }),
      ...[jsonl, sse].flatMap((accept) => [
        send(withAccept(path, accept), okAs(accept, { ids: secretIds(249, 150) })),
        send(withAccept(`${path}?order=asc`, accept), okAs(accept, { ids: secretIds(0, 99) })),
        send(withAccept(`${path}?take=250`, accept), okAs(accept, { ids: secretIds(249, 150) })),
        send(withAccept(`${path}?take=7`, accept), okAs(accept, { ids: secretIds(249, 243) })),
        send(withAccept(`${path}?cursor=${secretId(150)}`, accept), okAs(accept, { text: "" }))
      ]),
      send(
        withAccept(path, csv),
        okAs(csv, { checks: [["100 rows and the header", ({ text }) => text.split("\n").length === 102]] })
      )
    ]
  )
]
