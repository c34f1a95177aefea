/** The scripts that complete commands and flags in a shell. */
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import type * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as GlobalFlags from "./support/GlobalFlags.ts"
import * as Streams from "./support/Streams.ts"

const descriptorsOf = (flags: ReadonlyArray<Flag.Flag<unknown>>): ReadonlyArray<Completions.FlagDescriptor> =>
  Completions.fromCommand(Command.make("flags", Object.fromEntries(flags.map((flag, index) => [`flag${index}`, flag]))))
    .flags

/** The flags that every command takes. Those of Effect have no negated form. */
const globalFlags = (builtIns: GlobalFlag.HandlerContext["builtIns"]): ReadonlyArray<Completions.FlagDescriptor> => [
  ...descriptorsOf(GlobalFlags.all.map(({ flag }) => flag)),
  ...descriptorsOf(builtIns.map(({ flag }) => flag)).map((flag) => ({ ...flag, negation: false as const }))
]

/** A command and its subcommands with more flags. Effect's description of a command leaves out those that every command takes. */
const withFlags = (
  self: Completions.CommandDescriptor,
  flags: ReadonlyArray<Completions.FlagDescriptor>
): Completions.CommandDescriptor => ({
  ...self,
  flags: [...self.flags, ...flags],
  subcommands: self.subcommands.map((subcommand) => withFlags(subcommand, flags))
})

/** The flag `--completions`, which prints a script to standard output. */
export const completionsFlag = (stdio: Stdio.Stdio): typeof GlobalFlag.Completions =>
  GlobalFlag.Action({
    flag: GlobalFlag.Completions.flag,
    run: (shell, { builtIns, command }) =>
      Option.match(shell, {
        onNone: () => Effect.void,
        onSome: (name) => {
          const descriptor = withFlags(Completions.fromCommand(command), globalFlags(builtIns))
          const script = Stream.make(`${Completions.generate(command.name, name, descriptor)}\n`)
          return Effect.orDie(Effect.provideService(Streams.writeOut(script), Stdio.Stdio, stdio))
        }
      })
  })
