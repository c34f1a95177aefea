import { Effect, Stream } from "effect"
import { beforeAll } from "vitest"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"

/**
 * Loads graphql before the tests of a file. Otherwise the in-memory API loads it with the first lookup, and meanwhile the test
 * clock runs past the timeouts.
 */
export const loadGraphql = (): void =>
  beforeAll(() => Effect.runPromise(Stream.runDrain(Contact.find()).pipe(Effect.provide(InMemory.layer()))))
