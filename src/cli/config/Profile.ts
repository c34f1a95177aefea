/** The profiles of the configuration file, `config.toml` in the user's configuration folder. */
import * as Toml from "effect/encoding/Toml"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as UserDirectories from "effect/persistence/UserDirectories"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ConfigurationError } from "../support/CliFailure.ts"
import * as SecretSource from "./SecretSource.ts"

/** The profile of a call. */
export interface Profile {
  /** Absent if there is no such file, or it names no profile. */
  readonly name: string | undefined
  readonly baseUrl: string | undefined
  readonly runAsUser: string | undefined
  readonly secret: SecretSource.SecretSource | undefined
  /** The path of the database of jobs. */
  readonly jobs: string | undefined
}

const Members = Schema.Struct({
  baseUrl: Schema.optionalKey(Schema.String),
  runAsUser: Schema.optionalKey(Schema.String),
  secret: Schema.optionalKey(Schema.String),
  secretFile: Schema.optionalKey(Schema.String),
  secretCommand: Schema.optionalKey(Schema.NonEmptyArray(Schema.String)),
  jobs: Schema.optionalKey(Schema.String)
})
type Members = typeof Members.Type

/** The names of the settings of a profile. */
export const settingNames: ReadonlyArray<string> = Object.keys(Members.fields)

const ConfigFile = Schema.Struct({
  profile: Schema.optionalKey(Schema.String),
  profiles: Schema.optionalKey(Schema.Record(Schema.String, Members))
})
export interface ConfigFile extends Schema.Struct.Type<typeof ConfigFile.fields> {}

const decode = Schema.decodeUnknownOption(ConfigFile, { onExcessProperty: "error" })

const none: Profile = { name: undefined, baseUrl: undefined, runAsUser: undefined, secret: undefined, jobs: undefined }

const wrong = (message: string) =>
  new ConfigurationError({ message, next: "Run effect-chatbotkit config path to see where the file is." })

/** The path of the configuration file. */
export const path = Effect.gen(function* () {
  const paths = yield* Path.Path
  const folder = yield* Effect.mapError(UserDirectories.make().config("effect-chatbotkit"), () =>
    wrong("The user has no configuration folder: HOME is not set")
  )
  return paths.join(folder, "config.toml")
})

/** The content of the file. Its text is in no failure, since it may hold a secret. */
export const parse = (text: string): Result.Result<ConfigFile, ConfigurationError> =>
  Result.flatMap(
    Result.mapError(Toml.parse(text), () => wrong("The configuration file is not TOML")),
    (value) =>
      Option.match(decode(value), {
        onNone: () =>
          Result.fail(
            wrong(
              `The configuration file has a setting that is unknown or of another type. A profile has ${settingNames.join(", ")}`
            )
          ),
        onSome: Result.succeed
      })
  )

/** The text of the file; none if there is no file, or no folder for it. */
export const readText = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const file = yield* Effect.option(path)
  if (Option.isNone(file)) return Option.none()
  return yield* fs.readFileString(file.value).pipe(
    Effect.map(Option.some),
    Effect.catchTag("PlatformError", ({ reason }) =>
      reason._tag === "NotFound" ? Effect.succeedNone : Effect.fail(wrong("The configuration file cannot be read"))
    )
  )
})

const hasSecret = ({ profiles = {} }: ConfigFile): boolean =>
  Object.values(profiles).some(({ secret }) => secret !== undefined)

/** Refuses a file with a secret that others can read. Windows has no such permissions. */
const checkMode = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { mode } = yield* Effect.mapError(fs.stat(yield* path), () => wrong("The configuration file cannot be read"))
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    return yield* new ConfigurationError({
      message: "The configuration file holds a secret and can be read by other users",
      next: "Run chmod 600 on the file."
    })
  }
})

/** The source of the secret. The path of a file is relative to the folder of the configuration file, and `~/` is the home folder. */
const secretOf = Effect.fnUntraced(function* ({ secret, secretCommand, secretFile }: Members) {
  if (secretCommand !== undefined) return SecretSource.command(secretCommand[0], secretCommand.slice(1))
  if (secretFile === undefined) return secret === undefined ? undefined : SecretSource.inline(secret)
  const paths = yield* Path.Path
  const home = yield* Effect.mapError(UserDirectories.make().home, () => wrong("HOME is not set"))
  const expanded = secretFile.startsWith("~/") ? paths.join(home, secretFile.slice(2)) : secretFile
  return SecretSource.file(paths.resolve(paths.dirname(yield* path), expanded))
})

/** The profile of this name; by default the one that the file names, or `default`. */
export const read = Effect.fnUntraced(function* (asked: string | undefined) {
  const text = yield* readText
  const file = Option.isSome(text) ? yield* Effect.fromResult(parse(text.value)) : {}
  if (hasSecret(file)) yield* checkMode
  const name = asked ?? file.profile ?? "default"
  const members = file.profiles !== undefined && Object.hasOwn(file.profiles, name) ? file.profiles[name] : undefined
  if (members === undefined) {
    if (asked === undefined && file.profile === undefined) return none
    return yield* wrong("There is no such profile in the configuration file")
  }
  const profile: Profile = {
    name,
    baseUrl: members.baseUrl,
    runAsUser: members.runAsUser,
    secret: yield* secretOf(members),
    jobs: members.jobs
  }
  return profile
})
