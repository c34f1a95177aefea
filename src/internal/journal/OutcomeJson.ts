/** Outcomes as JSON, as journals store them. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import { Outcome } from "../bulk/Outcome.ts"

const codec = /* @__PURE__ */ Schema.toCodecJson(Outcome)

export const encode = /* @__PURE__ */ SchemaParser.encodeSync(codec)

const decodeResult = /* @__PURE__ */ SchemaParser.decodeUnknownResult(codec)

/** Undefined if the value is no outcome of this version. */
export const decode = (value: unknown): Outcome | undefined => Result.getOrUndefined(decodeResult(value))
