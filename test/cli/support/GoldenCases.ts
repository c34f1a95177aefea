/** The calls of the golden tests, by command. */
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import * as InMemory from "../../../src/layers/InMemory.ts"
import * as CommandLine from "./CommandLine.ts"
import type { Folder } from "./Folder.ts"

/** One call of a command. */
export interface Case {
  /** The result that the case shows. */
  readonly shows: string
  /** The arguments after the command. `FOLDER` is the folder of the test. */
  readonly args: ReadonlyArray<string>
  /** Standard input. A terminal if absent. */
  readonly stdin?: string
  /** The environment, beside the secret of the in-memory API. */
  readonly env?: Readonly<Record<string, string>>
  /** The state before the call. Default: two contacts, the first with items and a secret. */
  readonly before?: (
    folder: Folder
  ) => Effect.Effect<unknown, unknown, InMemory.InMemory | HttpClient.HttpClient | Scope.Scope>
}

const ada = "cada000000000000000000000"
const absent = "cabsent000000000000000000"
const secret = "csecret00000000000000000"
const times = { createdAt: 1_700_000_000_000, updatedAt: 1_700_000_001_000 }

/** Two contacts, and an item of each kind and a secret of the first. */
export const seeded = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  yield* api.seed([{ ...CommandLine.ada, verifiedAt: 1 }, CommandLine.mallory])
  yield* api.seedConversations(ada, [{ id: "conversation1", name: "Hello", model: "gpt", ...times }])
  yield* api.seedMemories(ada, [{ id: "memory1", text: "Likes blue", ...times }])
  yield* api.seedRatings(ada, [{ id: "rating1", value: -1, reason: "slow", ...times }])
  yield* api.seedSpaces(ada, [{ id: "space1", name: "Home", ...times }])
  yield* api.seedTasks(ada, [{ id: "task1", name: "Water", schedule: "0 9 * * *", ...times }])
  yield* api.seedSecrets([{ id: secret, name: "Calendar", kind: "personal", type: "bearer", ...times }])
  yield* api.seedSecretValues(ada, [{ secretId: secret, value: "canary", ...times }])
})

const nothing = () => Effect.void
const noSecret: Pick<Case, "shows" | "env"> = { shows: "no secret", env: { CHATBOTKIT_API_SECRET: "" } }

const listOf = (...args: ReadonlyArray<string>): ReadonlyArray<Case> => [
  { shows: "success", args },
  { shows: "empty result", args: [...args, "--meta", "tier=none"] },
  { ...noSecret, args }
]

/** Updates a contact as the job `tiers`. */
const withJob = (folder: Folder) =>
  Effect.andThen(
    seeded,
    folder.run(["update-all", "--meta", "tier=gold", "--set", "nick=gold", "--name", "tiers", "--yes"])
  )

const noJob: Case = { shows: "no such job", args: ["absent"] }

/** The members of a job that do not depend on the time that the test takes. */
const jobFields = ["--fields", "name,operation,state,rows,created,updated,deleted,invalid"]

const configured = (folder: Folder) =>
  folder.run(["config", "set", "baseUrl", "http://127.0.0.1:8787"], { env: { XDG_CONFIG_HOME: folder.path } })

