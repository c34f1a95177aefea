/** The disk of a simulated world, for the journal of a process. What is not flushed can be lost when the process is killed. */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as PlatformError from "effect/PlatformError"
import type { SeededRandom } from "../SeededRandom.ts"
import type { Moments } from "./Moments.ts"
import type { Process } from "./Process.ts"

interface Stored {
  bytes: Uint8Array
  /** The number of bytes that are safe. */
  flushed: number
}

const joined = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(left.length + right.length)
  bytes.set(left)
  bytes.set(right, left.length)
  return bytes
}

const failed = (tag: PlatformError.SystemErrorTag, method: string): PlatformError.PlatformError =>
  PlatformError.systemError({ _tag: tag, module: "FileSystem", method })

const unused = Effect.die(new Error("The journal does not need it"))

const infoOf = (size: number): FileSystem.File.Info => ({
  type: "File",
  mtime: Option.none(),
  atime: Option.none(),
  birthtime: Option.none(),
  dev: 0n,
  ino: Option.none(),
  mode: 0o600,
  nlink: Option.none(),
  uid: Option.none(),
  gid: Option.none(),
  rdev: Option.none(),
  size: ByteSize.bytes(size),
  blksize: Option.none(),
  blocks: Option.none()
})

export class Disk {
  readonly #files = new Map<string, Stored>()
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** The text of a file. */
  textOf(path: string): string {
    return new TextDecoder().decode(this.#files.get(path)?.bytes)
  }

  /** Cuts off any part of each file that was not flushed. */
  #tear(): void {
    for (const file of this.#files.values()) {
      const length = file.flushed + this.#random.below(file.bytes.length - file.flushed + 1)
      file.bytes = file.bytes.slice(0, length)
      file.flushed = length
    }
  }

  /** The file system of a process. Each of its calls takes some time. */
  fileSystem(process: Process, moments: Moments): FileSystem.FileSystem {
    const act = <A>(change: () => A): Effect.Effect<A> =>
      Effect.andThen(
        Effect.suspend(() => Effect.sleep(this.#random.below(20))),
        process.act(change)
      )
    const attempt = <A>(change: () => A | PlatformError.PlatformError) =>
      Effect.flatMap(act(change), (result) =>
        result instanceof PlatformError.PlatformError ? Effect.fail(result) : Effect.succeed(result)
      )
    /** Reaches a step of the journal. If the process is killed at it, the disk keeps any part of what is not flushed. */
    const reach = (): void => {
      if (moments.reach("journal")) this.#tear()
    }
    const files = this.#files
    const open = (file: Stored): FileSystem.File => {
      const append = (bytes: Uint8Array) => {
        file.bytes = joined(file.bytes, bytes)
        reach()
      }
      return {
        [FileSystem.FileTypeId]: FileSystem.FileTypeId,
        seek: (offset) => Effect.succeed(offset),
        read: () => unused,
        // Only the lock is written like this, always from its beginning.
        write: (bytes) =>
          act(() => {
            file.bytes = joined(bytes, file.bytes.slice(bytes.length))
            return bytes.length
          }),
        stat: act(() => infoOf(file.bytes.length)),
        sync: act(() => {
          file.flushed = file.bytes.length
          reach()
        }),
        readAlloc: (size, options) =>
          act(() => {
            const from = Number(options?.position ?? 0)
            const bytes = file.bytes.slice(from, from + size)
            return bytes.length === 0 ? Option.none() : Option.some(bytes)
          }),
        truncate: (length = 0) =>
          act(() => {
            file.bytes = file.bytes.slice(0, Number(length))
            file.flushed = Math.min(file.flushed, file.bytes.length)
          }),
        writeAll: (bytes) =>
          attempt(() => {
            if (!moments.failsNow()) return append(bytes)
            append(bytes.slice(0, this.#random.below(bytes.length)))
            return failed("Unknown", "writeAll")
          })
      }
    }
    return FileSystem.makeNoop({
      open: (path, options) =>
        attempt(() => {
          const found = files.get(path)
          if (found !== undefined && options?.flag === "wx") return failed("AlreadyExists", "open")
          const file = found ?? { bytes: new Uint8Array(0), flushed: 0 }
          files.set(path, file)
          return open(file)
        }),
      readFileString: (path) =>
        attempt(() => {
          moments.reach("lock")
          return files.has(path) ? this.textOf(path) : failed("NotFound", "readFileString")
        }),
      rename: (from, to) =>
        attempt(() => {
          const file = files.get(from)
          if (file === undefined) return failed("NotFound", "rename")
          files.delete(from)
          files.set(to, file)
          return undefined
        }),
      remove: (path) => attempt(() => (files.delete(path) ? undefined : failed("NotFound", "remove")))
    })
  }
}
