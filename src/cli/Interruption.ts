/** The exit code of a program that a signal ends. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { type ExitCode, exitCode } from "./support/ExitCode.ts"

/** The exit code, which a command may change while it runs. */
export interface Service {
  exitCode: ExitCode
}

/** The exit code after SIGINT or SIGTERM. */
export const Interruption = /* @__PURE__ */ Context.Reference<Service>("effect-chatbotkit/cli/Interruption", {
  defaultValue: (): Service => ({ exitCode: exitCode.interrupted })
})

/** Makes a signal the normal end of the program, as it is for a server. */
export const makeNormalEnd = /* @__PURE__ */ Effect.map(Interruption, (interruption) => {
  interruption.exitCode = exitCode.ok
})
