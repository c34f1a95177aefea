import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Bundles from "../bench/support/bundles.ts"

/** The size limit of an app that fetches one contact over fetch, in bytes, minified and compressed, with Effect. */
const fetchesOneBudget = 58_300

/** The size limit of our own code in the quick start with imports by module, in bytes. */
const ownBudget = 24_800

const use = (names: string) => `export default [${names}]`

const app = `
  import { Contact } from "effect-chatbotkit"
  import * as Fetch from "effect-chatbotkit/layers/Fetch"
  ${use("Contact.create, Contact.fetch, Contact.update, Contact.delete, Contact.ensure, Contact.list, Fetch.layer")}
`

/** Parts of the names of files that hold code of SQL, of durable jobs, and of their workers. */
const sql = ["/sql/", "Sql"]
const workers = ["/cluster/", "/workflow/", "jobs/worker/", "platform-node"]
const jobs = ["/jobs/", ...workers]

const named = (found: ReadonlyArray<string>, ...parts: ReadonlyArray<string>) =>
  found.filter((file) => parts.some((part) => file.includes(part)))

const files = (source: string) => Effect.promise(() => Bundles.files(source, "src"))

describe("bundles", () => {
  it.effect("an app over fetch contains the client, and nothing of the in-memory API or of Node", () =>
    Effect.gen(function* () {
      const found = yield* files(app)
      assert.isTrue(found.includes("src/internal/call/RetryLoop.ts"))
      const foreign = [
        "node_modules/graphql/",
        "libphonenumber-js",
        "/uuid/",
        "js-yaml",
        "src/internal/server/",
        "layers/InMemory",
        "layers/Emulator",
        "src/cli/",
        "src/conformance/"
      ]
      assert.deepStrictEqual(
        found.filter((file) => [...foreign, "platform-node", "undici"].some((name) => file.includes(name))),
        []
      )
    })
  )

  it.effect("an app that only fetches contains no code of lists, of creates or of other requests", () =>
    Effect.gen(function* () {
      const found = yield* files(Bundles.fetchesOne)
      const others = [
        "CallTime",
        "ConflictVerdict",
        "ContactDecoder",
        "ContactExport",
        "ContactFind",
        "ContactList",
        "RequestMatch",
        "ContactRequest",
        "ExactlyOnce",
        "FindBatches",
        "FindOperation",
        "FindQuery",
        "FindRequest",
        "FoundContact",
        "ItemStream",
        "JsonLines",
        "Listing",
        "LookupFailure",
        "NewestContacts",
        "PageLines",
        "PlainJson"
      ]
      assert.include(found, "src/internal/contact/ContactSchema.ts")
      assert.deepStrictEqual(
        found.filter((file) => others.some((name) => file.endsWith(`/${name}.ts`))),
        []
      )
    })
  )

  it.effect(
    "an app that uses contacts contains no code of their items, and one that searches memories none of lists",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(
          named(
            yield* files(Bundles.quickStart),
            "contactItem/",
            "internal/secret/",
            "ContactMemory",
            "ContactSecret",
            "ContactTask"
          ),
          []
        )
        const search = yield* files(`
        import * as ContactMemory from "effect-chatbotkit/ContactMemory"
        import * as Fetch from "effect-chatbotkit/layers/Fetch"
        ${use("ContactMemory.search, Fetch.layer")}
      `)
        assert.include(search, "src/ContactMemory.ts")
        assert.deepStrictEqual(named(search, "Listing", "ItemStream", "ListCall", "CursorSearch", "ContactTask"), [])
      })
  )

  it.effect("an app that verifies secrets contains no code of lists and of proxied requests", () =>
    Effect.gen(function* () {
      const found = yield* files(`
        import * as ContactSecret from "effect-chatbotkit/ContactSecret"
        import * as Fetch from "effect-chatbotkit/layers/Fetch"
        ${use("ContactSecret.verify, Fetch.layer")}
      `)
      assert.include(found, "src/internal/secret/SecretSchema.ts")
      const others = ["BothEnds", "SecretList", "SecretRequest", "ProxyAnswer", "ProxyExchange", "ProxyRefusal"]
      assert.deepStrictEqual(
        found.filter((file) => others.some((name) => file.endsWith(`/${name}.ts`))),
        []
      )
    })
  )

  it.effect("an app that uses contacts contains no code of files, and one that reads CSV nothing else", () =>
    Effect.gen(function* () {
      const ofFiles = ["src/internal/format/", "src/Csv.ts", "src/Jsonl.ts", "src/ExportFile.ts"]
      assert.deepStrictEqual(named(yield* files(Bundles.quickStart), ...ofFiles), [])
      const reads = yield* files(`import * as Csv from "effect-chatbotkit/Csv"; ${use("Csv.read")}`)
      assert.deepStrictEqual(named(reads, "src/"), named(reads, "src/internal/format/", "src/Csv.ts"))
      assert.deepStrictEqual(named(reads, "CsvWriter", "JsonReader", "encoding/Csv"), [])
      const writes = yield* files(`import * as Csv from "effect-chatbotkit/Csv"; ${use("Csv.write")}`)
      assert.deepStrictEqual(named(writes, "CsvReader", "LineSplitter", "JsonReader"), [])
    })
  )

  it.effect("the in-memory layer needs nothing of Node, and contains libphonenumber-js and graphql", () =>
    Effect.gen(function* () {
      const found = yield* files(`
        import * as InMemory from "effect-chatbotkit/layers/InMemory"
        ${use("InMemory.layer")}
      `)
      for (const library of ["libphonenumber-js", "node_modules/graphql/"]) {
        assert.isTrue(found.some((file) => file.includes(library)))
      }
      assert.deepStrictEqual(
        found.filter((file) => file.includes("platform-node")),
        []
      )
    })
  )

  it.effect("the in-memory layer loads graphql only with the first query", () =>
    Effect.gen(function* () {
      const found = yield* Effect.promise(() =>
        Bundles.filesAtStart(
          `import * as InMemory from "effect-chatbotkit/layers/InMemory"; ${use("InMemory.layer")}`,
          "src"
        )
      )
      assert.include(found, "src/internal/server/graphql/GraphqlEndpoint.ts")
      assert.deepStrictEqual(
        found.filter((file) => file.includes("node_modules/graphql/")),
        []
      )
    })
  )

  it.effect("an app that fetches one contact is within its budget", () =>
    Effect.gen(function* () {
      assert.isAtMost(yield* Effect.promise(() => Bundles.bundleSize(Bundles.fetchesOne, "src")), fetchesOneBudget)
    })
  )

  it.effect("our own code in the quick start is within its budget", () =>
    Effect.gen(function* () {
      const { own } = yield* Effect.promise(() => Bundles.ownSize(Bundles.quickStartByModule, "src"))
      assert.isAtMost(own, ownBudget)
    })
  )

  it.effect("the quick start contains no code of lookups", () =>
    Effect.gen(function* () {
      const found = yield* files(Bundles.quickStartByModule)
      assert.include(found, "src/internal/list/Listing.ts")
      assert.deepStrictEqual(
        found.filter((file) => file.startsWith("src/internal/lookup/")),
        []
      )
    })
  )

  it.effect("an app that uses contacts contains no code of bulk work, of jobs and of SQL", () =>
    Effect.gen(function* () {
      for (const source of [app, Bundles.quickStartByModule]) {
        const found = yield* files(source)
        assert.include(found, "src/Contact.ts")
        assert.deepStrictEqual(named(found, "Bulk", "bulk", "Journal", ...jobs, ...sql), [])
      }
    })
  )

  it.effect("bulk work needs nothing of Node, and an app that ensures contains no code of other rows", () =>
    Effect.gen(function* () {
      const found = yield* files(`
        import * as Bulk from "effect-chatbotkit/Bulk"
        import * as Fetch from "effect-chatbotkit/layers/Fetch"
        ${use("Bulk.ensure, Fetch.layer")}
      `)
      assert.include(found, "src/internal/bulk/BulkRun.ts")
      assert.deepStrictEqual(
        found.filter((file) =>
          ["platform-node", "FileJournal", "ChangeRows", "UpsertRows"].some((name) => file.includes(name))
        ),
        []
      )
    })
  )

  it.effect("bulk work with a journal in a file contains no code of jobs and of SQL", () =>
    Effect.gen(function* () {
      const found = yield* files(`
        import * as Bulk from "effect-chatbotkit/Bulk"
        import * as FileJournal from "effect-chatbotkit/layers/FileJournal"
        ${use("Bulk.ensure, Bulk.create, Bulk.update, Bulk.delete, Bulk.upsert, FileJournal.layer")}
      `)
      assert.includeMembers([...found], ["src/internal/bulk/UpsertRows.ts", "src/internal/journal/JournalFile.ts"])
      assert.deepStrictEqual(named(found, ...jobs, ...sql), [])
    })
  )

  it.effect("a journal in SQL contains no code of jobs, and the control of jobs none of their workers", () =>
    Effect.gen(function* () {
      const journal = yield* files(`
        import * as SqlJournal from "effect-chatbotkit/layers/SqlJournal"
        ${use("SqlJournal.layer")}
      `)
      assert.include(journal, "src/internal/sql/SqlOutcomes.ts")
      assert.deepStrictEqual(named(journal, ...jobs, "BulkRun"), [])
      const control = yield* files(`
        import * as Jobs from "effect-chatbotkit/jobs"
        ${use("Jobs.submit, Jobs.resume, Jobs.progress, Jobs.layer")}
      `)
      assert.include(control, "src/jobs/Jobs.ts")
      assert.deepStrictEqual(named(control, ...workers, "BulkRun"), [])
    })
  )
})
