/**
 * The least command line on Effect's own CLI, with one command that lists contacts as JSON Lines: the floor of the time to start.
 * `--help` loads nothing that only the list needs.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"

const list = Command.make("list", { take: Flag.Int("take") }, ({ take }) =>
  Effect.flatMap(
    Effect.promise(() => import("./leastCliList.ts")),
    ({ list }) => list(take)
  )
)

const program = Command.make("least").pipe(Command.withSubcommands([list]), Command.run({ version: "1.0.0" }))

NodeRuntime.runMain(Effect.provide(program, NodeServices.layer))
