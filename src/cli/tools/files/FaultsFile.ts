/** The faults file of the emulator: the rules that say which requests get which fault. */
import * as Schema from "effect/Schema"
import type { Problem } from "../../../internal/call/request/Validate.ts"
import type { AnswerFault, Rule as ApiRule } from "../../../internal/server/faults/Fault.ts"
import * as FaultRules from "../../../internal/server/faults/FaultRules.ts"
import { documents, lists } from "../../../internal/server/OperationName.ts"
import { Fault } from "../../../layers/InMemory.ts"
import * as InputFile from "./InputFile.ts"

const text = Schema.optionalKey(Schema.String)
const milliseconds = Schema.optionalKey(Schema.Finite)

/** The schema of a kind of fault. The kinds are the functions of `Fault`, and their fields the arguments. */
const kind = <const Kind extends string, const Fields extends Schema.Struct.Fields>(name: Kind, fields: Fields) =>
  Schema.Struct({ kind: Schema.Literal(name), ...fields })

/** A number of bytes, or of lines. */
const at = Schema.Union([Schema.Finite, Schema.Struct({ lines: Schema.Finite })])

const answerFaults = [
  kind("status", {
    status: Schema.Finite,
    code: text,
    message: text,
    body: text,
    headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
  }),
  kind("rateLimit", { retryAfter: milliseconds }),
  kind("delay", { duration: Schema.Finite }),
  kind("reset", {}),
  kind("stall", {}),
  kind("garbage", { bytes: Schema.optionalKey(Schema.Finite) })
] as const

const Answer = Schema.Union(answerFaults).annotate({
  expected: "a fault in the place of an answer: status, rateLimit, delay, reset, stall or garbage"
})

const otherFaults = [
  kind("afterCommit", { fault: Answer }),
  kind("resetAfter", { at }),
  kind("stallAfter", { at }),
  kind("cutAfter", { at }),
  kind("trickle", { bytes: Schema.Finite, every: milliseconds }),
  kind("endless", { text: Schema.String, every: milliseconds }),
  kind("errorAfter", { items: Schema.Finite, code: text, message: text }),
  kind("dropPage", { index: Schema.Finite }),
  kind("delayPage", { index: Schema.Finite, duration: Schema.Finite }),
  kind("ignoreCursor", {})
] as const

const FileFault = Schema.Union([...answerFaults, ...otherFaults]).annotate({
  expected: "a fault, whose kind is a function of Fault such as status or afterCommit"
})

/** The kinds of faults. */
export const kinds: ReadonlyArray<string> = [...answerFaults, ...otherFaults].map(({ fields }) => fields.kind.literal)

const Operation = Schema.Literals([...documents, ...lists])

const FileRule = Schema.Struct({
  operation: Schema.optionalKey(Schema.Union([Operation, Schema.Array(Operation)])),
  attempt: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.Array(Schema.Finite)])),
  probability: Schema.optionalKey(Schema.Finite),
  times: Schema.optionalKey(Schema.Finite),
  fault: FileFault
})

/** The content of a faults file. Durations are milliseconds. */
const FaultsFile = Schema.Struct({ rules: Schema.Array(FileRule) })
export interface FaultsFile extends Schema.Struct.Type<typeof FaultsFile.fields> {}

const answerFaultOf = (fault: typeof Answer.Type): AnswerFault => {
  switch (fault.kind) {
    case "status": {
      const { kind: _, status, ...options } = fault
      return Fault.status(status, options)
    }
    case "rateLimit":
      return Fault.rateLimit(fault.retryAfter === undefined ? {} : { retryAfter: fault.retryAfter })
    case "delay":
      return Fault.delay(fault.duration)
    case "reset":
      return Fault.reset
    case "stall":
      return Fault.stall
    case "garbage":
      return Fault.garbage(fault.bytes)
  }
}

const faultOf = (fault: typeof FileFault.Type): Fault.Fault => {
  switch (fault.kind) {
    case "afterCommit":
      return Fault.afterCommit(answerFaultOf(fault.fault))
    case "resetAfter":
      return Fault.resetAfter(fault.at)
    case "stallAfter":
      return Fault.stallAfter(fault.at)
    case "cutAfter":
      return Fault.cutAfter(fault.at)
    case "trickle":
      return Fault.trickle(fault.bytes, { every: fault.every ?? 0 })
    case "endless":
      return Fault.endless(fault.text, { every: fault.every ?? 0 })
    case "errorAfter": {
      const { items, kind: _, ...wording } = fault
      return Fault.errorAfter(items, wording)
    }
    case "dropPage":
      return Fault.dropPage(fault.index)
    case "delayPage":
      return Fault.delayPage(fault.index, fault.duration)
    case "ignoreCursor":
      return Fault.ignoreCursor
    default:
      return answerFaultOf(fault)
  }
}

/** The rules of a faults file, for the emulator. */
export const rulesOf = ({ rules }: FaultsFile): ReadonlyArray<ApiRule> =>
  rules.map(({ fault, ...rule }) => ({ ...rule, fault: faultOf(fault) }))

/** The problem of the first rule that the emulator would refuse. */
const problemOf = (file: FaultsFile): Problem | undefined => {
  for (const [index, rule] of rulesOf(file).entries()) {
    // A problem begins with the field: `times: must be …`.
    const [field, ...description] = FaultRules.problem(rule)?.split(": ") ?? []
    if (field !== undefined) return { field: `rules.${index}.${field}`, description: description.join(": ") }
  }
  return undefined
}

/** Reads the text of a faults file. */
export const parse = InputFile.make(FaultsFile, problemOf)
