/** The look of errors on standard error. */
import * as Context from "effect/Context"

/** The look of errors. */
export interface Style {
  /** True if an error is a JSON object, since the output is JSON. */
  readonly isJson: boolean
  readonly hasColor: boolean
}

/** The style of this run. */
export const CurrentStyle: Context.Reference<Style> = Context.Reference<Style>("effect-chatbotkit/cli/Style", {
  defaultValue: () => ({ isJson: true, hasColor: false })
})
