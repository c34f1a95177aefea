/** Files that are complete or not there, such as exports. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import { dual } from "effect/Function"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"

/** The options of {@link write}. */
export interface WriteOptions {
  /**
   * The permissions of the file. By default only its owner can read it, since it holds the data of contacts.
   *
   * @default 0o600
   */
  readonly mode?: number | undefined
}

const encoder = new TextEncoder()

/**
 * Writes a stream to a file that is complete or not there. The parts go to a hidden file in the same folder, which replaces the file at
 * `path` in one step once the stream has ended. If the stream or the disk fails, or the effect is interrupted, the hidden file is
 * removed, and an older file at `path` stays as it is. Only if the process is killed, the hidden file (`.NAME.….partial`) is left. A
 * symbolic link at `path` is replaced, not followed.
 *
 * @example
 * ```ts
 * yield* Contact.export().pipe(Csv.write(), ExportFile.write("contacts.csv"))
 * ```
 */
export const write: {
  (
    path: string,
    options?: WriteOptions
  ): <E, R>(
    parts: Stream.Stream<string | Uint8Array, E, R>
  ) => Effect.Effect<void, E | PlatformError.PlatformError, R | FileSystem.FileSystem | Path.Path>
  <E, R>(
    parts: Stream.Stream<string | Uint8Array, E, R>,
    path: string,
    options?: WriteOptions
  ): Effect.Effect<void, E | PlatformError.PlatformError, R | FileSystem.FileSystem | Path.Path>
} = /* @__PURE__ */ dual(
  (args) => Stream.isStream(args[0]),
  /* @__PURE__ */ Effect.fnUntraced(function* <E, R>(
    parts: Stream.Stream<string | Uint8Array, E, R>,
    path: string,
    { mode = 0o600 }: WriteOptions = {}
  ) {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const number = yield* Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER)
    const partial = paths.join(paths.dirname(path), `.${paths.basename(path)}.${number.toString(36)}.partial`)
    let isMade = false
    const open = Effect.tap(fs.open(partial, { flag: "wx", mode }), () => Effect.sync(() => (isMade = true)))
    yield* Effect.uninterruptible(open).pipe(
      Effect.flatMap((file) =>
        Effect.andThen(
          Stream.runForEach(parts, (part) => file.writeAll(typeof part === "string" ? encoder.encode(part) : part)),
          file.sync
        )
      ),
      Effect.scoped,
      Effect.andThen(Effect.uninterruptible(fs.rename(partial, path))),
      Effect.onExit((exit) =>
        // A file of this name that was there before is another export's.
        isMade && Exit.isFailure(exit) ? Effect.ignore(fs.remove(partial, { force: true })) : Effect.void
      )
    )
  })
)
