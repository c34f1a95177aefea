import { assert, describe, it } from "@effect/vitest"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Context, Deferred, Effect, Exit, Fiber, FileSystem, Layer, PlatformError, Random, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Bulk from "../../src/Bulk.ts"
import * as Contact from "../../src/Contact.ts"
import * as Journal from "../../src/Journal.ts"
import * as FileJournal from "../../src/layers/FileJournal.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { created, drive, entry, goesOn, job, names, rowsOf } from "../support/BulkWork.ts"
import * as Fake from "../support/FakeHttp.ts"
import { loadGraphql } from "../support/LoadGraphql.ts"

const { Fault } = InMemory
const header = '{"journal":"effect-chatbotkit","version":1}'

/** A path in a folder that is removed after the test. */
const temporaryPath = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  Effect.map(fs.makeTempDirectoryScoped(), (folder) => `${folder}/contacts.journal`)
)

/** Runs a stream with the journal of a file, as a process of its own would. */
const run = <A, E, R>(stream: Stream.Stream<A, E, R>, path: string) =>
  drive(Stream.runCollect(stream).pipe(Effect.provide(Layer.fresh(FileJournal.layer(path)))), 100)

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>, path: string) =>
  Effect.flatMap(run(stream, path), (exit) => exit)

const failure = <A, E, R>(stream: Stream.Stream<A, E, R>, path: string) => Effect.flip(collect(stream, path))

/** Opens the journal of a file until the scope closes. */
const open = (path: string, options?: FileJournal.Options) =>
  Effect.map(Layer.build(Layer.fresh(FileJournal.layer(path, options))), () => undefined)

/** The journal of a job in a file, until the scope closes. */
const opened = (path: string) =>
  Effect.flatMap(Layer.build(Layer.fresh(FileJournal.layer(path))), (context) =>
    Context.get(context, Journal.Journal).open(job)
  )

loadGraphql()

const layer = () => Layer.merge(InMemory.layer(), NodeFileSystem.layer)

