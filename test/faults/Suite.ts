import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Probe from "./Probe.ts"

/** Makes a test of each probe. Live, since a probe brings its own clock: a test clock, or none where sockets are used. */
export const suite = (title: string, probes: ReadonlyArray<Probe.Probe>): void => {
  describe(`hazards: ${title}`, () => {
    for (const { hazard, name, ours, tried } of probes) {
      it.live(
        `${hazard}: ${name}`,
        () => Effect.map(Probe.run(ours), ({ ok, seen }) => assert.isTrue(ok, `${tried}\n${seen}`)),
        120_000
      )
    }
  })
}
