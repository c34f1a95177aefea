import * as Effect from "effect/Effect"
import { startTime, type Case, type Rows, type Step } from "../../Case.ts"
import * as WireReply from "../../WireReply.ts"
import { csv, get, jsonl, notFound, ok, okAs, post, send, sse, stored, thrown, withAccept } from "../../Steps.ts"

const times = { createdAt: 1_600_000_000_001, updatedAt: 1_600_000_000_002 }

const common = { name: "n", description: 'd"d', meta: { a: [1] } }

/** The fields of an item in the order of the contract, without a value, and with all values. */
interface Sample {
  readonly name: string
  readonly clauses: Case["clauses"]
  readonly rows: Rows
  readonly unset: Readonly<Record<string, unknown>>
  readonly set: Readonly<Record<string, unknown>>
}

const conversation = {
  id: "b",
  name: common.name,
  description: common.description,
  contactId: "ada",
  taskId: "t",
  botId: "b",
  datasetId: "d",
  skillsetId: "s",
  backstory: "story",
  model: "m",
  meta: common.meta,
  ...times
}

const memory = {
  id: "b",
  name: common.name,
  description: common.description,
  botId: "b",
  text: "text\nof two lines",
  meta: common.meta,
  ...times
}

const rating = {
  id: "b",
  name: common.name,
  description: common.description,
  contactId: "ada",
  botId: "b",
  conversationId: "c",
  messageId: "m",
  value: -3,
  reason: "r",
  meta: common.meta,
  ...times
}

const space = {
  id: "b",
  name: common.name,
  description: common.description,
  blueprintId: "p",
  contactId: "ada",
  meta: common.meta,
  ...times
}

const task = {
  id: "b",
  name: common.name,
  description: common.description,
  contactId: "ada",
  botId: "b",
  schedule: "0 9 * * 1",
  timezone: "Europe/Zurich",
  sessionDuration: 1500.5,
  maxIterations: 7,
  maxTime: 0.25,
  status: "running",
  outcome: "failure",
  lastRunAt: 1_600_000_000_003,
  nextRunAt: 1_600_000_000_004,
  meta: common.meta,
  ...times
}

const made = { createdAt: 1, updatedAt: 1 }
const unset = { id: "a", name: "", description: "" }

const samples: ReadonlyArray<Sample> = [
  {
    name: "conversation",
    clauses: ["3.8.conversation", "3.8.default.conversation"],
    rows: (api) => api.seedConversations("ada", [{ id: "a", createdAt: 1 }, conversation]),
    unset: {
      ...unset,
      contactId: "ada",
      taskId: null,
      botId: null,
      datasetId: null,
      skillsetId: null,
      backstory: "",
      model: "",
      meta: null,
      ...made
    },
    set: conversation
  },
  {
    name: "memory",
    clauses: ["3.8.memory"],
    rows: (api) => api.seedMemories("ada", [{ id: "a", text: "t", createdAt: 1 }, memory]),
    unset: { ...unset, botId: null, text: "t", meta: null, ...made },
    set: memory
  },
  {
    name: "rating",
    clauses: ["3.8.rating", "3.8.rating.value"],
    rows: (api) => api.seedRatings("ada", [{ id: "a", value: 1, createdAt: 1 }, rating]),
    unset: {
      ...unset,
      contactId: "ada",
      botId: null,
      conversationId: null,
      messageId: null,
      value: 1,
      reason: null,
      meta: null,
      ...made
    },
    set: rating
  },
  {
    name: "space",
    clauses: ["3.8.space"],
    rows: (api) => api.seedSpaces("ada", [{ id: "a", createdAt: 1 }, space]),
    unset: { ...unset, blueprintId: null, contactId: "ada", meta: null, ...made },
    set: space
  },
  {
    name: "task",
    clauses: ["3.8.task", "3.8.default.task", "3.8.task.times", "3.8.task.schedule"],
    rows: (api) => api.seedTasks("ada", [{ id: "a", createdAt: 1 }, task]),
    unset: {
      ...unset,
      contactId: "ada",
      botId: null,
      schedule: null,
      timezone: null,
      sessionDuration: null,
      maxIterations: null,
      maxTime: null,
      status: "idle",
      outcome: "pending",
      lastRunAt: null,
      nextRunAt: null,
      meta: null,
      ...made
    },
    set: task
  }
]