describe("a journal in a file", () => {
  it.effect("lets a job go on in another process, and send nothing once it is done", () =>
    Effect.flatMap(temporaryPath, (path) => goesOn((work) => collect(work, path))).pipe(
      Effect.scoped,
      Effect.provide(layer())
    )
  )

  it.effect("has a header, a line for each final outcome, and the permissions of its owner", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      const [outcome] = yield* collect(Bulk.ensure(Stream.fromIterable(rowsOf(1)), { job }), path)
      const text = yield* fs.readFileString(path)
      const checksum = /"checksum":"([0-9a-f]{8})"/.exec(text)?.[1]
      assert.isDefined(checksum)
      assert.strictEqual(text, `${header}\n${JSON.stringify({ job, checksum, ...outcome })}\n`)
      assert.strictEqual((yield* fs.stat(path)).mode & 0o777, 0o600)
      assert.isFalse(yield* fs.exists(`${path}.lock`))
    }).pipe(Effect.scoped, Effect.provide(layer()))
  )

  it.effect("has every kind of outcome as it was, the last one of each row, and those of its own job", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const path = yield* temporaryPath
      const [before] = yield* api.seed([{ description: "long ".repeat(30_000), meta: { é: "\u2028" } }])
      const error = yield* Fake.failureOf(Contact.fetch("cmissing"))
      const outcomes: ReadonlyArray<Bulk.Outcome> = [
        created(1),
        { row: 2, outcome: "existing", id: "c2" },
        { row: 3, outcome: "updated", id: "c3", before: before ?? Fake.contact("") },
        { row: 4, outcome: "invalid", field: "email", description: "no address" },
        { row: 5, outcome: "duplicate", of: 1 },
        { row: 5000, outcome: "failed", error },
        { row: 7, outcome: "unknown", error, before: before ?? Fake.contact("") }
      ]
      yield* Effect.scoped(
        Effect.gen(function* () {
          const journal = yield* opened(path)
          yield* journal.record(entry({ row: 1, outcome: "unknown" }))
          yield* Effect.forEach(outcomes.map(entry), journal.record, { concurrency: "unbounded" })
          const rows = outcomes.map(({ row }) => row)
          assert.strictEqual((yield* journal.read(rows)).size, 0)
        })
      )
      const journal = yield* opened(path)
      const read = yield* journal.read([...outcomes.map(({ row }) => row), 8, 1_000_000])
      assert.deepStrictEqual([...read.values()], outcomes.map(entry))
    }).pipe(Effect.scoped, Effect.provide(layer()))
  )

  /** A file system that counts the times that a file is flushed. */
  const countingSyncs = (onSync: () => void) =>
    Layer.effect(
      FileSystem.FileSystem,
      Effect.map(FileSystem.FileSystem, (fs) => ({
        ...fs,
        open: (...args: Parameters<typeof fs.open>) =>
          Effect.map(fs.open(...args), (file) =>
            Object.create(file, { sync: { value: Effect.andThen(Effect.sync(onSync), file.sync) } })
          )
      }))
    ).pipe(Layer.provide(NodeFileSystem.layer))

  it.effect("is flushed when it is opened, since a process that was killed may have left lines that are not", () => {
    let syncs = 0
    return Effect.gen(function* () {
      const path = yield* temporaryPath
      yield* Effect.scoped(open(path))
      syncs = 0
      yield* opened(path)
      assert.strictEqual(syncs, 1)
    }).pipe(
      Effect.scoped,
      Effect.provide(
        Layer.merge(
          InMemory.layer(),
          countingSyncs(() => syncs++)
        )
      )
    )
  })

  it.effect("writes the outcomes that come at the same time together", () => {
    let syncs = 0
    const counting = countingSyncs(() => syncs++)
    return Effect.gen(function* () {
      const path = yield* temporaryPath
      const journal = yield* opened(path)
      const rows = Array.from({ length: 1000 }, (_, index) => index + 1)
      yield* Effect.forEach(rows, (row) => journal.record(entry(created(row))), { concurrency: "unbounded" })
      // The header, the first outcome, and the others.
      assert.isAtMost(syncs, 3)
      const text = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path))
      assert.lengthOf(text.trimEnd().split("\n"), 1001)
    }).pipe(Effect.scoped, Effect.provide(counting))
  })

  it.effect("holds no data of a row", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      yield* api.inject({ operation: "Contact.ensure", attempt: 2, fault: Fault.status(402, { message: "canary" }) })
      const rows = [
        { fingerprint: "canary-fingerprint-1", name: "canary", email: "canary@example.com" },
        { fingerprint: "canary-fingerprint-2", email: "canary is no address" },
        { fingerprint: "canary-fingerprint-3", meta: { _canary: "canary" } }
      ]
      yield* collect(Bulk.ensure(Stream.fromIterable(rows), { job, concurrency: 1 }), path)
      const text = yield* fs.readFileString(path)
      assert.lengthOf(text.split("\n"), 4)
      assert.notInclude(text.replaceAll("meta._canary", ""), "canary")
    }).pipe(Effect.scoped, Effect.provide(layer()))
  )

  it.effect("that was cut at any byte loses no more than the outcomes after it, which the next run settles", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      const work = Bulk.ensure(Stream.fromIterable([...rowsOf(20), { name: "Ada" }]), { job })
      const complete = yield* collect(work, path)
      const bytes = yield* fs.readFile(path)
      const contacts = yield* api.contacts()
      for (let length = bytes.length; length >= 0; length -= length > header.length + 2 ? 37 : 1) {
        yield* fs.writeFile(path, bytes.subarray(0, length))
        const outcomes = yield* collect(work, path)
        assert.deepStrictEqual(
          outcomes.map((outcome) => "id" in outcome && outcome.id),
          complete.map((outcome) => "id" in outcome && outcome.id)
        )
        const sent = yield* api.requestCount()
        assert.deepStrictEqual(yield* collect(work, path), outcomes)
        assert.strictEqual(yield* api.requestCount(), sent)
      }
      assert.deepStrictEqual(yield* api.contacts(), contacts)
    }).pipe(Effect.scoped, Effect.provide(layer()))
  )

  it.effect.each([
    "",
    "id,name\n1,Ada\n",
    "id,name\n1,Ada",
    "name",
    '{"journal":"effect-chatbotkit","version":2}\n',
    `${header} `
  ])("is a file that is empty or a journal: %o", (text) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      yield* fs.writeFileString(path, text)
      const work = Bulk.ensure(Stream.fromIterable(rowsOf(1)), { job })
      if (text === "") {
        assert.deepStrictEqual(names(yield* collect(work, path)), ["created"])
      } else {
        assert.deepInclude(yield* failure(work, path), {
          _tag: "JournalError",
          description: `${path} is not a journal of this version`
        })
        assert.strictEqual(yield* fs.readFileString(path), text)
      }
    }).pipe(Effect.scoped, Effect.provide(layer()))
  )

  it.effect("whose disk is full ends the work, and what was recorded can be read", () => {
    let writes = 0
    const full = Layer.effect(
      FileSystem.FileSystem,
      Effect.map(FileSystem.FileSystem, (fs) => ({
        ...fs,
        open: (...args: Parameters<typeof fs.open>) =>
          Effect.map(fs.open(...args), (file) =>
            Object.create(file, {
              writeAll: {
                value: (bytes: Uint8Array) =>
                  ++writes < 5
                    ? file.writeAll(bytes)
                    : Effect.andThen(
                        file.writeAll(bytes.subarray(0, bytes.length / 2)),
                        Effect.fail(
                          PlatformError.systemError({ _tag: "WriteZero", module: "FileSystem", method: "write" })
                        )
                      )
              }
            })
          )
      }))
    ).pipe(Layer.provide(NodeFileSystem.layer))
    return Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const path = yield* temporaryPath
      const work = Bulk.ensure(Stream.fromIterable(rowsOf(100)), { job, concurrency: 1 })
      const journal = Layer.fresh(FileJournal.layer(path)).pipe(Layer.provide(full))
      const exit = yield* drive(Stream.runCollect(work).pipe(Effect.provide(journal)), 100)
      const failed = yield* Effect.flip(exit)
      assert.deepInclude(failed, { _tag: "JournalError" })
      assert.strictEqual(yield* api.requestCount("Contact.ensure"), 4)
      const outcomes = yield* collect(work, path)
      assert.deepStrictEqual(names(outcomes).slice(0, 5), ["created", "created", "created", "existing", "created"])
      assert.lengthOf(yield* api.contacts(), 100)
    }).pipe(Effect.scoped, Effect.provide(layer()))
  })
})

