import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { v4 } from "uuid"
import * as Jwt from "./value/Jwt.ts"

const keySize = 32

/** The JSON Web Tokens that the platform signs for itself, with a key of its own. */
export class PlatformTokens {
  #key: Uint8Array<ArrayBuffer> | undefined

  /** A new token with these claims, which expires after that many seconds. No two are equal. */
  sign(claims: object, lifetimeSeconds: number): Effect.Effect<string> {
    return Effect.gen({ self: this }, function* () {
      const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      const key = yield* this.#signingKey
      const jti = yield* uuid
      return Jwt.signWithSecret({ ...claims, jti, iat: now, exp: now + lifetimeSeconds }, key)
    })
  }

  /** True for a token of the platform that has not expired. */
  isOwn(token: string): Effect.Effect<boolean> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* Clock.currentTimeMillis
      return Jwt.isValid(token, yield* this.#signingKey, now)
    })
  }

  /** The key, drawn on its first use: most tests sign nothing, and their random numbers stay as they are. */
  get #signingKey(): Effect.Effect<Uint8Array<ArrayBuffer>> {
    return this.#key === undefined
      ? Effect.map(randomBytes(keySize), (key) => (this.#key ??= key))
      : Effect.succeed(this.#key)
  }
}

/** A random UUID from Effect's `Random`. */
export const uuid: Effect.Effect<string> = Effect.suspend(() => Effect.map(randomBytes(16), (random) => v4({ random })))

const randomBytes = (size: number): Effect.Effect<Uint8Array<ArrayBuffer>> =>
  Effect.map(Random.Random, (random) =>
    Uint8Array.from({ length: size }, () => Math.floor(random.nextDoubleUnsafe() * 256))
  )
