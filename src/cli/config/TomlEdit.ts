/** Changes of one setting in a TOML file, line by line, so that comments and everything else stay as they are. */

/** A setting to change: in the table of a profile, or at the top of the file. */
export interface Edit {
  readonly profile: string | undefined
  readonly key: string
  readonly value: string | ReadonlyArray<string>
}

/** A text as a string of TOML, which is that of JSON. Control characters that JSON does not escape are refused before. */
const quoted = (text: string): string => JSON.stringify(text)

const valueText = (value: Edit["value"]): string =>
  typeof value === "string" ? quoted(value) : `[${value.map(quoted).join(", ")}]`

const isBare = (name: string): boolean => /^[\w-]+$/.test(name)

const isHeader = (line: string): boolean => /^\s*\[/.test(line)

/** True if a line is the header of the table of a profile. */
const isHeaderOf = (line: string, profile: string): boolean => {
  const [, name] = /^\s*\[\s*profiles\s*\.\s*(.+?)\s*\]\s*(?:#.*)?$/.exec(line) ?? []
  return name === profile || name === quoted(profile) || name === `'${profile}'`
}

const isSettingOf = (line: string, key: string): boolean =>
  new RegExp(`^\\s*(?:${key}|"${key}"|'${key}')\\s*=`).test(line)

/**
 * The text with the setting changed. The result of a file that is written in an unusual way, such as with a value over several lines,
 * can be wrong: the caller compares it with what it should be.
 */
export const apply = (text: string, { key, profile, value }: Edit): string => {
  const lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/)
  const setting = `${key} = ${valueText(value)}`
  const header = profile === undefined ? -1 : lines.findIndex((line) => isHeaderOf(line, profile))
  if (profile !== undefined && header === -1) {
    const name = isBare(profile) ? profile : quoted(profile)
    return [...lines, ...(lines.length === 0 ? [] : [""]), `[profiles.${name}]`, setting, ""].join("\n")
  }
  const next = lines.findIndex((line, index) => index > header && isHeader(line))
  const end = next === -1 ? lines.length : next
  const at = lines.findIndex((line, index) => index > header && index < end && isSettingOf(line, key))
  const changed =
    at === -1 ? [...lines.slice(0, header + 1), setting, ...lines.slice(header + 1)] : lines.with(at, setting)
  return `${changed.join("\n")}\n`
}