describe("the lock of a journal", () => {
  it.effect("keeps a second process out while the first one runs", () =>
    Effect.gen(function* () {
      const path = yield* temporaryPath
      const scope = yield* Scope.make()
      yield* Scope.provide(open(path), scope)
      const second = yield* drive(Effect.flip(Effect.scoped(open(path))), 1000)
      assert.deepInclude(yield* second, {
        _tag: "JournalError",
        description: `Another process uses the journal ${path}`
      })
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.isSuccess(yield* drive(Effect.scoped(open(path)), 1000)))
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("that a killed process has left behind is taken over once it has expired", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      yield* fs.writeFileString(`${path}.lock`, "of a killed process 7\n")
      const fiber = yield* Effect.forkChild(Effect.scoped(open(path)))
      yield* Fake.settle
      yield* TestClock.adjust("900 millis")
      yield* Fake.settle
      assert.isUndefined(fiber.pollUnsafe())
      assert.isTrue(Exit.isSuccess(yield* drive(Fiber.join(fiber), 1000)))
      assert.isFalse(yield* fs.exists(`${path}.lock`))
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("that was lost keeps the process from writing", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      const journal = yield* opened(path)
      yield* journal.record(entry(created(1)))
      yield* fs.writeFileString(`${path}.lock`, "of another process\n")
      const before = yield* fs.readFileString(path)
      assert.deepInclude(yield* Effect.flip(journal.record(entry(created(2)))), { _tag: "JournalError" })
      assert.strictEqual(yield* fs.readFileString(path), before)
      assert.strictEqual(yield* fs.readFileString(`${path}.lock`), "of another process\n")
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("that was lost between its check and a write changes no later outcome, and loses none", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      const stopped = yield* Deferred.make<void>()
      const continued = yield* Deferred.make<void>()
      let stopsAt = Number.POSITIVE_INFINITY
      let writes = 0
      /** A file system whose process stands still before a write. */
      const stopping: FileSystem.FileSystem = {
        ...fs,
        open: (...args) =>
          Effect.map(fs.open(...args), (file) =>
            Object.create(file, {
              writeAll: {
                value: (bytes: Uint8Array) =>
                  ++writes === stopsAt
                    ? Deferred.succeed(stopped, undefined).pipe(
                        Effect.andThen(Deferred.await(continued)),
                        Effect.andThen(file.writeAll(bytes))
                      )
                    : file.writeAll(bytes)
              }
            })
          )
      }
      const first = yield* opened(path).pipe(Effect.provideService(FileSystem.FileSystem, stopping))
      stopsAt = writes + 1
      const late = yield* Effect.forkChild(first.record(entry({ row: 1, outcome: "unknown" })))
      yield* Deferred.await(stopped)
      // Another process takes the journal over, which the first one would have noticed before its next write.
      yield* fs.writeFileString(`${path}.lock`, "of the process that stands still\n")
      const scope = yield* Scope.make()
      const second = yield* Effect.flatMap(drive(Scope.provide(opened(path), scope), 1000), (exit) => exit)
      yield* second.record(entry(created(1)))
      yield* Deferred.succeed(continued, undefined)
      assert.deepInclude(yield* Effect.flip(Fiber.join(late)), { _tag: "JournalError" })
      yield* second.record(entry(created(2)))
      yield* Scope.close(scope, Exit.void)
      const third = yield* Effect.flatMap(drive(opened(path), 1000), (exit) => exit)
      const read = yield* third.read([1, 2])
      assert.deepStrictEqual([...read.values()], [entry(created(1)), entry(created(2))])
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("is lost to another process even if this one refreshes it once more", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      const stopped = yield* Deferred.make<void>()
      const continued = yield* Deferred.make<void>()
      let hasBegun = false
      /** A file system whose process stands still once it has read the lock to refresh it. */
      const stopping: FileSystem.FileSystem = {
        ...fs,
        readFileString: (...args) =>
          Effect.tap(fs.readFileString(...args), () =>
            hasBegun ? Effect.andThen(Deferred.succeed(stopped, undefined), Deferred.await(continued)) : Effect.void
          )
      }
      const journal = yield* opened(path).pipe(Effect.provideService(FileSystem.FileSystem, stopping))
      hasBegun = true
      yield* TestClock.adjust("1 second")
      yield* Deferred.await(stopped)
      yield* fs.writeFileString(`${path}.lock.other`, "of another process\n")
      yield* fs.rename(`${path}.lock.other`, `${path}.lock`)
      yield* Deferred.succeed(continued, undefined)
      for (let turn = 0; turn < 20; turn++) yield* Fake.settle
      assert.deepInclude(yield* Effect.flip(journal.record(entry(created(1)))), { _tag: "JournalError" })
      assert.strictEqual(yield* fs.readFileString(`${path}.lock`), "of another process\n")
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("is taken by one of two processes that find it left behind", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporaryPath
      yield* fs.writeFileString(`${path}.lock`, "of a killed process 7\n")
      const both = Effect.all([Effect.exit(opened(path)), Effect.exit(opened(path))], { concurrency: 2 })
      const exits = yield* Effect.flatMap(drive(both, 1000), (exit) => exit)
      const journals = exits.filter(Exit.isSuccess).map(({ value }) => value)
      // Both may have the lock for a moment, but only one of them can write.
      const records = yield* Effect.forEach(journals, (journal) => Effect.exit(journal.record(entry(created(1)))))
      assert.lengthOf(records.filter(Exit.isSuccess), 1)
    }).pipe(Random.withSeed("lock"), Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )
})