/** The text of a CSV cell. */
const cell = (value: unknown): string => {
  const text = value === null ? "" : typeof value === "object" ? String(value) : `${value as string | number}`
  return `"${text.replaceAll('"', '""')}"`
}

const line = (item: object): string => `${Object.values(item).map(cell).join(",")}\n`

const records: ReadonlyArray<Case> = samples.map(({ clauses, name, rows, set, unset }) => {
  const path = `/contact/(Ada)/${name}/list?order=asc`
  const [one, two] = [JSON.stringify(unset), JSON.stringify(set)]
  return {
    id: `records-of-items-${name}`,
    clauses: [
      ...clauses,
      "3.8.nulls",
      "3.8.default.texts",
      "3.8.contact-id",
      "3.8.dates",
      "3.8.format.json",
      "3.8.format.jsonl",
      "3.8.format.sse",
      "3.8.format.csv",
      "3.8.format.csv.meta"
    ],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "ada", name: "Ada" }] }], rows },
    steps: [
      send(get(path), { ...ok, text: `{"items":[${one},${two}],"cursor":"b"}` }),
      send(
        withAccept(path, jsonl),
        okAs(jsonl, { text: [one, two].map((item) => `{"type":"item","data":${item}}\n`).join("") })
      ),
      send(
        withAccept(path, sse),
        okAs(sse, { text: [one, two].map((item) => `event: item\ndata: ${item}\n\n`).join("") })
      ),
      send(withAccept(path, csv), okAs(csv, { text: `${Object.keys(set).join(",")}\n${line(unset)}${line(set)}` }))
    ]
  }
})

const fieldOf =
  (name: string) =>
  (reply: WireReply.Reply): string =>
    WireReply.items(reply)
      .map((item) => String(WireReply.field(item, name)))
      .join()

const valuesOf = (list: string, name: string, values: ReadonlyArray<unknown>): Step =>
  send(get(`/contact/ada/${list}/list?order=asc`), {
    ...ok,
    checks: [
      [`the values of ${name} are ${values.join()}`, (reply) => fieldOf(name)(reply) === values.map(String).join()]
    ]
  })

const statuses = ["idle", "running", "canceled"]
const outcomes = ["pending", "success", "failure"]

const values: ReadonlyArray<Case> = [
  {
    id: "values-of-fields-of-items",
    clauses: ["3.8.task.status", "3.8.task.outcome", "3.8.rating.value", "3.8.default.conversation", "3.8.task.times"],
    needs: ["seed"],
    setup: {
      seeds: [{ contacts: [{ id: "ada" }] }],
      rows: (api) =>
        Effect.all([
          api.seedTasks(
            "ada",
            statuses.map((status, createdAt) => ({
              status,
              outcome: outcomes[createdAt] ?? "",
              sessionDuration: createdAt + 0.5,
              maxIterations: createdAt,
              createdAt
            }))
          ),
          api.seedRatings(
            "ada",
            [-2, 0, 7].map((value, createdAt) => ({ value, createdAt }))
          ),
          api.seedConversations("ada", [{ backstory: null, model: null }])
        ])
    },
    steps: [
      valuesOf("task", "status", statuses),
      valuesOf("task", "outcome", outcomes),
      valuesOf("task", "sessionDuration", [0.5, 1.5, 2.5]),
      valuesOf("task", "maxIterations", [0, 1, 2]),
      valuesOf("rating", "value", [-2, 0, 7]),
      valuesOf("conversation", "backstory", [null]),
      valuesOf("conversation", "model", [null])
    ]
  },
  {
    id: "keys-of-the-meta-of-items",
    clauses: ["1.safe.hash", "3.8.format.json"],
    needs: ["seed"],
    setup: {
      seeds: [{ contacts: [{ id: "ada" }] }],
      rows: (api) => api.seedTasks("ada", [{ meta: { "#hidden": 1, a: { "#b": 1, c: 2 } } }])
    },
    steps: [valuesOf("task", "meta", [{}])].concat(
      send(get("/contact/ada/task/list"), {
        ...ok,
        checks: [["keys that start with # are left out", ({ text }) => text.includes('"meta":{"a":{"c":2}},')]]
      })
    )
  },
  {
    id: "the-sample-of-a-missing-task-list",
    clauses: ["5.6.tasks", "3.8.errors"],
    steps: [
      send(withAccept("/contact/missing/task/list", jsonl), {
        status: 404,
        headers: { "content-type": "application/json" },
        text: '{"code":"NOT_FOUND","message":"Not found"}'
      })
    ]
  }
]

