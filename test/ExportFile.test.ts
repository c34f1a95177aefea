import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem, Layer, Path, PlatformError, Stream } from "effect"
import * as ExportFile from "../src/ExportFile.ts"

/** Runs a test in a new folder. */
const inFolder = <A, E, R>(test: (folder: string, fs: FileSystem.FileSystem) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* test(yield* fs.makeTempDirectoryScoped(), fs)
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

describe("ExportFile.write", () => {
  it.effect("writes text and bytes to a file that only its owner can read", () =>
    inFolder((folder, fs) =>
      Effect.gen(function* () {
        const path = `${folder}/contacts.csv`
        yield* Stream.make("é,", new Uint8Array([0x61]), "\n").pipe(ExportFile.write(path))
        assert.strictEqual(yield* fs.readFileString(path), "é,a\n")
        assert.deepStrictEqual(yield* fs.readDirectory(folder), ["contacts.csv"])
        assert.strictEqual((yield* fs.stat(path)).mode & 0o777, 0o600)
        yield* ExportFile.write(Stream.make("x"), path, { mode: 0o640 })
        assert.strictEqual(yield* fs.readFileString(path), "x")
        assert.strictEqual((yield* fs.stat(path)).mode & 0o777, 0o640)
      })
    )
  )

  it.effect("writes an empty file for an empty stream", () =>
    inFolder((folder, fs) =>
      Effect.gen(function* () {
        yield* ExportFile.write(Stream.empty, `${folder}/contacts.csv`)
        assert.strictEqual(yield* fs.readFileString(`${folder}/contacts.csv`), "")
      })
    )
  )

  it.effect("shows no file at the path before the stream has ended", () =>
    inFolder((folder, fs) =>
      Effect.gen(function* () {
        const path = `${folder}/contacts.csv`
        const before = yield* Deferred.make<ReadonlyArray<string>, PlatformError.PlatformError>()
        const look = Effect.flatMap(Effect.exit(fs.readDirectory(folder)), (exit) => Deferred.done(before, exit))
        yield* Stream.concat(Stream.make("a"), Stream.fromEffectDrain(look)).pipe(ExportFile.write(path))
        const names = yield* Deferred.await(before)
        assert.strictEqual(names.length, 1)
        assert.match(names[0] ?? "", /^\.contacts\.csv\.\w+\.partial$/)
      })
    )
  )

  it.effect("keeps an older file and leaves nothing else if the stream fails or dies", () =>
    inFolder((folder, fs) =>
      Effect.gen(function* () {
        const path = `${folder}/contacts.csv`
        yield* fs.writeFileString(path, "old")
        const failing = Stream.concat(Stream.make("new"), Stream.fail("gone"))
        assert.strictEqual(yield* Effect.flip(ExportFile.write(failing, path)), "gone")
        yield* Effect.exit(ExportFile.write(Stream.concat(Stream.make("new"), Stream.die("bug")), path))
        assert.deepStrictEqual(yield* fs.readDirectory(folder), ["contacts.csv"])
        assert.strictEqual(yield* fs.readFileString(path), "old")
      })
    )
  )

  it.effect("leaves nothing if it is interrupted", () =>
    inFolder((folder, fs) =>
      Effect.gen(function* () {
        const started = yield* Deferred.make<void>()
        const stalling = Stream.concat(
          Stream.make("a"),
          Stream.fromEffectDrain(Effect.andThen(Deferred.succeed(started, undefined), Effect.never))
        )
        const fiber = yield* Effect.forkChild(ExportFile.write(stalling, `${folder}/contacts.csv`))
        yield* Deferred.await(started)
        assert.strictEqual((yield* fs.readDirectory(folder)).length, 1)
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(yield* fs.readDirectory(folder), [])
      })
    )
  )

  it.effect("leaves nothing if the file cannot be put in place", () =>
    inFolder((folder, fs) =>
      Effect.gen(function* () {
        // A folder cannot be replaced by a file.
        yield* fs.makeDirectory(`${folder}/contacts.csv`)
        const error = yield* Effect.flip(ExportFile.write(Stream.make("a"), `${folder}/contacts.csv`))
        assert.strictEqual(error._tag, "PlatformError")
        assert.deepStrictEqual(yield* fs.readDirectory(folder), ["contacts.csv"])
      })
    )
  )

  it.effect("does not run the stream if the folder does not exist", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        let runs = 0
        const counting = Stream.fromEffect(Effect.sync(() => `${runs++}`))
        const error = yield* Effect.flip(ExportFile.write(counting, `${folder}/missing/contacts.csv`))
        assert.strictEqual(error._tag, "PlatformError")
        assert.strictEqual(runs, 0)
      })
    )
  )

  it.effect("does not remove a file that another export is writing", () =>
    Effect.gen(function* () {
      let removed = 0
      const exists = PlatformError.systemError({ _tag: "AlreadyExists", module: "FileSystem", method: "open" })
      const files = FileSystem.layerNoop({
        open: () => Effect.fail(exists),
        remove: () => Effect.sync(() => void removed++)
      })
      const error = yield* ExportFile.write(Stream.make("a"), "contacts.csv").pipe(
        Effect.provide(Layer.merge(files, Path.layer)),
        Effect.flip
      )
      assert.strictEqual(error, exists)
      assert.strictEqual(removed, 0)
    })
  )
})
