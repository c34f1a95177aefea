/** The flags that every command has. */
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"

/** The formats of the output. */
export const formats = ["table", "json", "jsonl", "csv", "yaml"] as const
export type Format = (typeof formats)[number]

export const Format = /* @__PURE__ */ GlobalFlag.Setting("format")({
  flag: /* @__PURE__ */ Flag.Literals("format", formats).pipe(
    Flag.withDescription("The format of the output. Default: table on a terminal, jsonl otherwise"),
    Flag.optional
  )
})

export const Fields = /* @__PURE__ */ GlobalFlag.Setting("fields")({
  flag: /* @__PURE__ */ Flag.String("fields").pipe(
    Flag.withDescription("The fields to write, such as id,name,meta.tier"),
    Flag.optional
  )
})

export const Quiet = /* @__PURE__ */ GlobalFlag.Setting("quiet")({
  flag: /* @__PURE__ */ Flag.Boolean("quiet").pipe(
    Flag.withAlias("q"),
    Flag.withDescription("Write nothing but errors to standard error"),
    Flag.withDefault(false)
  )
})

/** Read before the others, by `EarlyFlags`, since help and errors have colours too. Here for the help. */
export const Color = /* @__PURE__ */ GlobalFlag.Setting("color")({
  flag: /* @__PURE__ */ Flag.Boolean("color").pipe(
    Flag.withDescription("Colours on a terminal, unless NO_COLOR is set"),
    Flag.withDefault(true)
  )
})

export const Profile = /* @__PURE__ */ GlobalFlag.Setting("profile")({
  flag: /* @__PURE__ */ Flag.String("profile").pipe(
    Flag.withDescription("The profile of the configuration file. It goes before the environment"),
    Flag.optional
  )
})

export const BaseUrl = /* @__PURE__ */ GlobalFlag.Setting("base-url")({
  flag: /* @__PURE__ */ Flag.String("base-url").pipe(Flag.withDescription("The URL of the server"), Flag.optional)
})

export const RunAsUser = /* @__PURE__ */ GlobalFlag.Setting("run-as-user")({
  flag: /* @__PURE__ */ Flag.String("run-as-user").pipe(
    Flag.withDescription("The id of the user to act for"),
    Flag.optional
  )
})

export const SecretFile = /* @__PURE__ */ GlobalFlag.Setting("secret-file")({
  flag: /* @__PURE__ */ Flag.Path("secret-file", { pathType: "file" }).pipe(
    Flag.withDescription("A file that holds the API secret"),
    Flag.optional
  )
})

/** All of them, for the root command. */
export const all = [Format, Fields, Quiet, Color, Profile, BaseUrl, RunAsUser, SecretFile] as const