const ids = (rows: ReadonlyArray<{ readonly id: string }>) => rows.map(({ id }) => id)

const contactsOf = (rows: ReadonlyArray<{ readonly id: string; readonly contactId: string | null }>) =>
  rows.map(({ contactId, id }) => ({ id, contactId }))

const deletes: ReadonlyArray<Case> = [
  {
    id: "items-of-a-deleted-contact",
    clauses: ["3.7.cascade", "3.7.survivors"],
    needs: ["seed"],
    setup: {
      seeds: [{ contacts: [{ id: "ada" }, { id: "grace" }] }],
      rows: (api) =>
        Effect.andThen(
          api.seedSecrets([{ id: "secret", kind: "personal" }], "sk-main"),
          Effect.all(
            ["ada", "grace"].flatMap((contact) => [
              api.seedConversations(contact, [{ id: `conversation-of-${contact}` }]),
              api.seedMemories(contact, [{ id: `memory-of-${contact}` }]),
              api.seedRatings(contact, [{ id: `rating-of-${contact}` }]),
              api.seedSpaces(contact, [{ id: `space-of-${contact}` }]),
              api.seedTasks(contact, [{ id: `task-of-${contact}` }]),
              api.seedSecretValues(contact, [{ id: `value-of-${contact}`, secretId: "secret", value: "v" }])
            ])
          )
        )
    },
    steps: [
      send(post("/contact/ada/delete"), { ...ok, text: '{"id":"ada"}' }),
      ...["conversation", "memory", "rating", "space", "task", "secret"].map((name) =>
        send(get(`/contact/ada/${name}/list`), thrown(404, "NOT_FOUND", "Not found"))
      ),
      stored((api) => Effect.map(api.memories("ada"), ids), []),
      stored((api) => Effect.map(api.tasks("ada"), ids), []),
      stored((api) => Effect.map(api.secretValues("ada"), ids), []),
      stored((api) => Effect.map(api.conversations("ada"), ids), []),
      stored(
        (api) => Effect.map(api.conversations(null), contactsOf),
        [{ id: "conversation-of-ada", contactId: null }]
      ),
      stored((api) => Effect.map(api.ratings(null), contactsOf), [{ id: "rating-of-ada", contactId: null }]),
      stored((api) => Effect.map(api.spaces(null), contactsOf), [{ id: "space-of-ada", contactId: null }]),
      ...["conversation", "memory", "rating", "space", "task"].map((name) =>
        send(get(`/contact/grace/${name}/list`), { ...ok, ids: [`${name}-of-grace`] })
      ),
      send(get("/contact/grace/secret/list"), { ...ok, ids: ["secret"] }),
      send(post("/contact/ada/delete"), notFound)
    ]
  },
  {
    id: "times-of-items",
    clauses: ["3.8.dates"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "ada" }] }], rows: (api) => api.seedTasks("ada", [{ id: "a" }]) },
    steps: [valuesOf("task", "createdAt", [startTime]), valuesOf("task", "updatedAt", [startTime])]
  }
]

/** The records of a contact's items, and their fate when the contact is deleted (wire contract 3.8.1 and 3.7). */
export const itemRecords: ReadonlyArray<Case> = [...records, ...values, ...deletes]
