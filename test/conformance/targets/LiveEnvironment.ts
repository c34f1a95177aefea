import * as Redacted from "effect/Redacted"
import { officialUrl, type Options } from "../../../src/conformance/targets/LiveTarget.ts"

/** The live server to test, or the reason why there is none. Two variables are needed, so that nobody tests one by accident. */
export const fromEnvironment = (environment: Readonly<Record<string, string | undefined>>): Options | string => {
  const secret = environment["CHATBOTKIT_API_SECRET"]
  if (environment["CHATBOTKIT_CONFORMANCE"] !== "live") return "CHATBOTKIT_CONFORMANCE is not `live`"
  if (secret === undefined || secret === "") return "CHATBOTKIT_API_SECRET is not set"
  return { secret: Redacted.make(secret), baseUrl: environment["CHATBOTKIT_BASE_URL"] || officialUrl }
}
