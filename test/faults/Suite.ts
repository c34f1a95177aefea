import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Probe from "./Probe.ts"

/** One test for each probe. They are live tests, since a probe provides its own clock. */
export const suite = (title: string, probes: ReadonlyArray<Probe.Probe>): void => {
  describe(`hazards: ${title}`, () => {
    for (const { hazard, name, ours, situation } of probes) {
      it.live(
        `${hazard}: ${name}`,
        () => Effect.map(Probe.run(ours), ({ ok, text }) => assert.isTrue(ok, `${situation}\n${text}`)),
        120_000
      )
    }
  })
}
