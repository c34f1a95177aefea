/** The text of help, in lines that fit a terminal. Effect's formatter does not break lines. */
import * as Arr from "effect/Array"
import type * as HelpDoc from "effect/cli/HelpDoc"
import * as Option from "effect/Option"

/** The blanks before every line of help. */
const margin = 2

/** The blanks between the two columns of a table. */
const gap = 4

/** The least width of a description, also on a terminal that is too narrow for it. */
const minimum = 32

/** Breaks a text at its blanks into lines of a width, the later ones indented. A longer word is not broken. */
const lines = (text: string, width: number, indent: number): string => {
  const broken: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      broken.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...broken, line].join(`\n${" ".repeat(indent)}`)
}

/** The width of the left column of a table. `cap` is the widest that Effect aligns. */
const columnOf = (names: ReadonlyArray<string>, cap = Number.POSITIVE_INFINITY) =>
  Math.min(Math.max(0, ...names.map(({ length }) => length)) + gap, cap)

/** The description beside a name. */
const describe = (text: string, name: string, column: number, width: number): string => {
  const start = margin + Math.max(column, name.length + 1)
  return lines(text, Math.max(minimum, width - start), margin + column)
}

/** The list of choices is in the description too. */
const typeOf = ({ description, type }: HelpDoc.FlagDoc): string =>
  type.startsWith("<") && Option.exists(description, (text) => text.includes("(choices: ")) ? "choice" : type

const flagsIn = (flags: ReadonlyArray<HelpDoc.FlagDoc>, width: number): ReadonlyArray<HelpDoc.FlagDoc> => {
  const shown = flags.map((flag) => ({ ...flag, type: typeOf(flag) }))
  const nameOf = ({ aliases, name, type }: HelpDoc.FlagDoc) =>
    [`--${name}`, ...aliases].join(", ") + (type === "boolean" ? "" : ` ${type}`)
  const column = columnOf(shown.map(nameOf))
  return shown.map((flag) => ({
    ...flag,
    description: Option.map(flag.description, (text) => describe(text, nameOf(flag), column, width))
  }))
}

const argsIn = (args: ReadonlyArray<HelpDoc.ArgDoc>, width: number): ReadonlyArray<HelpDoc.ArgDoc> => {
  const nameOf = ({ name, type, variadic }: HelpDoc.ArgDoc) => `${name}${variadic ? "..." : ""} ${type}`
  const column = columnOf(args.map(nameOf), 25)
  // Effect writes " (optional)" after the description.
  const room = " (optional)".length
  return args.map((arg) => ({
    ...arg,
    description: Option.map(arg.description, (text) =>
      describe(text, nameOf(arg), column, arg.required ? width : width - room)
    )
  }))
}

const subcommandsIn = (group: HelpDoc.SubcommandGroupDoc, width: number): HelpDoc.SubcommandGroupDoc => {
  const column = columnOf(
    group.commands.map(({ name }) => name),
    20
  )
  return {
    ...group,
    commands: Arr.map(group.commands, (command) => ({
      ...command,
      shortDescription: describe(command.shortDescription ?? command.description, command.name, column, width)
    }))
  }
}

/** The help with its descriptions broken into lines. Usage and examples stay as they are: they can be copied. */
export const wrap = (doc: HelpDoc.HelpDoc, width: number): HelpDoc.HelpDoc => ({
  ...doc,
  description: lines(doc.description, Math.max(minimum, width - margin), margin),
  flags: flagsIn(doc.flags, width),
  ...(doc.inheritedFlags === undefined ? {} : { inheritedFlags: flagsIn(doc.inheritedFlags, width) }),
  ...(doc.globalFlags === undefined ? {} : { globalFlags: flagsIn(doc.globalFlags, width) }),
  ...(doc.args === undefined ? {} : { args: argsIn(doc.args, width) }),
  ...(doc.subcommands === undefined ? {} : { subcommands: doc.subcommands.map((group) => subcommandsIn(group, width)) })
})
