import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, type Pull } from "effect"
import { Headers } from "effect/http"
import { BodyError, type Chunks, type Head } from "../../../src/internal/transport/Transport.ts"
import * as WholeBody from "../../../src/internal/transport/WholeBody.ts"

/** A reply with these chunks, each given by its length, and then this failure. It counts what is pulled and cancelled. */
const reply = (lengths: ReadonlyArray<number>, { contentLength, failure }: Options = {}) => {
  const seen = { pulled: 0, cancelled: 0 }
  const rest = [...lengths]
  const head: Head = {
    status: 200,
    headers: Headers.empty,
    header: (name) => (name === "content-length" ? contentLength : undefined)
  }
  const body = {
    pull: () =>
      Effect.suspend((): Pull.Pull<Chunks, BodyError> => {
        const length = rest.shift()
        if (length === undefined) return failure ?? Cause.done()
        seen.pulled++
        const chunks: Chunks = [new Uint8Array(length)]
        return Effect.succeed(chunks)
      }),
    cancel: Effect.sync(() => void seen.cancelled++)
  }
  return { reply: { head, body }, seen }
}

interface Options {
  readonly contentLength?: string
  readonly failure?: Effect.Effect<never, BodyError>
}

describe("read", () => {
  it.effect("reads a body of exactly the limit, and closes it", () =>
    Effect.gen(function* () {
      const { reply: open, seen } = reply([1, 2])
      const { chunks, problem } = yield* WholeBody.read(open, 3)
      assert.deepStrictEqual([chunks.map(({ length }) => length), problem], [[1, 2], undefined])
      assert.strictEqual(seen.cancelled, 1)
    })
  )

  it.effect("reads no further than the limit", () =>
    Effect.gen(function* () {
      const { reply: open, seen } = reply([2, 2, 2, 2])
      assert.strictEqual((yield* WholeBody.read(open, 3)).problem, "longer than the limit")
      assert.deepStrictEqual(seen, { pulled: 2, cancelled: 1 })
    })
  )

  it.effect.each([
    ["that declares to be longer than the limit", 3, "4"],
    ["of which no byte is allowed", 0, undefined]
  ] as const)("does not read a body %s", ([, maxBytes, contentLength]) =>
    Effect.gen(function* () {
      const { reply: open, seen } = reply([1], contentLength === undefined ? {} : { contentLength })
      assert.strictEqual((yield* WholeBody.read(open, maxBytes)).problem, "longer than the limit")
      assert.deepStrictEqual(seen, { pulled: 0, cancelled: 1 })
    })
  )

  it.effect("returns the error of the transport, and dies of its bugs", () =>
    Effect.gen(function* () {
      const error = new BodyError("reset")
      assert.strictEqual((yield* WholeBody.read(reply([1], { failure: Effect.fail(error) }).reply, 3)).problem, error)
      const broken = reply([1], { failure: Effect.die("bug") })
      assert.isTrue(Exit.hasDies(yield* Effect.exit(WholeBody.read(broken.reply, 3))))
      assert.strictEqual(broken.seen.cancelled, 1)
    })
  )
})
