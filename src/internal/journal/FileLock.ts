import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as PlatformError from "effect/PlatformError"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"

/** The lock of a file, while this process has it. */
export interface FileLock {
  /** True if no other process has taken the lock, because this one did not refresh it in time. */
  readonly isHeld: Effect.Effect<boolean>
  /** True if it was taken from a process that did not refresh it. That one may be standing still, and can wake up. */
  readonly wasAbandoned: boolean
}

const encoder = /* @__PURE__ */ new TextEncoder()

/** The number of changes of the text before it counts as abandoned. */
const refreshes = 5

const randomToken: Effect.Effect<string> = /* @__PURE__ */ Effect.map(
  Effect.all([Random.nextInt, Random.nextInt]),
  (numbers) => numbers.map((number) => (number >>> 0).toString(16).padStart(8, "0")).join("")
)

/**
 * Takes the lock of a file until the scope closes. Undefined if another process has it.
 *
 * The lock is a file beside it, whose text the owner changes all the time. A process that was killed leaves it behind, so another
 * one waits to see whether the text changes before `expiry`. That needs neither the number of a process, which containers share, nor the clock of
 * a file server.
 */
export const acquire = /* @__PURE__ */ Effect.fnUntraced(function* (
  fs: FileSystem.FileSystem,
  path: string,
  expiry: Duration.Duration
): Effect.fn.Return<FileLock | undefined, PlatformError.PlatformError, Scope.Scope> {
  const token = yield* randomToken
  const refresh = Duration.times(expiry, 1 / refreshes)
  const text = Effect.option(fs.readFileString(path))
  const isOwn = (text: Option.Option<string>): boolean => Option.isSome(text) && text.value.startsWith(token)
  let changes = 0
  /** Changes the text of a lock, to another one of the same length. */
  const write = (file: FileSystem.File) =>
    Effect.andThen(
      file.seek(0n, "start"),
      Effect.suspend(() => file.write(encoder.encode(`${token} ${String(changes++).padStart(10, "0")}\n`)))
    )
  const open = (path: string, flag: "w" | "wx") => Effect.tap(fs.open(path, { flag, mode: 0o600 }), write)

  const create = Effect.catchIf(
    Effect.asSome(open(path, "wx")),
    ({ reason }) => reason._tag === "AlreadyExists",
    () => Effect.succeedNone
  )
  const replace = Effect.tap(open(`${path}.${token}`, "w"), () => fs.rename(`${path}.${token}`, path))
  /** True if the text of the lock stays the same until it has expired. */
  const isAbandoned = Effect.gen(function* () {
    const before = yield* text
    for (let waits = 0; waits < refreshes; waits++) {
      yield* Effect.sleep(refresh)
      const now = yield* text
      if (Option.getOrUndefined(now) !== Option.getOrUndefined(before)) return Option.isNone(now)
    }
    return true
  })

  const release = Effect.flatMap(text, (text) => (isOwn(text) ? Effect.ignore(fs.remove(path)) : Effect.void))
  const created = yield* Effect.acquireRelease(create, (file) => (Option.isSome(file) ? release : Effect.void))
  if (Option.isNone(created) && !(yield* isAbandoned)) return undefined
  const file = Option.isSome(created) ? created.value : yield* Effect.acquireRelease(replace, () => release)
  // Of two processes that take it over, the last one has it.
  if (!isOwn(yield* text)) return undefined
  const isHeld = Effect.map(text, isOwn)
  // If another process takes the lock meanwhile, its lock is another file, which this one cannot overwrite.
  const keep = Effect.flatMap(isHeld, (isHeld) => (isHeld ? Effect.ignore(write(file)) : Effect.void))
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(refresh), keep)))
  return { isHeld, wasAbandoned: Option.isNone(created) }
})
