/**
 * The configuration of a call: the flags, then the environment, then the profile of the configuration file. With the flag
 * `--profile`, the profile goes before the environment.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { BaseUrl, Profile as ProfileFlag, RunAsUser, SecretFile } from "../support/GlobalFlags.ts"
import * as Profile from "./Profile.ts"
import * as SecretSource from "./SecretSource.ts"

/** The options of the client, from flags, variables and the profile. The secret is not read yet. */
export interface Configuration {
  /** The name of the profile, if there is one. */
  readonly profile: string | undefined
  readonly baseUrl: string | undefined
  readonly runAsUserId: string | undefined
  readonly secret: SecretSource.SecretSource | undefined
  /** The path of the database of jobs. */
  readonly jobs: string | undefined
}

const text = (name: string) => Config.option(Config.String(name))

const variables = Config.all({
  secret: text("CHATBOTKIT_API_SECRET"),
  token: text("CHATBOTKIT_API_TOKEN"),
  baseUrl: text("CHATBOTKIT_BASE_URL"),
  runAsUserId: text("CHATBOTKIT_API_RUNAS_USERID"),
  profile: text("CHATBOTKIT_PROFILE")
})

const secretOf = (
  environment: Config.Success<typeof variables>,
  profile: Profile.Profile,
  isProfileFirst: boolean
): SecretSource.SecretSource | undefined => {
  const variable = Option.isSome(environment.secret)
    ? SecretSource.variable("CHATBOTKIT_API_SECRET", environment.secret.value)
    : Option.isSome(environment.token)
      ? SecretSource.variable("CHATBOTKIT_API_TOKEN", environment.token.value)
      : undefined
  return isProfileFirst ? (profile.secret ?? variable) : (variable ?? profile.secret)
}

/** The configuration of this call. */
export const read = Effect.gen(function* () {
  const flags = {
    profile: yield* ProfileFlag,
    baseUrl: yield* BaseUrl,
    runAsUserId: yield* RunAsUser,
    secretFile: yield* SecretFile
  }
  const environment = yield* Effect.orDie(variables)
  const name = Option.getOrUndefined(Option.orElse(flags.profile, () => environment.profile))
  const profile = yield* Profile.read(name)
  const isProfileFirst = Option.isSome(flags.profile)
  const first = (flag: Option.Option<string>, variable: Option.Option<string>, inProfile: string | undefined) => {
    const own = Option.getOrUndefined(variable)
    return Option.getOrElse(flag, () => (isProfileFirst ? (inProfile ?? own) : (own ?? inProfile)))
  }
  const configuration: Configuration = {
    profile: profile.name,
    baseUrl: first(flags.baseUrl, environment.baseUrl, profile.baseUrl),
    runAsUserId: first(flags.runAsUserId, environment.runAsUserId, profile.runAsUser),
    secret: Option.isSome(flags.secretFile)
      ? SecretSource.file(flags.secretFile.value)
      : secretOf(environment, profile, isProfileFirst),
    jobs: profile.jobs
  }
  return configuration
})