/** The cases of each command that does something, by its words. */
export const cases: Readonly<Record<string, ReadonlyArray<Case>>> = {
  list: listOf(),
  get: [
    { shows: "success", args: [ada] },
    { shows: "empty result", args: [], stdin: "" },
    { shows: "an absent contact", args: [absent] }
  ],
  find: [
    { shows: "success", args: ["--email", "ada@example.com"] },
    { shows: "empty result", args: ["--email", "absent@example.com"] },
    { shows: "no contact where one is expected", args: ["--email", "absent@example.com", "--one"] }
  ],
  create: [
    { shows: "a dry run", args: ["--name", "Grace", "--email", "grace@example.com", "--dry-run"] },
    { shows: "an invalid address", args: ["--email", "none"] }
  ],
  ensure: [
    { shows: "success", args: ["--fingerprint", "crm-0001-ada-lovelace"] },
    { shows: "no fingerprint", args: ["--name", "Grace"] }
  ],
  update: [
    { shows: "success", args: [ada, "--nick", "ada"] },
    { shows: "an absent contact", args: [absent, "--nick", "ada"] }
  ],
  delete: [
    { shows: "success", args: [ada, "--yes"] },
    { shows: "no confirmation", args: [ada], stdin: "" }
  ],
  export: [
    { shows: "success", args: [] },
    { shows: "empty result", args: [], before: nothing },
    { ...noSecret, args: [] }
  ],
  import: [
    {
      shows: "a row that is refused",
      args: ["FOLDER/crm.jsonl", "--name", "crm", ...jobFields],
      before: (folder) =>
        Effect.sync(() => folder.write("crm.jsonl", '{"name":"Grace"}\n{"name":"Alan","email":"none"}\n'))
    },
    { shows: "an absent file", args: ["FOLDER/absent.jsonl"] }
  ],
  "update-all": [
    { shows: "success", args: ["--meta", "tier=gold", "--set", "nick=gold", "--name", "tiers", "--yes", ...jobFields] },
    { shows: "no confirmation", args: ["--meta", "tier=gold", "--set", "nick=gold"], stdin: "" }
  ],
  "delete-all": [
    { shows: "success", args: ["--meta", "tier=gold", "--name", "gold", "--yes", ...jobFields] },
    { shows: "no confirmation", args: ["--meta", "tier=gold"], stdin: "" }
  ],
  "jobs list": [
    { shows: "success", args: jobFields, before: withJob },
    { shows: "empty result", args: jobFields },
    { shows: "an unknown field", args: ["--fields", "absent"] }
  ],
  "jobs status": [{ shows: "success", args: ["tiers", ...jobFields], before: withJob }, noJob],
  "jobs pause": [{ shows: "success", args: ["tiers", ...jobFields], before: withJob }, noJob],
  "jobs cancel": [{ shows: "success", args: ["tiers", ...jobFields], before: withJob }, noJob],
  "jobs resume": [{ shows: "success", args: ["tiers", ...jobFields], before: withJob }, noJob],
  "jobs outcomes": [
    { shows: "success", args: ["tiers", "--fields", "row,outcome,id"], before: withJob },
    { shows: "empty result", args: ["tiers", "--failed", "--fields", "row,outcome,id"], before: withJob },
    noJob
  ],
  "jobs undo": [{ shows: "success", args: ["tiers", "--yes", ...jobFields], before: withJob }, noJob],
  "jobs remove": [{ shows: "success", args: ["tiers", "--yes"], before: withJob }, noJob],
  conversations: listOf(ada),
  "memories list": listOf(ada),
  "memories search": [
    { shows: "success", args: [ada, "blue"] },
    { ...noSecret, args: [ada, "blue"] }
  ],
  ratings: listOf(ada),
  spaces: listOf(ada),
  tasks: listOf(ada),
  "secrets list": listOf(ada),
  "secrets verify": [
    { shows: "success", args: [ada, secret] },
    { shows: "an absent secret", args: [ada, absent] }
  ],
  "secrets authenticate": [{ shows: "an absent secret", args: [ada, absent] }],
  "secrets revoke": [
    { shows: "success", args: [ada, secret, "--yes"] },
    { shows: "no confirmation", args: [ada, secret], stdin: "" }
  ],
  "auth status": [
    { shows: "success", args: [] },
    { ...noSecret, args: [] }
  ],
  "config path": [{ shows: "success", args: [], env: { XDG_CONFIG_HOME: "/home/ada/.config" } }],
  "config list": [
    { shows: "empty result", args: [] },
    { shows: "success", args: [], before: configured, env: { XDG_CONFIG_HOME: "FOLDER" } }
  ],
  "config get": [
    { shows: "an unknown setting", args: ["absent"] },
    { shows: "a setting that is not set", args: ["baseUrl"] }
  ],
  "config set": [
    { shows: "success", args: ["baseUrl", "http://127.0.0.1:8787"], env: { XDG_CONFIG_HOME: "FOLDER" } },
    { shows: "an unknown setting", args: ["absent", "1"] }
  ],
  // These two need a server. Their own tests in test/cli/tools compare what they write when they succeed.
  emulator: [{ shows: "an absent file", args: ["--seed", "FOLDER/absent.json"] }],
  conformance: [{ ...noSecret, args: [] }]
}
