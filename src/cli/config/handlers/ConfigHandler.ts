import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { isDeepStrictEqual } from "node:util"
import * as ExportFile from "../../../ExportFile.ts"
import type { Shape } from "../../format/Shape.ts"
import { ConfigurationError, UsageError } from "../../support/CliFailure.ts"
import { Profile as ProfileFlag } from "../../support/GlobalFlags.ts"
import * as Output from "../../support/Output.ts"
import * as Profile from "../Profile.ts"
import * as TomlEdit from "../TomlEdit.ts"

const shapeOf = (...fields: ReadonlyArray<string>): Shape => ({ fields, table: fields })

/** Writes the path of the file. */
export const path = Effect.flatMap(Profile.path, (file) => Output.item({ path: file }, shapeOf("path")))

const content = Effect.gen(function* () {
  const text = Option.getOrElse(yield* Profile.readText, () => "")
  return { text, file: yield* Effect.fromResult(Profile.parse(text)) }
})

/** A profile without its secret. */
const shown = (name: string, file: Profile.ConfigFile) => {
  const { secret, ...members } = file.profiles?.[name] ?? {}
  return {
    profile: name,
    isDefault: name === (file.profile ?? "default"),
    ...members,
    ...(secret === undefined ? {} : { secret: "(hidden)" })
  }
}

/** Writes the profiles. */
export const list = Effect.flatMap(content, ({ file }) =>
  Output.list(
    Stream.fromIterable(Object.keys(file.profiles ?? {}).map((name) => shown(name, file))),
    shapeOf("profile", "isDefault", ...Profile.settingNames)
  )
)

/** The profile that a command is about. */
const profileOf = (file: Profile.ConfigFile) =>
  Effect.map(ProfileFlag, (flag) => Option.getOrElse(flag, () => file.profile ?? "default"))

const checkSetting = (setting: string): Effect.Effect<void, UsageError> =>
  setting === "profile" || Profile.settingNames.includes(setting)
    ? Effect.void
    : Effect.fail(
        new UsageError({
          message: "There is no such setting",
          next: `The settings are profile, ${Profile.settingNames.join(", ")}.`
        })
      )

/** Writes a setting. */
export const get = Effect.fnUntraced(function* ({ setting }: { readonly setting: string }) {
  yield* checkSetting(setting)
  const { file } = yield* content
  const name = yield* profileOf(file)
  const value: unknown = setting === "profile" ? name : Reflect.get(shown(name, file), setting)
  yield* Output.item({ setting, value: value ?? null }, shapeOf("setting", "value"))
})

/** The text on standard input. */
const readSecret = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  const missing = new UsageError({
    message: "The secret is read from standard input, which is a terminal or empty",
    next: "Give it as in effect-chatbotkit config set secret < secret.txt."
  })
  if (yield* stdio.stdinIsTerminal) return yield* missing
  const text = (yield* Stream.mkString(Stream.decodeText(stdio.stdin))).trim()
  return text === "" ? yield* missing : text
})

const valueOf = Effect.fnUntraced(function* (setting: string, values: ReadonlyArray<string>) {
  if (setting === "secret") {
    if (values.length === 0) return yield* readSecret
    return yield* new UsageError({
      message: "A secret is no argument: other users of this machine can see the arguments of a program",
      next: "Give it as in effect-chatbotkit config set secret < secret.txt."
    })
  }
  const [value, ...others] = values
  if (setting === "secretCommand" && value !== undefined) return values
  if (value === undefined || others.length > 0) {
    return yield* new UsageError({ message: `The setting ${setting} has one value`, next: "Give one value." })
  }
  return value
})

/** The content that the file has after a change. */
const expected = (file: Profile.ConfigFile, { key, profile, value }: TomlEdit.Edit): unknown =>
  profile === undefined
    ? { ...file, [key]: value }
    : { ...file, profiles: { ...file.profiles, [profile]: { ...file.profiles?.[profile], [key]: value } } }

// oxlint-disable-next-line no-control-regex -- control characters are the point
const hasControls = (text: string): boolean => /[\u0000-\u001f\u007f]/.test(text)

/** Replaces the file in one step. A symbolic link stays one. */
const replace = Effect.fnUntraced(function* (text: string) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const file = yield* Profile.path
  yield* fs.makeDirectory(paths.dirname(file), { recursive: true, mode: 0o700 })
  const target = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
  yield* ExportFile.write(Stream.make(text), target)
})

/** Changes a setting. */
export const set = Effect.fnUntraced(function* (input: {
  readonly setting: string
  readonly values: ReadonlyArray<string>
}) {
  const { setting } = input
  yield* checkSetting(setting)
  const value = yield* valueOf(setting, input.values)
  if ([value].flat().some(hasControls)) {
    return yield* new UsageError({ message: "The value has control characters", next: "Write it on one line." })
  }
  const { file, text } = yield* content
  const profile = setting === "profile" ? undefined : yield* profileOf(file)
  const edit: TomlEdit.Edit = { profile, key: setting, value }
  const changed = TomlEdit.apply(text, edit)
  const after = Profile.parse(changed)
  if (Result.isFailure(after) || !isDeepStrictEqual(after.success, expected(file, edit))) {
    return yield* new ConfigurationError({
      message: "The configuration file is written in a way that this command cannot change",
      next: "Change it in an editor."
    })
  }
  yield* replace(changed)
})
